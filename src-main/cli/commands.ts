// Every command by group: its name, one line about it, and the file it is loaded from when it is called.
import type { AnyCommand } from './command.ts';

export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<AnyCommand>;
}

/** Heading -> the commands below it, as `residua --help` lists them. */
export const commandGroups: Readonly<Record<string, Readonly<Record<string, CommandEntry>>>> = {
  'Main job': {
    demo: {
      summary: 'the main job on a synthetic archive',
      load: async () => (await import('./commands/demo.ts')).demo,
    },
    import: {
      summary: 'read the images of folders, zips and files into a catalog',
      load: async () => (await import('./commands/import.ts')).importCommand,
    },
    run: {
      summary: 'the main job: import, reconstruct, score, rank',
      load: async () => (await import('./commands/run.ts')).run,
    },
    train: {
      summary: 'train a StyleGAN2-ADA on normal images',
      load: async () => (await import('./commands/train.ts')).train,
    },
    'train-encoder': {
      summary: 'train the encoder of a network, which reconstructs an image in one pass',
      load: async () => (await import('./commands/train-encoder.ts')).trainEncoder,
    },
    'train-localiser': {
      summary: 'train a network that marks anomalies in one pass, on normal images',
      load: async () => (await import('./commands/train-localiser.ts')).trainLocaliser,
    },
    rank: {
      summary: 'print or write the images of a catalog, sorted by any score',
      load: async () => (await import('./commands/rank.ts')).rank,
    },
    learn: {
      summary: 're-rank the images by what was kept and rejected so far',
      load: async () => (await import('./commands/learn.ts')).learn,
    },
    export: {
      summary: 'copy selected images to a new folder, with hashes and scores',
      load: async () => (await import('./commands/export.ts')).exportCommand,
    },
    serve: {
      summary: 'open the window in a browser, on 127.0.0.1 at a random address',
      load: async () => (await import('./commands/serve.ts')).serveCommand,
    },
  },
  'Networks and reconstruction': {
    project: {
      summary: 'reconstruct the images of a folder with a network, by backpropagation',
      load: async () => (await import('./commands/project.ts')).project,
    },
    'eval-recon': {
      summary: 'score the reconstructions in a folder against their originals',
      load: async () => (await import('./commands/eval-recon.ts')).evalRecon,
    },
    generate: {
      summary: 'generate images from a network, by seed',
      load: async () => (await import('./commands/generate.ts')).generate,
    },
    'inspect-network': {
      summary: 'show what a network file holds, as a table',
      load: async () => (await import('./commands/inspect-network.ts')).inspectNetwork,
    },
    weights: {
      summary: 'list the published weights that are here or missing, and import files',
      load: async () => (await import('./commands/weights.ts')).weights,
    },
  },
  Evaluation: {
    report: {
      summary: 'a page about some images, without identities: pictures, scores, maps',
      load: async () => (await import('./commands/report.ts')).report,
    },
    map: {
      summary: 'lay the archive out by what a network saw; find images that are alike',
      load: async () => (await import('./commands/map.ts')).map,
    },
    evaluate: {
      summary: 'evaluate the scores of a run: AUROC per kind of anomaly, localisation',
      load: async () => (await import('./commands/evaluate.ts')).evaluate,
    },
    drift: {
      summary: 'scores over time: which scanner drifted, a control chart, alerts at import, a report',
      load: async () => (await import('./commands/drift.ts')).drift,
    },
    combine: {
      summary: 'combine several scores, and choose what to keep at a false discovery rate',
      load: async () => (await import('./commands/combine.ts')).combine,
    },
    localize: {
      summary: 'check whether the highest patches of eval-recon lie on the annotated anomalies',
      load: async () => (await import('./commands/localize.ts')).localize,
    },
    'eval-ad': {
      summary: 'AUROC of two groups of scores, with resampling',
      load: async () => (await import('./commands/eval-ad.ts')).evalAd,
    },
    'permutation-test': {
      summary: 'test whether one population of AUROCs is higher than another',
      load: async () => (await import('./commands/permutation-test.ts')).permutationTestCommand,
    },
    'eval-fd': {
      summary: 'compare two sets of images by the features of a published network (FID, FSD, PRDC, IS)',
      load: async () => (await import('./commands/eval-fd.ts')).evalFd,
    },
    'eval-frd': {
      summary: 'Fréchet radiomics distance between two folders of images',
      load: async () => (await import('./commands/eval-frd.ts')).evalFrd,
    },
    'find-best-fid': {
      summary: 'find the snapshot of a training with the lowest FID',
      load: async () => (await import('./commands/find-best-fid.ts')).findBestFid,
    },
  },
  Preparation: {
    'dicom-to-nifti': {
      summary: 'convert DICOM series to NIfTI volumes',
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
      summary: 'convert NIfTI slices to PNG images',
      load: async () => (await import('./commands/preparation.ts')).pngConversion,
    },
    'preprocess-midrc': {
      summary: 'convert radiographs of the MIDRC repository to PNG images',
      load: async () => (await import('./commands/preparation.ts')).preprocessMidrc,
    },
    'rescale-images': {
      summary: 'resize images to squares',
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
    simulate: {
      summary: 'insert anomalies at known places into real slices',
      load: async () => (await import('./commands/simulate.ts')).simulate,
    },
    phantoms: {
      summary: 'draw CT-like slices with known anomalies',
      load: async () => (await import('./commands/phantoms.ts')).phantoms,
    },
  },
  Catalog: {
    sources: {
      summary: 'where images came from, what is missing or new there; folders that are watched',
      load: async () => (await import('./commands/sources.ts')).sourcesCommand,
    },
    relocate: {
      summary: 'find the images of a folder that was moved, by content',
      load: async () => (await import('./commands/relocate.ts')).relocateCommand,
    },
    remove: {
      summary: 'remove images or whole imports from a catalog; says first what goes with them',
      load: async () => (await import('./commands/remove.ts')).removeCommand,
    },
    cohorts: {
      summary: 'named sets of images: list, split by patient, find leaks and duplicates',
      load: async () => (await import('./commands/cohorts.ts')).cohorts,
    },
    columns: {
      summary: 'metadata of images, such as the scanner: list, read more attributes, import a table',
      load: async () => (await import('./commands/columns.ts')).columns,
    },
    decisions: {
      summary: 'export verdicts to a CSV, or import them',
      load: async () => (await import('./commands/decisions.ts')).decisions,
    },
    readers: {
      summary: 'work lists, blind second readings, agreement, adjudication, a report',
      load: async () => (await import('./commands/readers.ts')).readers,
    },
    scores: {
      summary: 'import scores of another program, to rank, combine and evaluate them',
      load: async () => (await import('./commands/scores.ts')).scores,
    },
    annotations: {
      summary: 'export annotated anomalies to a CSV, or import them',
      load: async () => (await import('./commands/annotations.ts')).annotations,
    },
    segmentations: {
      summary: 'import masks and Dice; check whether a score finds failed segmentations',
      load: async () => (await import('./commands/segmentations.ts')).segmentations,
    },
    deidentify: {
      summary: 'score card of the de-identification; export or import the key of pseudonyms',
      load: async () => (await import('./commands/deidentify.ts')).deidentifyCommand,
    },
    audit: {
      summary: 'check that nobody has changed the audit log',
      load: async () => (await import('./commands/audit.ts')).audit,
    },
    backup: {
      summary: 'copy a catalog',
      load: async () => (await import('./commands/backup.ts')).backup,
    },
    restore: {
      summary: 'make a catalog from a backup',
      load: async () => (await import('./commands/backup.ts')).restore,
    },
  },
  System: {
    cluster: {
      summary: 'runs on a Slurm cluster: check the set-up, follow, cancel, resume, read logs',
      load: async () => (await import('./commands/cluster.ts')).cluster,
    },
    devices: {
      summary: 'list the devices that can compute here',
      load: async () => (await import('./commands/devices.ts')).devices,
    },
    qualify: {
      summary: 'check this installation and this machine, with a report to sign',
      load: async () => (await import('./commands/qualify.ts')).qualify,
    },
  },
};

/** The same by name alone. */
export const commands: Readonly<Record<string, CommandEntry>> = Object.assign({}, ...Object.values(commandGroups));
