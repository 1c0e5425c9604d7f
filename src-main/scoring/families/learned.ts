// Learned: how like the rejected images an image is, by a small model of a curator's verdicts.
import type { ScoreFamily } from '../family.ts';

export const learnedScore = 'learned';

export const learned: ScoreFamily = {
  name: 'learned',
  title: 'Learned from verdicts',
  scores: [
    {
      name: learnedScore,
      meaning:
        'the score before, and how like the images that were rejected an image is to a model of the verdicts, added',
      unit: 'robust standard deviations of the images',
      abnormal: 'high',
    },
  ],
  map: null,
  needs: ['other scores'],
  cost: 'none',
  source:
    'logistic regression with a ridge on principal components of pooled features (Cox 1958; Hoerl and Kennard 1970)',
};
