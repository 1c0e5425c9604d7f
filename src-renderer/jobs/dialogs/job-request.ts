// What a dialog asks the workbench to queue.
import type { Request } from '../../../src-preload/contract.ts';

export type JobRequest = Request<'runs.queue'>;
