// Finds TensorFlow.js: the package that an installer has added, the fastest first. Residua does not install it itself.
import type * as tfjs from '@tensorflow/tfjs-core';
import { Problem } from '../../src-main/platform/errors.ts';

/** The functions of TensorFlow.js that the interpreter calls. */
export type TensorFlow = typeof tfjs;

/** TensorFlow.js with a backend that is ready. */
export interface LoadedTensorFlow {
  readonly tf: TensorFlow;
  readonly packageName: string;
}

/** How each package is imported; the first that loads is taken. */
const packages: Readonly<Record<string, () => Promise<TensorFlow>>> = {
  '@tensorflow/tfjs-node-gpu': async () => importNamed('@tensorflow/tfjs-node-gpu'),
  '@tensorflow/tfjs-node': async () => importNamed('@tensorflow/tfjs-node'),
  // Plain JavaScript on one core: slow, and exact enough to check every op against in tests.
  '@tensorflow/tfjs-backend-cpu': async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    return (await import('@tensorflow/tfjs-core')).default as unknown as TensorFlow;
  },
};

/** Loads TensorFlow.js. Throws Problem `device` with the reason of every package when none loads. */
export async function loadTensorFlow(candidates = packages): Promise<LoadedTensorFlow> {
  const reasons: string[] = [];
  for (const [packageName, load] of Object.entries(candidates)) {
    try {
      const tf = await load();
      tf.enableProdMode();
      await tf.ready();
      return { tf, packageName };
    } catch (error) {
      reasons.push(`${packageName} ${reasonOf(error)}`);
    }
  }
  throw new Problem('device', { device: 'tfjs', reason: reasons.join('; ') });
}

/** Packages that are not there when Residua is built have no types: they have those of their core. */
async function importNamed(name: string): Promise<TensorFlow> {
  const module = (await import(name)) as { readonly default: TensorFlow };
  return module.default;
}

function reasonOf(error: unknown): string {
  const missing = (error as NodeJS.ErrnoException | null)?.code === 'ERR_MODULE_NOT_FOUND';
  if (missing) return 'is not installed';
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  return `does not load (${line})`;
}
