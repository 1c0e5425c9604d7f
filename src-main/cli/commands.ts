// Every command: its name, one line about it, and the file it is loaded from when it is called.
import type { AnyCommand } from './command.ts';

export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<AnyCommand>;
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  import: {
    summary: 'take the images of folders, zips and files into a catalog',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  run: {
    summary: 'the main job: import, project, score, rank',
    load: async () => (await import('./commands/run.ts')).run,
  },
  rank: {
    summary: 'print or write the images of a catalog sorted by any score',
    load: async () => (await import('./commands/rank.ts')).rank,
  },
  export: {
    summary: 'copy chosen images into a new folder, with hashes and scores',
    load: async () => (await import('./commands/export.ts')).exportCommand,
  },
  train: {
    summary: 'train a network on normal images (StyleGAN2-ADA)',
    load: async () => (await import('./commands/train.ts')).train,
  },
  generate: {
    summary: 'draw images of a network for given seeds',
    load: async () => (await import('./commands/generate.ts')).generate,
  },
  project: {
    summary: 'reconstruct the images of a folder with a network, by backpropagation',
    load: async () => (await import('./commands/project.ts')).project,
  },
  'eval-recon': {
    summary: 'score reconstructions in a folder against their originals',
    load: async () => (await import('./commands/eval-recon.ts')).evalRecon,
  },
  serve: {
    summary: 'the window in a browser, on 127.0.0.1 behind a random address',
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
  combine: {
    summary: 'make one score of several, and choose what to keep at a false discovery rate',
    load: async () => (await import('./commands/combine.ts')).combine,
  },
  evaluate: {
    summary: 'judge the scores of a run: AUROC per kind of anomaly, localisation',
    load: async () => (await import('./commands/evaluate.ts')).evaluate,
  },
  'eval-ad': {
    summary: 'AUROC of two groups of scores, with resamples',
    load: async () => (await import('./commands/eval-ad.ts')).evalAd,
  },
  localize: {
    summary: 'whether the highest patches of eval-recon lie on the annotated anomalies',
    load: async () => (await import('./commands/localize.ts')).localize,
  },
  'permutation-test': {
    summary: 'test whether one population of AUROCs is higher than another',
    load: async () => (await import('./commands/permutation-test.ts')).permutationTestCommand,
  },
  'eval-frd': {
    summary: 'Fréchet radiomics distance of two folders of images',
    load: async () => (await import('./commands/eval-frd.ts')).evalFrd,
  },
  'eval-fd': {
    summary: 'compare two sets of images by the features of a published network (FID, FSD, PRDC, IS)',
    load: async () => (await import('./commands/eval-fd.ts')).evalFd,
  },
  'find-best-fid': {
    summary: 'find the snapshot of a training with the lowest FID',
    load: async () => (await import('./commands/find-best-fid.ts')).findBestFid,
  },
  'dicom-to-nifti': {
    summary: 'turn DICOM series into NIfTI volumes',
    load: async () => (await import('./commands/preparation.ts')).dicomToNifti,
  },
  'window-level': {
    summary: 'clip NIfTI volumes to a window',
    load: async () => (await import('./commands/preparation.ts')).windowLevel,
  },
  slice: {
    summary: 'cut NIfTI volumes into slices',
    load: async () => (await import('./commands/preparation.ts')).slice,
  },
  'png-conversion': {
    summary: 'turn NIfTI slices into PNG images',
    load: async () => (await import('./commands/preparation.ts')).pngConversion,
  },
  'preprocess-midrc': {
    summary: 'turn radiographs of the MIDRC repository into PNG images',
    load: async () => (await import('./commands/preparation.ts')).preprocessMidrc,
  },
  'rescale-images': {
    summary: 'resize images to a square',
    load: async () => (await import('./commands/preparation.ts')).rescaleImages,
  },
  'split-dataset': {
    summary: 'split images into two random halves',
    load: async () => (await import('./commands/preparation.ts')).splitDataset,
  },
  'add-noise': {
    summary: 'add Gaussian noise or blur to images',
    load: async () => (await import('./commands/preparation.ts')).addNoise,
  },
  segmentations: {
    summary: 'masks and Dice beside images; whether the score finds failed segmentations',
    load: async () => (await import('./commands/segmentations.ts')).segmentations,
  },
  annotations: {
    summary: 'write annotated anomalies to a CSV, or add those of one',
    load: async () => (await import('./commands/annotations.ts')).annotations,
  },
  cohorts: {
    summary: 'named sets of images: list, split by patient, look for leaks and duplicates',
    load: async () => (await import('./commands/cohorts.ts')).cohorts,
  },
  decisions: {
    summary: 'write verdicts to a CSV, or take them over from one',
    load: async () => (await import('./commands/decisions.ts')).decisions,
  },
  audit: {
    summary: 'check that nobody changed the audit log',
    load: async () => (await import('./commands/audit.ts')).audit,
  },
  backup: {
    summary: 'copy a catalog',
    load: async () => (await import('./commands/backup.ts')).backup,
  },
  restore: {
    summary: 'make a catalog of a backup',
    load: async () => (await import('./commands/backup.ts')).restore,
  },
  demo: {
    summary: 'the main job on phantoms: an archive that nobody owns',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  simulate: {
    summary: 'put anomalies of known place into real slices',
    load: async () => (await import('./commands/simulate.ts')).simulate,
  },
  phantoms: {
    summary: 'draw CT-like slices with known anomalies',
    load: async () => (await import('./commands/phantoms.ts')).phantoms,
  },
  weights: {
    summary: 'list the published weights that are there or missing, and import files',
    load: async () => (await import('./commands/weights.ts')).weights,
  },
  qualify: {
    summary: 'check this installation and this machine, with a report to be signed',
    load: async () => (await import('./commands/qualify.ts')).qualify,
  },
  devices: {
    summary: 'list the devices that can compute here',
    load: async () => (await import('./commands/devices.ts')).devices,
  },
};
