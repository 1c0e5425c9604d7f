// Localiser: a network, trained on normals with synthetic anomalies, that marks what does not belong into an image.
import { fewestNormals } from '../../statistics/padim.ts';
import type { ScoreFamily } from '../family.ts';
import { onePlace, wholeImage } from '../reasons.ts';

export const localiser: ScoreFamily = {
  name: 'localiser',
  title: 'Localiser',
  scores: [
    {
      name: 'localiser',
      meaning: 'mean of the map: how much of the image the network marks as anomalous, and how surely',
      unit: 'probability',
      abnormal: 'high',
      reason: onePlace,
    },
    {
      name: 'localiser peak',
      meaning: 'mean of the fiftieth of the map where it is highest: a small anomaly, clearly seen',
      unit: 'probability',
      abnormal: 'high',
    },
    {
      name: 'localiser mask',
      meaning: 'mean of the fiftieth of the map inside the segmentation where it is highest',
      unit: 'probability',
      abnormal: 'high',
    },
    {
      name: 'localiser features',
      meaning: "distance of the network's features from the normals' at the same place, averaged over the image",
      unit: 'standard deviations of the normals',
      abnormal: 'high',
      reason: wholeImage,
    },
  ],
  map: { score: 'localiser', meaning: 'how surely each pixel belongs to an anomaly, 0 to 1' },
  needs: ['normals', 'localiser'],
  fewestNormals,
  cost: 'forward pass',
  source:
    'Schlueter et al. 2022, arXiv:2109.15222 (NSA); Tan et al. 2021, arXiv:2107.02622 (PII); Defard et al. 2021 (PaDiM)',
  open: async (context) => (await import('../localiser/localiser-scorer.ts')).openLocaliserFamily(context),
};
