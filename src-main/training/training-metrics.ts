// The metrics of the published trainer by name: what each compares, in which features, on how many images.
import type { WeightsName } from '../../native/weights/published-weights.ts';

/** Features of InceptionV3 (2015), of VGG16, or of an own discriminator. */
export type DetectorName = 'inception' | 'vgg' | 'own';

/** What generated images are compared with. */
interface Reals {
  /** Every image of the data set, unmirrored; else those that are trained with, mirrored ones too. */
  readonly full: boolean;
  /** At most so many. */
  readonly reals: number;
  readonly generated: number;
}

export type MetricDefinition =
  /** Fréchet distance. */
  | (Reals & { readonly kind: 'frechet'; readonly detector: 'inception' | 'own' })
  /** Kernel distance over 100 subsets of at most 1,000. */
  | (Reals & { readonly kind: 'kernel'; readonly detector: 'inception' })
  /** Precision and recall with 3 neighbours. */
  | (Reals & { readonly kind: 'neighbours'; readonly detector: 'vgg' })
  /** Inception score in 10 parts. */
  | { readonly kind: 'score'; readonly detector: 'inception'; readonly generated: number }
  | PathMetric;

/** Perceptual path length: from codes `epsilon` apart, at the ends or anywhere between two codes. */
export interface PathMetric {
  readonly kind: 'path';
  readonly detector: 'vgg';
  readonly space: 'z' | 'w';
  readonly sampling: 'full' | 'end';
  /** Only the middle of the image, as for faces. */
  readonly crop: boolean;
  readonly samples: number;
}

const all = Number.POSITIVE_INFINITY;
const half = 50_000;
const path = (space: 'z' | 'w', sampling: 'full' | 'end', crop: boolean): PathMetric => ({
  kind: 'path',
  detector: 'vgg',
  space,
  sampling,
  crop,
  samples: half,
});

/** `metrics/metric_main.py` of StyleGAN2-ADA; the last is ours and needs no published weights. */
export const metricDefinitions = {
  fid50k_full: { kind: 'frechet', detector: 'inception', full: true, reals: all, generated: half },
  kid50k_full: { kind: 'kernel', detector: 'inception', full: true, reals: 1_000_000, generated: half },
  pr50k3_full: { kind: 'neighbours', detector: 'vgg', full: true, reals: 200_000, generated: half },
  ppl2_wend: path('w', 'end', false),
  is50k: { kind: 'score', detector: 'inception', generated: half },
  fid50k: { kind: 'frechet', detector: 'inception', full: false, reals: half, generated: half },
  kid50k: { kind: 'kernel', detector: 'inception', full: false, reals: half, generated: half },
  pr50k3: { kind: 'neighbours', detector: 'vgg', full: false, reals: half, generated: half },
  ppl_zfull: path('z', 'full', true),
  ppl_wfull: path('w', 'full', true),
  ppl_zend: path('z', 'end', true),
  ppl_wend: path('w', 'end', true),
  fd10k_own: { kind: 'frechet', detector: 'own', full: true, reals: all, generated: 10_000 },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricDefinitions;
export const metricNames = Object.keys(metricDefinitions) as [MetricName, ...MetricName[]];

/** The published weights of each detector; the own one has none. */
export const detectorWeights: { readonly [D in DetectorName]: WeightsName | null } = {
  inception: 'inception-v3-tf',
  vgg: 'vgg16',
  own: null,
};

/** One line of `metric-NAME.jsonl`, as published. */
export interface MetricResult {
  readonly results: Readonly<Record<string, number>>;
  readonly metric: MetricName;
  readonly total_time: number;
  readonly total_time_str: string;
  readonly num_gpus: 1;
  readonly snapshot_pkl: string;
  readonly timestamp: number;
  /** Of the discriminator's file, where the features are its own. */
  readonly network_sha256?: string;
}
