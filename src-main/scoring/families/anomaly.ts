// Anomaly: one calibrated number of all families that a run computed, with its reason.
import type { ScoreFamily } from '../family.ts';

/** Names of the scores. */
export const anomalyScores = { anomaly: 'anomaly', p: 'anomaly p' } as const;

export const anomaly: ScoreFamily = {
  name: 'anomaly',
  title: 'Anomaly',
  scores: [
    {
      name: anomalyScores.anomaly,
      meaning:
        'how seldom a held-out normal image is as anomalous by all computed families together: 2 is one of a hundred; beyond all of them it is extrapolated',
      unit: 'minus log10 of a p-value',
      abnormal: 'high',
    },
    {
      name: anomalyScores.p,
      meaning: 'conformal p-value: the share of held-out normals that are as anomalous',
      unit: null,
      abnormal: 'low',
    },
  ],
  map: null,
  needs: ['normals', 'other scores'],
  cost: 'none',
  source: 'Vovk et al. 2005; Bates et al. 2023, arXiv:2104.08279 (conformal p-values); Pickands 1975 (tails)',
};
