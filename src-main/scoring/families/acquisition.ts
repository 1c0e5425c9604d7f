// Acquisition: whether an image is as sharp, noisy, contrasted and bright as the normals. It needs no network.
import { fewestNormals } from '../acquisition/measures.ts';
import type { ScoreFacts, ScoreFamily } from '../family.ts';
import { acquisitionReasons } from '../reasons.ts';

const factsOf = (name: keyof typeof acquisitionReasons, meaning: string): ScoreFacts => ({
  name,
  meaning: `${meaning}: distance from the normals on either side`,
  unit: 'robust standard deviations of the normals',
  abnormal: 'high',
  reason: acquisitionReasons[name].join(', or '),
});

export const acquisition: ScoreFamily = {
  name: 'acquisition',
  title: 'Acquisition',
  scores: [
    factsOf('sharpness', 'blurred, or sharpened'),
    factsOf('noise', 'noisy, or smoothed'),
    factsOf('contrast', 'flat, or of too much contrast'),
    factsOf('exposure', 'too bright, or too dark'),
  ],
  map: null,
  needs: ['normals'],
  fewestNormals,
  cost: 'pixels',
  source: 'Pertuz et al. 2013 (variance of the Laplacian); Immerkaer 1996 (noise)',
  open: async (context) => (await import('../acquisition/acquisition-scorer.ts')).openAcquisition(context),
};
