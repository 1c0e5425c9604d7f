// Reconstruction: what a network of normals cannot redraw.
import type { ScoreFacts, ScoreFamily } from '../family.ts';

const distances = {
  WD: 'Wasserstein distance between the grey levels of image and reconstruction',
  MSE: 'mean squared difference between image and reconstruction',
} as const;
const regions = {
  patch: 'of the patch where it is highest',
  full: 'of the whole image',
  body: 'inside the body',
  mask: 'inside the segmentation',
} as const;

const factsOf = (distance: keyof typeof distances, region: keyof typeof regions): ScoreFacts => ({
  name: `${distance} ${region}`,
  meaning: `${distances[distance]}, ${regions[region]}: high where the network of normals cannot redraw the image`,
  unit: distance === 'MSE' ? 'squared grey levels' : 'grey levels',
  abnormal: 'high',
});

export const reconstruction: ScoreFamily = {
  name: 'reconstruction',
  title: 'Reconstruction',
  scores: [
    factsOf('WD', 'patch'),
    factsOf('MSE', 'patch'),
    factsOf('WD', 'full'),
    factsOf('MSE', 'full'),
    factsOf('WD', 'body'),
    factsOf('MSE', 'body'),
    factsOf('WD', 'mask'),
    factsOf('MSE', 'mask'),
  ],
  map: { score: 'WD patch', meaning: 'score of every patch position' },
  needs: ['reconstructions'],
  cost: 'backpropagation',
  source: 'gan_anom_detect, eval_recon.py',
};
