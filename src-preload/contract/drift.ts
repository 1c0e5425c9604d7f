// Scores over time: distributions by scanner and month, a control chart, who drifted, alerts at import.
import { z } from 'zod';
import * as drift from '../schemas/drift.ts';
import * as image from '../schemas/image.ts';
import { method, nothing } from './method.ts';

export const driftMethods = {
  'drift.view': method(drift.driftRequest, drift.drift, { reads: ['scores', 'images'], slow: true }),
  /** The names of the scores that can be followed, the most telling first. */
  'drift.scores': method(nothing, z.strictObject({ scores: z.array(z.string()) }), { reads: ['scores'] }),
  /** Writes what `drift.view` answers as a report: one HTML file that stands alone. */
  'drift.report': method(drift.driftRequest.extend({ file: image.path }), nothing),
  'drift.alerts': method(nothing, z.strictObject({ alerts: z.array(drift.alert) }), { reads: ['settings'] }),
  /** Sets the alert of a score, in place of the one it had; null removes it. */
  'drift.alert': method(
    z.strictObject({
      score: drift.alert.shape.score,
      alert: drift.alert.omit({ score: true }).nullable(),
      by: image.label,
    }),
    nothing,
    { writes: ['settings'] },
  ),
} as const;
