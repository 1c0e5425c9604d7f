// Features: how unlike the normals an image is to a network that was trained on something else. It needs no training.
import { fewestNormals } from '../../statistics/padim.ts';
import type { ScoreFamily } from '../family.ts';
import { wholeImage } from '../reasons.ts';

export const features: ScoreFamily = {
  name: 'features',
  title: 'Deep features',
  scores: [
    {
      name: 'feature PaDiM',
      meaning: "distance of the network's features from the normals' at the same place, averaged over the image",
      unit: 'standard deviations of the normals',
      abnormal: 'high',
      reason: wholeImage,
    },
    {
      name: 'feature PatchCore',
      meaning:
        "distance of the network's features from the nearest remembered ones of the normals, averaged over the image",
      unit: null,
      abnormal: 'high',
    },
    {
      name: 'feature PatchCore peak',
      meaning:
        "distance of the network's features from the nearest remembered ones of the normals, where it is largest",
      unit: null,
      abnormal: 'high',
    },
    {
      name: 'feature pooled Mahalanobis',
      meaning: "distance of the network's features, averaged over the image, from the normals'",
      unit: 'standard deviations of the normals',
      abnormal: 'high',
    },
  ],
  map: { score: 'feature PaDiM', meaning: 'distance from the normals at each place of an 8x8 grid' },
  needs: ['normals'],
  fewestNormals,
  cost: 'forward pass',
  source:
    'Defard et al. 2021, arXiv:2011.08785 (PaDiM); Roth et al. 2022, arXiv:2106.08265 (PatchCore); Sandler et al. 2018, arXiv:1801.04381 (MobileNetV2)',
  open: async (context) => (await import('../features/features-scorer.ts')).openFeatures(context),
};
