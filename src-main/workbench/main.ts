// The workbench process: holds the catalog and the queue of runs for the face that started it.
import { type MethodName, methods } from '../../src-preload/contract.ts';
import type { JobControl } from '../platform/job.ts';
import { launchProgram, parentPort } from '../platform/process.ts';
import { type Channel, type Handlers, openChannel } from '../platform/process-channel.ts';
import type { ContractMethods, ControlMethods, WorkbenchEvents, WorkbenchMethods } from './protocol.ts';
import { WorkbenchService } from './service.ts';

const service = new WorkbenchService({
  launch: (program) => launchProgram(program, (line) => process.stderr.write(`${line}\n`)),
  emit: (event, value) => channel.emit(event, value as WorkbenchEvents[typeof event]),
});

const names = Object.keys(methods) as MethodName[];
const handlers = Object.fromEntries(
  names.map((name) => [name, (request: unknown, control: JobControl) => service.answer(name, request, control)]),
) as Handlers<ContractMethods>;
const control: Handlers<ControlMethods> = {
  'workbench.begin': ({ resume, browse }) => {
    service.resume = resume;
    service.browse = browse;
    return null;
  },
  'workbench.end': async () => {
    await service.close();
    return null;
  },
};
const channel: Channel<Record<never, never>, Record<never, never>, WorkbenchEvents> = openChannel<
  WorkbenchMethods,
  Record<never, never>
>(parentPort(), 'face', { ...handlers, ...control });

channel.ended.then(async () => {
  await service.close();
  process.exit(0);
});
