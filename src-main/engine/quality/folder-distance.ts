// Two sets of images compared by the features of a published network: PyTorch-StudioGAN's evaluate.py.
import { selectDevice } from '../../../native/runtime/devices.ts';
import { createMatrixMultiplier } from '../../../native/runtime/matrix-product.ts';
import { readNumpyFile } from '../../../native/weights/npy.ts';
import type { WeightsName } from '../../../native/weights/published-weights.ts';
import { type StoredTensor, toNumbers } from '../../../native/weights/tensor.ts';
import { isFile } from '../../../native/weights/weights-folder.ts';
import { writeNpz } from '../../archive/numpy-file.ts';
import type { Filter } from '../../archive/resample.ts';
import { Problem } from '../../platform/errors.ts';
import type { JobControl } from '../../platform/job.ts';
import { type FeatureMoments, featureMoments, frechetDistance } from '../../statistics/frechet-distance.ts';
import { inceptionScore } from '../../statistics/inception-score.ts';
import type { Matrix, MatrixProduct } from '../../statistics/matrix.ts';
import { prdc } from '../../statistics/prdc.ts';
import type { BackboneName, FeatureDistanceParameters, FeatureDistances } from '../protocol.ts';
import { type Detector, openPublishedDetector } from './detector.ts';
import { type FeatureSummary, type ImageSource, summariseFeatures } from './feature-summary.ts';

/** The published names of the networks, and Pillow's filter that each was trained with. */
const backbones: { readonly [B in BackboneName]: { readonly weights: WeightsName; readonly friendly: Filter } } = {
  InceptionV3_tf: { weights: 'inception-v3-tf', friendly: 'bilinear' },
  InceptionV3_torch: { weights: 'inception-v3', friendly: 'lanczos' },
  ResNet50_torch: { weights: 'resnet50', friendly: 'bilinear' },
  SwAV_torch: { weights: 'swav-resnet50', friendly: 'bilinear' },
  DINO_torch: { weights: 'dino-vit-s8', friendly: 'bilinear' },
  'Swin-T_torch': { weights: 'swin-b', friendly: 'bicubic' },
};

/** Neighbours of precision, recall, density and coverage in StudioGAN. */
const neighbours = 5;

/** What is known of the first set without showing it. */
interface Stored {
  readonly rows: Matrix | null;
  readonly moments: FeatureMoments | null;
}

/** Opens the network and compares the sets with it. Throws `missing` for weights that are not there, naming the file. */
export async function featureDistances(
  parameters: FeatureDistanceParameters,
  source: (set: 1 | 2) => ImageSource,
  control: JobControl,
): Promise<FeatureDistances> {
  const { backbone, resizer, batch, metrics, weightsFolder } = parameters;
  const classifier = metrics.includes('is') ? 'with bias' : 'none';
  const chosen = { ...backbones[backbone], resizer, classifier } as const;
  const detector = await openPublishedDetector(await selectDevice(parameters.device), chosen, weightsFolder, batch);
  const { multiply: product, release } = await createMatrixMultiplier();
  try {
    return await compareSets(detector, parameters, source, product, control);
  } finally {
    await detector.release();
    await release();
  }
}

/**
 * Compares the second set with the first (real) one. Features or moments of the first are read from the files named for
 * them when these exist, and written there when not. Throws `missing` for a set without images, `usage` for too few,
 * `mismatch` for stored features of another network.
 */
export async function compareSets(
  detector: Detector,
  parameters: FeatureDistanceParameters,
  source: (set: 1 | 2) => ImageSource,
  product: MatrixProduct,
  control: JobControl,
): Promise<FeatureDistances> {
  const { metrics, totals } = parameters;
  const wants = { fid: metrics.includes('fid'), is: metrics.includes('is'), prdc: metrics.includes('prdc') };
  const stored = await readStored(parameters, detector);
  const known = { moments: stored.moments !== null || stored.rows !== null, rows: stored.rows !== null };
  const show = totals[0] !== null && ((wants.fid && !known.moments) || (wants.prdc && !known.rows));
  const summarise = (set: 1 | 2, total: number): Promise<FeatureSummary> => {
    const rows = wants.prdc || (set === 1 && parameters.features !== null);
    const wanted = { moments: wants.fid ? 'unbiased' : null, rows, probabilities: wants.is } as const;
    const progress = { stage: `features of set ${set}`, total };
    return summariseFeatures(detector, source(set), wanted, product, progress, control);
  };
  const first = show ? await summarise(1, totals[0]!) : null;
  if (first !== null) await writeStored(parameters, first);
  const second = await summarise(2, totals[1]);
  const rows = stored.rows ?? first?.rows ?? null;
  const moments = wants.fid ? await momentsOf(stored, first, product) : null;
  control.report({ stage: 'distances', done: totals[1], total: totals[1] });
  return {
    images: [first?.images ?? null, second.images],
    fid: wants.fid ? await frechetDistance(moments!, second.moments!, product) : null,
    inceptionScores: wants.is ? [scoreOf(first), scoreOf(second)] : null,
    prdc: wants.prdc ? await prdc(rows!, second.rows!, neighbours, product) : null,
  };
}

async function momentsOf(
  { moments, rows }: Stored,
  first: FeatureSummary | null,
  product: MatrixProduct,
): Promise<FeatureMoments | null> {
  if (moments !== null) return moments;
  return rows === null ? (first?.moments ?? null) : featureMoments(rows, product);
}

/** In one part, as StudioGAN computes it. */
const scoreOf = (summary: FeatureSummary | null): number | null =>
  summary?.probabilities == null ? null : inceptionScore(summary.probabilities, 1).mean;

/** What stored features belong to: kept beside them, so that no other network's are taken. */
const keyOf = ({ backbone, resizer }: FeatureDistanceParameters): string => `${backbone} ${resizer}`;

async function readStored(parameters: FeatureDistanceParameters, { width }: Detector): Promise<Stored> {
  const { features, moments } = parameters;
  const rows = features === null ? null : await readArrays(features, { real_feats: [null, width] }, parameters);
  const both = moments === null ? null : await readArrays(moments, { mu: [width], sigma: [width, width] }, parameters);
  return {
    rows: rows === null ? null : { rows: rows[0]!.shape[0]!, columns: width, data: toNumbers(rows[0]!) },
    moments: both === null ? null : { mean: toNumbers(both[0]!), covariance: toNumbers(both[1]!) },
  };
}

/** Arrays of an .npz file, their shapes checked (null: any length); null when there is no such file. */
async function readArrays(
  file: string,
  shapes: Readonly<Record<string, readonly (number | null)[]>>,
  parameters: FeatureDistanceParameters,
): Promise<readonly StoredTensor[] | null> {
  if (!(await isFile(file))) return null;
  const arrays = await readNumpyFile(file);
  const key = arrays.get('key');
  const [expected, found] = [keyOf(parameters), key === undefined ? null : String.fromCharCode(...toNumbers(key))];
  if (found !== null && found !== expected) {
    throw new Problem('mismatch', { what: `network and resizer of ${file}`, expected, found });
  }
  return Object.entries(shapes).map(([name, shape]) => {
    const array = arrays.get(name);
    if (array === undefined) throw new Problem('content', { file, reason: `has no array ${name}` });
    const fits =
      array.shape.length === shape.length && shape.every((size, i) => (size ?? array.shape[i]) === array.shape[i]);
    if (fits) return array;
    const [wanted, given] = [`[${shape.map((size) => size ?? 'N').join(', ')}]`, `[${array.shape.join(', ')}]`];
    throw new Problem('mismatch', { what: `${name} of ${file}`, expected: wanted, found: given });
  });
}

async function writeStored(parameters: FeatureDistanceParameters, { rows, moments }: FeatureSummary): Promise<void> {
  const codes = Float32Array.from(Buffer.from(keyOf(parameters)));
  const key = { shape: [codes.length], data: codes };
  if (parameters.features !== null && rows !== null) {
    await writeNpz(parameters.features, { real_feats: { shape: [rows.rows, rows.columns], data: rows.data }, key });
  }
  if (parameters.moments !== null && moments !== null) {
    const n = moments.mean.length;
    const [mu, sigma] = [
      { shape: [n], data: moments.mean },
      { shape: [n, n], data: moments.covariance },
    ];
    await writeNpz(parameters.moments, { mu, sigma, key });
  }
}
