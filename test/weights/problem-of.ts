// What a call throws, as kind and values, so that a test states both in one line.
import { isProblem } from '../../src-main/platform/errors.ts';

/** Kind and values of the problem that `run` throws; fails when it throws nothing or another error. */
export function problemOf(run: () => unknown): { kind: string; values: object } {
  try {
    run();
  } catch (error) {
    if (isProblem(error)) return { kind: error.kind, values: error.values };
    throw error;
  }
  throw new Error('nothing was thrown');
}
