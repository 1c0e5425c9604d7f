// Learns from verdicts: the heavy part of it, away from the catalog.
import { createMatrixMultiplier } from '../../native/runtime/matrix-product.ts';
import { randomFrom } from '../platform/random/random.ts';
import { type Learned, learnVerdicts } from '../statistics/learn-verdicts.ts';
import type { LearnParameters } from './protocol.ts';

/** Throws as `learnVerdicts`. The same verdicts give the same scores. */
export async function learnJob({ anomaly, features, verdicts }: LearnParameters): Promise<Learned> {
  const product = await createMatrixMultiplier();
  try {
    return await learnVerdicts({ anomaly, features }, verdicts, randomFrom(0).fork('verdicts'), product.multiply);
  } finally {
    await product.release();
  }
}
