// Reconstruction: what a network of normals cannot redraw.
import type { ScoreFacts, ScoreFamily } from '../family.ts';
import { notReconstructed, onePlace } from '../reasons.ts';

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

const unitOf = (distance: keyof typeof distances) => (distance === 'MSE' ? 'squared grey levels' : 'grey levels');

const factsOf = (distance: keyof typeof distances, region: keyof typeof regions): ScoreFacts => ({
  name: `${distance} ${region}`,
  meaning: `${distances[distance]}, ${regions[region]}: high where the network of normals cannot redraw the image`,
  unit: unitOf(distance),
  abnormal: 'high',
  ...(region === 'patch' ? { reason: onePlace } : {}),
});

/** What three quarters of the patches exceed: high where an image is redrawn badly not in one place but everywhere. */
export const everywhereScore = (distance: keyof typeof distances): string => `${distance} everywhere`;
/** The highest patch as a multiple of that. */
export const prominenceScore = (distance: keyof typeof distances): string => `${distance} prominence`;

/** Of a reconstruction as a whole. */
export const [lossScore, latentScore] = ['reconstruction loss', 'latent distance'] as const;

const inPlaces = (['patch', 'full', 'body', 'mask'] as const).flatMap((region) => [
  factsOf('WD', region),
  factsOf('MSE', region),
]);
const ofPatches = (distance: keyof typeof distances): readonly ScoreFacts[] => [
  {
    name: prominenceScore(distance),
    meaning: `how far the patch with the highest ${distance} stands out of the image: as a multiple of what three quarters of the patches exceed`,
    unit: null,
    abnormal: 'high',
    reason: onePlace,
    relative: true,
  },
  {
    name: everywhereScore(distance),
    meaning: `${distances[distance]}, exceeded by three quarters of the patches: far beyond that of normals where the reconstruction failed as a whole`,
    unit: unitOf(distance),
    abnormal: 'high',
    reason: notReconstructed,
    ofFailure: true,
  },
];
const asAWhole: readonly ScoreFacts[] = [
  ...ofPatches('WD'),
  ...ofPatches('MSE'),
  {
    name: lossScore,
    meaning: 'loss of the reconstruction: high where it failed as a whole, and where a large place is missed',
    unit: null,
    abnormal: 'high',
  },
  {
    name: latentScore,
    meaning:
      "distance of the reconstruction's latents from the mean: far beyond that of normals where it failed as a whole",
    unit: 'root mean square distances of random latents',
    abnormal: 'high',
    reason: notReconstructed,
    ofFailure: true,
  },
];
/** Of images that were optimised too, after an encoder's pass. */
const optimised = [...inPlaces, ...asAWhole].map(({ reason: _, ofFailure: __, relative: ___, ...facts }) => ({
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
