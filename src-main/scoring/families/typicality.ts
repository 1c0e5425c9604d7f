// Typicality: how unlike the normals an image is to the network's own discriminator, by one forward pass.
import type { ScoreFamily } from '../family.ts';
import { wholeImage } from '../reasons.ts';

export const typicality: ScoreFamily = {
  name: 'typicality',
  title: 'Typicality',
  scores: [
    {
      name: 'feature residual',
      meaning: "how much of the discriminator's features the normals' principal components leave unexplained",
      unit: 'standard deviations of the normals',
      abnormal: 'high',
      reason: wholeImage,
    },
    {
      name: 'feature Mahalanobis',
      meaning: 'Mahalanobis distance from the normals within their principal components',
      unit: 'standard deviations of the normals',
      abnormal: 'high',
    },
    {
      name: 'feature neighbours',
      meaning: "mean distance of the discriminator's features to those of the nearest normals",
      unit: 'standard deviations of the normals',
      abnormal: 'high',
    },
    {
      name: 'logit',
      meaning: "the discriminator's answer with its sign changed: high for what does not look real to it",
      unit: null,
      abnormal: 'high',
    },
  ],
  map: { score: 'feature residual', meaning: "residual at each place of the discriminator's last 4x4 grid" },
  needs: ['normals', 'discriminator'],
  cost: 'forward pass',
  source: 'Lee et al. 2018, arXiv:1807.03888 (Mahalanobis); Ndiour et al. 2020, arXiv:2012.04250 (residual)',
  open: async (context) => (await import('../typicality/typicality-scorer.ts')).openTypicality(context),
};
