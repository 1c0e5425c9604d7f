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

/** Of a reconstruction as a whole: whether it failed, which says nothing of a place. */
export const [lossScore, latentScore] = ['reconstruction loss', 'latent distance'] as const;

const inPlaces = (['patch', 'full', 'body', 'mask'] as const).flatMap((region) => [
  factsOf('WD', region),
  factsOf('MSE', region),
]);
const asAWhole: readonly ScoreFacts[] = [
  {
    name: lossScore,
    meaning: 'loss of the reconstruction: far beyond that of normals where it failed as a whole',
    unit: null,
    abnormal: 'high',
  },
  {
    name: latentScore,
    meaning:
      "distance of the reconstruction's latents from the mean: far beyond that of normals where it failed as a whole",
    unit: 'root mean square distances of random latents',
    abnormal: 'high',
  },
];
/** Of images that were optimised too, after an encoder's pass. */
const optimised = [...inPlaces, ...asAWhole].map((facts) => ({
  ...facts,
  name: `${facts.name} optimised`,
  meaning: `${facts.meaning} (by optimization, of the most doubtful images)`,
}));

export const reconstruction: ScoreFamily = {
  name: 'reconstruction',
  title: 'Reconstruction',
  scores: [...inPlaces, ...asAWhole, ...optimised],
  map: { score: 'WD patch', meaning: 'score of every patch position' },
  needs: ['reconstructions'],
  cost: 'backpropagation',
  source: 'gan_anom_detect, eval_recon.py',
};
