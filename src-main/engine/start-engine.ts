// The workbench's end of an engine process: started for one job, ended with it.

import { type Launcher, launchNode } from '../platform/process.ts';
import { type Channel, type Handlers, type Methods, openChannel } from '../platform/process-channel.ts';
import type { EngineMethods } from './protocol.ts';

export type Engine = Channel<EngineMethods, Record<never, never>, Record<never, never>>;

export type { FeatureDistances, GeneratedImage, GenerateSupplier, WeightsFileState } from './protocol.ts';
export { backboneNames } from './protocol.ts';

const program = new URL('./main.ts', import.meta.url);

/** How programs are started where nobody says otherwise: as child processes on this Node. */
export const nodeLauncher: Launcher = (program) => launchNode(program);

/**
 * Starts an engine that can ask `supplier` for what its job needs, gives it to `work`, and ends it whatever comes of
 * that. A process that dies rejects the calls in `work` with a Problem `process` that carries the reason.
 */
export async function withEngine<S extends Methods, T>(
  launch: Launcher,
  supplier: Handlers<S>,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = openChannel<S, EngineMethods>(await launch(program), 'engine', supplier);
  try {
    return await work(engine);
  } finally {
    engine.close();
  }
}
