// Combination: several scores made one, and how seldom a normal image scores as high.
import { combinedScores } from '../../statistics/conformal.ts';
import type { ScoreFamily } from '../family.ts';

export const combination: ScoreFamily = {
  name: 'combination',
  title: 'Combination',
  scores: [
    {
      name: combinedScores.combined,
      meaning: 'sum over the scores of minus the logarithm of the share of normals that score as high (Fisher)',
      unit: null,
      abnormal: 'high',
    },
    {
      name: combinedScores.p,
      meaning: 'conformal p-value of the combination: the share of validation normals that are as abnormal',
      unit: null,
      abnormal: 'low',
    },
  ],
  map: null,
  needs: ['other scores', 'normals'],
  cost: 'none',
  source: 'Fisher 1925; Vovk et al. 2005; Bates et al. 2023, arXiv:2104.08279',
};
