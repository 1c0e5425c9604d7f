// What the engine process can be asked to do, and what it asks of the process that started it.

import type { DeviceReport } from '../../native/runtime/devices.ts';
import type { DeviceName } from '../../native/runtime/session.ts';
import type { JsonObject } from '../../native/weights/network-weights.ts';
import type { ValuesOf } from '../../src-preload/parameters/parameter.ts';
import type { projection } from '../../src-preload/parameters/projection.ts';
import type { Levels, Recipe } from '../archive/recipe.ts';
import type { NetworkContents, NetworkDescription } from '../networks/load-network.ts';
import type { GreyImage } from '../platform/grey-image.ts';
import type { LossName } from '../projection/reconstruction-loss.ts';
import type { FamilyResult, Reason } from '../scoring/family.ts';
import type { ImageScores, ScoringOptions } from '../scoring/score-image.ts';
import type { Learned, LearnedVerdict, LearningImages } from '../statistics/learn-verdicts.ts';
import type { LocalisationSummary } from '../statistics/localisation.ts';
import type { Prdc } from '../statistics/prdc.ts';
import type { RankAgreement, rankAgreement } from '../statistics/rank-correlation.ts';
import type { TrainingConfiguration } from '../training/configuration.ts';
import type { EncoderConfiguration } from '../training/encoder/configuration.ts';
import type { Best } from '../training/encoder/encoder-trainer.ts';
import type { LocaliserConfiguration } from '../training/localiser/configuration.ts';
import type { LocaliserResult, LocaliserTick } from '../training/localiser/train-localiser.ts';
import type { RemoteShape } from '../training/remote-images.ts';
import type { TickStatistics } from '../training/tick-statistics.ts';
import type { TrainingResult } from '../training/train.ts';
import type { MetricResult } from '../training/training-metrics.ts';
import type { DemonstrationOrder, DemonstrationSlice } from './demonstration.ts';
import type { Comparison, Detection, MarkedImage, ScoreComparison, ScoreDifference } from './detection.ts';
import type { LayoutRequest, MapBasis, mapBasis, mapPlace, mapReduce } from './map-job.ts';
import type { RocRequest, RocWithBand } from './roc.ts';

/** Scoring as plain data; the segmentation comes with each image. */
export type ScoringParameters = Omit<ScoringOptions, 'segmentation'>;

/**
 * The parameters of a projection, and where its networks are. Loss null: the best that network and weights allow. Inverse null: an
 * encoder where the network has one; `both` takes two jobs, of which this is the encoder's.
 */
export interface ProjectParameters extends ValuesOf<typeof projection> {
  readonly networkFile: string;
  /** Where the files of the loss `lpips` are looked for. */
  readonly weightsFolder: string;
  /** Null: reconstruct only. */
  readonly scoring: ScoringParameters | null;
  /** Images to come, for the progress. */
  readonly total: number;
}

/** What the engine found out before the first image. */
export interface ProjectStart {
  readonly device: DeviceName;
  readonly resolution: number;
  readonly channels: 1 | 3;
  /** w_dim. */
  readonly latentWidth: number;
  readonly inverse: 'encoder' | 'optimise';
  readonly loss: LossName;
  /** Why it is not the published loss, where nobody chose another. */
  readonly lossRemark: string | null;
  /** As stored with the network; null when it has none. */
  readonly recipe: Recipe | null;
  readonly networkSha256: string;
}

/** An image to be projected. */
export interface ProjectItem {
  readonly id: number;
  /** [C, R, R] in -1..1. */
  readonly target: Float32Array;
  /** For region `mask`, in model space geometry [R, R]. */
  readonly segmentation?: GreyImage;
}

export interface ProjectResult {
  readonly id: number;
  /** Target and reconstruction as 8 bit, [R, R, C] interleaved. */
  readonly target: Uint8Array;
  readonly reconstruction: Uint8Array;
  /** [L', w_dim]: one latent in W, one per layer in W+. */
  readonly latents: Float32Array;
  /** MP4 file, if requested. */
  readonly video: Uint8Array | null;
  /** Loss of the reconstruction: at the last step, or of the encoder's one pass. */
  readonly loss: number;
  /** Of the latents from the mean of W, see `latentDistance`. */
  readonly latentDistance: number;
  readonly scores: ImageScores | null;
}

export interface ScoreParameters {
  readonly scoring: ScoringParameters;
  /** Pairs to come, for the progress. */
  readonly total: number;
}

/** An image as the network saw it and its reconstruction. */
export interface ScoreItem {
  readonly id: number;
  readonly target: GreyImage;
  readonly reconstruction: GreyImage;
  readonly segmentation?: GreyImage;
}

export interface ScoreResult {
  readonly id: number;
  readonly scores: ImageScores;
}

export interface FamiliesParameters {
  /** Names of one-pass families. */
  readonly families: readonly string[];
  /** Family -> the values of its parameters. */
  readonly settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly networkFile: string | null;
  readonly localiserFile: string | null;
  /** Where published weights are. */
  readonly weightsFolder: string;
  readonly device: DeviceName | 'auto';
  /** The model spaces that images come in: of families in general, and of the network, which may be the same. */
  readonly spaces: readonly { readonly channels: 1 | 3; readonly side: number }[];
  readonly networkSpace: number;
  /** Where what networks see in images is kept; null: nowhere. */
  readonly keptFolder: string | null;
  /** Normals to learn from, to calibrate with, and images to come, for the progress. */
  readonly normals: number;
  readonly calibration: number;
  readonly total: number;
}

/** An image whose turn has come. */
export interface FamiliesItem {
  readonly id: number;
  /** For every model space of the order what its content is known by; undefined where that is not known without reading it. */
  readonly keys: readonly string[] | undefined;
  /** The organ, in the first model space: not 0 inside. Undefined where the image has no region mask. */
  readonly mask?: GreyImage | undefined;
}

/** The scores of a normal that nothing was learned from, by their names. */
export interface HeldOutScores {
  readonly id: number;
  readonly values: Readonly<Record<string, number>>;
  /** What the network of a family saw, averaged over the image: normals have their place on the map too. */
  readonly pooled?: Readonly<Record<string, Float32Array>>;
}

/** The pixels of an image in every model space of the order. */
export interface FamiliesPixels {
  readonly id: number;
  /** [C, R, R] in -1..1 each. */
  readonly targets: readonly Float32Array[];
  /** As it is shown, in the size of the file; only where a family of the order looks at it. */
  readonly original?: GreyImage | undefined;
}

/** Whose images: those that are learned from, those that only calibrate, those that are scored. */
export type FamiliesPart = 'normals' | 'calibration' | 'images';

export interface FamiliesResult {
  readonly id: number;
  readonly families: readonly (FamilyResult & { readonly family: string })[];
  /** What makes the image anomalous; null where too few normals were held out to say so. */
  readonly why: Reason | null;
}

export interface TrainParameters {
  /** Where statistics, sheets and snapshots go; a training that was stopped there goes on. */
  readonly folder: string;
  readonly configuration: TrainingConfiguration;
  readonly device: DeviceName | 'auto';
  /** Threads of one operator on the processor; 0 leaves the choice to the runtime. */
  readonly threads: number;
  /** Networks to start from instead of random ones. */
  readonly networkFile: string | null;
  readonly images: RemoteShape;
  /** Images of the whole data set: those beyond `images.count` are not trained with. Numbers go on for them. */
  readonly allImages: number;
  /** Where the weights of metrics are. */
  readonly weightsFolder: string;
  /** Written into every snapshot. */
  readonly recipe: Recipe;
  readonly provenance: JsonObject;
}

export interface LearnParameters extends LearningImages {
  readonly verdicts: readonly LearnedVerdict[];
}

export interface TrainEncoderParameters extends Omit<TrainLocaliserParameters, 'configuration'> {
  readonly configuration: EncoderConfiguration;
  /** The network that it is the inverse of. */
  readonly networkFile: string;
}

export interface EncoderResult {
  /** File of the network with the best encoder. */
  readonly network: string;
  readonly imagesShown: number;
  readonly best: Best;
}

export interface TrainLocaliserParameters {
  /** Where the network, statistics, sheets and states go; a training that was stopped there resumes. */
  readonly folder: string;
  readonly configuration: LocaliserConfiguration;
  readonly device: DeviceName | 'auto';
  /** Threads of one operator on the processor; 0 leaves the choice to the runtime. */
  readonly threads: number;
  readonly images: RemoteShape;
  /** Written into the network's file. */
  readonly recipe: Recipe;
  readonly provenance: JsonObject;
}

/** Published noise modes: stored with the network, new for each image, none. */
export type NoiseMode = 'const' | 'random' | 'none';

export interface GenerateParameters {
  readonly networkFile: string;
  /** One image each, unless latents are given. */
  readonly seeds: readonly number[];
  /** psi: 1 leaves the latents as they are. */
  readonly truncation: number;
  readonly class: number | null;
  readonly noiseMode: NoiseMode;
  /** .npz with `w` [N, L, w_dim]: drawn instead of the seeds. */
  readonly latentsFile: string | null;
  /** Instead: each row's image with some layers' latents of each column's; without `layers` 0 to 6, as far as there are. */
  readonly mixing: {
    readonly rows: readonly number[];
    readonly columns: readonly number[];
    readonly layers: readonly number[] | null;
  } | null;
  /** Instead: so many frames from each latent to the next, and from the last to the first. */
  readonly walkFrames: number | null;
  readonly device: DeviceName | 'auto';
}

export interface GeneratedImage {
  /** `seed0085`, `proj00` or, mixed, `85-55`, as published; `frame0000` of a walk. */
  readonly name: string;
  readonly resolution: number;
  readonly channels: 1 | 3;
  /** [R, R, C] */
  readonly bytes: Uint8Array;
}

export interface GenerateResponse {
  readonly images: number;
  /** Options that had no effect. */
  readonly remarks: readonly string[];
}

/** Networks of the published evaluation, by its names. */
export const backboneNames = [
  'InceptionV3_tf',
  'InceptionV3_torch',
  'ResNet50_torch',
  'SwAV_torch',
  'DINO_torch',
  'Swin-T_torch',
] as const;
export type BackboneName = (typeof backboneNames)[number];

export interface FeatureDistanceParameters {
  readonly backbone: BackboneName;
  readonly resizer: 'legacy' | 'clean' | 'friendly';
  /** Images at once. */
  readonly batch: number;
  readonly metrics: readonly ('fid' | 'is' | 'prdc')[];
  /** Files (.npz) with the features and the moments of the first set: read when there, else written. */
  readonly features: string | null;
  readonly moments: string | null;
  readonly weightsFolder: string;
  readonly device: DeviceName | 'auto';
  /** Images of each set to come, for the progress; null: there is no first set, its features are stored. */
  readonly totals: readonly [number | null, number];
}

export interface FeatureDistances {
  /** Images of each set that were looked at; null: stored features were used. */
  readonly images: readonly [number | null, number];
  readonly fid: number | null;
  /** Of the sets that were looked at. */
  readonly inceptionScores: readonly [number | null, number | null] | null;
  readonly prdc: Prdc | null;
}

/** A published file of weights and whether the folder has it. */
export interface WeightsFileState {
  /** What the weights are used for; rows with the same use and another choice stand for each other. */
  readonly use: string;
  readonly choice: number;
  readonly name: string;
  readonly origin: string;
  /** SHA-256 or its first digits, where the makers tell them. */
  readonly published: string | null;
  /** Of the file in the folder. */
  readonly sha256: string | null;
  readonly state: 'there' | 'missing' | 'other content';
}

export interface ImportedWeights {
  readonly name: string;
  readonly path: string;
  readonly use: string;
  readonly sha256: string;
  /** True when the makers tell a SHA-256 and it is the same. */
  readonly verified: boolean;
}

/** One heavy job per process; the answer comes when the job is done. Progress counts images, in fractions. */
export type EngineMethods = {
  /** Each is tried in a process of its own. */
  readonly 'devices.list': { readonly request: null; readonly response: readonly DeviceReport[] };
  /** Throws `format`, `content`, `unknown-global`, `missing`, `limit`, `file`. */
  readonly 'network.describe': { readonly request: string; readonly response: NetworkDescription };
  /** The same with every tensor's name and shape. Throws as `network.describe`. */
  readonly 'network.contents': { readonly request: string; readonly response: NetworkContents };
  readonly 'weights.list': { readonly request: string; readonly response: readonly WeightsFileState[] };
  /** Throws `usage` for a file that is no published one, `content`, `mismatch`, and what reading it throws. */
  readonly 'weights.import': {
    readonly request: {
      readonly file: string;
      readonly folder: string;
      readonly as: string | null;
      readonly other: boolean;
    };
    readonly response: ImportedWeights;
  };
  /** Throws `missing` for weights that are not there, naming the file; `usage`, `mismatch`, `content`. */
  readonly 'features.distance': { readonly request: FeatureDistanceParameters; readonly response: FeatureDistances };
  readonly 'demonstration.draw': {
    readonly request: DemonstrationOrder;
    readonly response: readonly DemonstrationSlice[];
  };
  readonly project: { readonly request: ProjectParameters; readonly response: null };
  /** Seconds of one image. */
  readonly 'project.measure': { readonly request: ProjectParameters; readonly response: number };
  /** Seconds of one thousand images. */
  readonly 'train.measure': {
    readonly request: { readonly configuration: TrainingConfiguration; readonly device: DeviceName | 'auto' };
    readonly response: number;
  };
  /** Progress counts images shown. Throws `cancelled` with the state written, `mismatch`, `content`, `missing`. */
  readonly train: { readonly request: TrainParameters; readonly response: TrainingResult };
  /** As `train`. */
  readonly 'train.encoder': { readonly request: TrainEncoderParameters; readonly response: EncoderResult };
  /** As `train`. */
  readonly 'train.localiser': { readonly request: TrainLocaliserParameters; readonly response: LocaliserResult };
  readonly generate: { readonly request: GenerateParameters; readonly response: GenerateResponse };
  readonly detection: { readonly request: readonly Comparison[]; readonly response: readonly Detection[] };
  readonly comparison: {
    readonly request: readonly ScoreComparison[];
    readonly response: readonly (ScoreDifference | null)[];
  };
  readonly localisation: { readonly request: readonly MarkedImage[]; readonly response: LocalisationSummary };
  readonly 'rank.agreement': {
    readonly request: Parameters<typeof rankAgreement>[0];
    readonly response: RankAgreement;
  };
  readonly roc: { readonly request: RocRequest; readonly response: RocWithBand };
  readonly score: { readonly request: ScoreParameters; readonly response: null };
  /** Throws `usage` for too few verdicts. */
  readonly learn: { readonly request: LearnParameters; readonly response: Learned };
  readonly 'map.basis': { readonly request: Parameters<typeof mapBasis>[0]; readonly response: MapBasis };
  readonly 'map.reduce': { readonly request: Parameters<typeof mapReduce>[0]; readonly response: Float32Array };
  readonly 'map.layout': { readonly request: LayoutRequest; readonly response: Float32Array };
  readonly 'map.place': { readonly request: Parameters<typeof mapPlace>[0]; readonly response: Float32Array };
  /** Throws `missing` for what a family needs and the network lacks, `usage` for too few normals. */
  readonly families: { readonly request: FamiliesParameters; readonly response: null };
};

/** Where the images of a job come from and where its results go. The engine knows no file of theirs and no catalog. */
export type ProjectSupplier = {
  /** Told once before the first image. */
  readonly 'project.start': { readonly request: ProjectStart; readonly response: null };
  /** Normal images [C, R, R] to measure the discriminator's features on; none when there are none. */
  readonly 'project.normals': { readonly request: null; readonly response: readonly Float32Array[] };
  /** At most `count` images; none when all have been handed out. */
  readonly 'project.next': { readonly request: { readonly count: number }; readonly response: readonly ProjectItem[] };
  /** Answered when the results cannot be lost any more. */
  readonly 'project.store': { readonly request: readonly ProjectResult[]; readonly response: null };
};

export type ScoreSupplier = {
  readonly 'score.next': { readonly request: { readonly count: number }; readonly response: readonly ScoreItem[] };
  readonly 'score.store': { readonly request: readonly ScoreResult[]; readonly response: null };
};

export type FamiliesSupplier = {
  /** What normals score that nothing is learned from. */
  readonly 'families.calibrated': { readonly request: readonly HeldOutScores[]; readonly response: null };
  /** At most `count`; none when all have been handed out. */
  readonly 'families.next': {
    readonly request: { readonly part: FamiliesPart; readonly count: number };
    readonly response: readonly FamiliesItem[];
  };
  /** The pixels of images that were handed out; those that cannot be read are left out, and skipped. */
  readonly 'families.read': {
    readonly request: { readonly part: FamiliesPart; readonly ids: readonly number[] };
    readonly response: readonly FamiliesPixels[];
  };
  readonly 'families.store': { readonly request: readonly FamiliesResult[]; readonly response: null };
};

export type TrainSupplier = {
  /** Images of the training set by number, [C, R, R] in -1..1. */
  readonly 'train.images': { readonly request: readonly number[]; readonly response: readonly Float32Array[] };
  /** Numbers of a tick, for plots and logs. */
  readonly 'train.tick': { readonly request: TickStatistics; readonly response: null };
  /** A metric of a snapshot. */
  readonly 'train.metric': { readonly request: MetricResult; readonly response: null };
};

export type TrainEncoderSupplier = Pick<TrainSupplier, 'train.images' | 'train.tick'>;

export type TrainLocaliserSupplier = Pick<TrainSupplier, 'train.images'> & {
  readonly 'train.localiserTick': { readonly request: LocaliserTick; readonly response: null };
};

export type GenerateSupplier = {
  readonly 'generate.store': { readonly request: GeneratedImage; readonly response: null };
};

export type FeatureDistanceSupplier = {
  /** At most `count` images of 8-bit levels; none when all have been handed out. */
  readonly 'features.images': {
    readonly request: { readonly set: 1 | 2; readonly count: number };
    readonly response: readonly Levels[];
  };
};

export type SupplierMethods = ProjectSupplier &
  ScoreSupplier &
  FamiliesSupplier &
  TrainSupplier &
  TrainLocaliserSupplier &
  GenerateSupplier &
  FeatureDistanceSupplier;
