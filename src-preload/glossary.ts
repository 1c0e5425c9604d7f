// The terms of the window and of the documentation, each in one or two sentences: tooltips and docs/glossary.md say the same.

export interface Term {
  readonly term: string;
  readonly text: string;
}

/** In alphabetical order. Scores have their sentences where they are defined (src-main/scoring/families/). */
export const glossary = [
  {
    term: 'adjudication',
    text: 'The decision about an image on which readers differ. It is in force; what each reader said stays in the history.',
  },
  {
    term: 'annotation',
    text: 'A rectangle that a reviewer draws around a true anomaly. It tells whether the highest-scoring patches lie where they should.',
  },
  {
    term: 'AUROC',
    text: 'Area under the ROC curve: the probability that a random anomalous image scores as more abnormal than a random normal one. 0.5 is chance, 1 is perfect.',
  },
  {
    term: 'baseline',
    text: 'The periods that later ones are compared with. Their images say what is usual.',
  },
  {
    term: 'batch size',
    text: 'How many images are computed together. It changes the speed, not the result.',
  },
  {
    term: 'blind reading',
    text: 'Reading a work list without seeing the verdicts, marks and counts of other readers, or rankings by them.',
  },
  {
    term: 'catalog',
    text: 'A folder with a database of images, scores and verdicts, and the networks and reconstructions that belong to them. Images stay where they are.',
  },
  {
    term: 'cohort',
    text: 'A named set of images, such as the normals that a network is trained on. It does not change when the archive does.',
  },
  {
    term: 'conformal p-value',
    text: 'The share of validation normals that are at least as abnormal as an image. Small values are abnormal.',
  },
  {
    term: 'control chart',
    text: 'A value for each period with limits from a baseline. A point beyond them, or eight in a row on one side of the centre, is a signal.',
  },
  {
    term: 'de-identification',
    text: 'The removal of what identifies a patient from exported files, after the Basic Profile of DICOM PS3.15 Annex E.',
  },
  {
    term: 'Dice',
    text: 'Overlap of a predicted segmentation with its reference: twice their common area divided by the sum of their areas. 0 is none, 1 is perfect.',
  },
  {
    term: 'discriminator',
    text: 'The half of a StyleGAN2 that judges whether an image looks like the normals it was trained on.',
  },
  {
    term: 'drifted',
    text: 'A group, such as a scanner, whose scores after the baseline are distributed otherwise than in it, by the test of Kolmogorov and Smirnov, adjusted for many tests, and by at least a tenth.',
  },
  {
    term: 'Hounsfield unit',
    text: 'The unit of CT: air is -1000, water is 0.',
  },
  {
    term: 'kappa',
    text: "Cohen's kappa: how much more often two readers agree than by chance. 1 is complete agreement, 0 is chance.",
  },
  {
    term: 'kind',
    text: "The label of an image at import, by default the name of its folder, such as 'normal' or 'needle'.",
  },
  {
    term: 'Kolmogorov-Smirnov distance',
    text: 'The largest distance between two cumulative distributions. 0: the same, 1: they do not overlap.',
  },
  {
    term: 'latent space',
    text: 'Where a network of normals is searched for a reconstruction. W has one latent for all layers; W+ has one for each and fits closer.',
  },
  {
    term: 'localiser',
    text: 'A network that marks in one pass what does not belong into an image. It is trained on normal images with synthetic anomalies.',
  },
  {
    term: 'network of normals',
    text: 'A StyleGAN2-ADA trained on normal images only. It reconstructs what is normal in an image and misses what is not.',
  },
  {
    term: 'patch',
    text: 'A square part of an image. Patch scores are those of the worst patch, so that a small anomaly is not averaged away.',
  },
  {
    term: 'reason',
    text: 'What makes an image anomalous, in words: the score that is farthest from what the held-out normals reach. Left and right are those of the picture.',
  },
  {
    term: 'reconstruction',
    text: 'The image that the network of normals generates closest to the original, found by an encoder or by optimizing the latent.',
  },
  {
    term: 'reconstruction loss',
    text: 'What is minimized to find a reconstruction: LPIPS (as published), features of the discriminator, or pixels.',
  },
  {
    term: 'reference mask',
    text: 'A segmentation taken as ground truth, which predicted masks are compared with.',
  },
  {
    term: 'reference normals',
    text: 'Normal images that a network was trained on or that scores compare with. The model has seen them, so their scores look too normal; lists leave them out by default.',
  },
  {
    term: 'region mask',
    text: 'A mask that says where mask scores are computed, such as an organ.',
  },
  {
    term: 'residual',
    text: 'The absolute difference of original and reconstruction, in grey levels from 0 to 255.',
  },
  {
    term: 'review curve',
    text: 'How many anomalies have been found after reviewing so many images, highest score first.',
  },
  {
    term: 'ROC',
    text: 'Receiver operating characteristic: the true positive rate over the false positive rate at every threshold. The band is its 95 % interval, by bootstrap over patients.',
  },
  {
    term: 'run',
    text: 'One execution of a job, with its parameters, versions, log and results. Scores belong to a run.',
  },
  {
    term: 'score map',
    text: 'The score of every patch position, as a heat map over the image.',
  },
  {
    term: 'sensitivity',
    text: 'The share of anomalous images that are at or beyond the threshold.',
  },
  {
    term: 'specificity',
    text: 'The share of normal images that are on the normal side of the threshold.',
  },
  {
    term: 'threshold',
    text: 'The score from which on an image counts as anomalous.',
  },
  {
    term: 'time per image',
    text: "The median time between a reader's decision about one image and the decision before it. Pauses of more than five minutes and decisions about several images at once are left out.",
  },
  {
    term: 'typicality',
    text: "How well the discriminator's features of an image agree with those of reference normals. It needs one forward pass per image and no reconstruction.",
  },
  {
    term: 'validation normals',
    text: 'Normal images that no network and no score was fitted to. Conformal p-values are computed against them.',
  },
  {
    term: 'verdict',
    text: 'A decision about an image (keep, reject or unsure) with its reviewer and time. A new one supersedes the old one, and every one is audited.',
  },
  {
    term: 'window and level',
    text: 'The range of values that is shown from black to white: the window is its width, the level its centre.',
  },
  {
    term: 'work list',
    text: 'Images that are given to a reader, with how far that reader is. It keeps its images, whatever a filter would find later.',
  },
] as const satisfies readonly Term[];

export type TermName = (typeof glossary)[number]['term'];

/** What a term means. */
export const meaningOf = (term: TermName): string => glossary.find((each) => each.term === term)!.text;
