// A workbench service for tests, without a process around it.

import { quiet } from '../../src-main/platform/job.ts';
import { type Launcher, launchNode } from '../../src-main/platform/process.ts';
import { WorkbenchService } from '../../src-main/workbench/service.ts';
import {
  type EventName,
  type EventValue,
  type MethodName,
  methods,
  type Request,
  type Response,
} from '../../src-preload/contract.ts';
import type { Run } from '../../src-preload/schemas/run.ts';

const started: Bench[] = [];
/** To be called after each test. */
export async function closeBenches(): Promise<void> {
  for (const bench of started.splice(0)) await bench.close();
}

/** A workbench service in this process, and what it told. */
export class Bench {
  readonly told: { event: EventName; value: unknown }[] = [];
  #listener: (event: EventName, value: unknown) => void = () => {};
  readonly #waiting = new Map<number, (run: Run) => void>();
  readonly #service: WorkbenchService;
  readonly catalog: string;

  constructor(catalog: string, { resume = false, launch = launchNode as Launcher } = {}) {
    this.catalog = catalog;
    this.#service = new WorkbenchService({ launch, emit: (event, value) => this.#hear(event, value) });
    this.#service.resume = resume;
    started.push(this);
  }

  /** The answer, which must fit the contract as a face would check it. */
  async call<M extends MethodName>(method: M, request: Request<M>): Promise<Response<M>> {
    const answer = await this.#service.answer(method, request, quiet);
    methods[method].response.parse(answer);
    return answer;
  }

  /** Queues a run and waits until it is over. */
  async run(request: Request<'runs.queue'>): Promise<Run> {
    const { id } = await this.call('runs.queue', request);
    return this.over(id);
  }

  over(id: number): Promise<Run> {
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** Hears every event; one listener at a time. */
  onEvent(listener: (event: EventName, value: unknown) => void): void {
    this.#listener = listener;
  }

  close(): Promise<void> {
    return this.#service.close();
  }

  #hear<E extends EventName>(event: E, value: EventValue<E>): void {
    this.told.push({ event, value });
    this.#listener(event, value);
    if (event !== 'run.changed') return;
    const run = value as Run;
    if (run.state !== 'queued' && run.state !== 'running') this.#waiting.get(run.id)?.(run);
  }
}
