// A small catalog of CT-like volumes with masks of the liver, for tests and pictures of the viewer and of segmentations.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyNiftiHeader, encodeNifti } from '../../src-main/archive/nifti/write-nifti.ts';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { pageImages } from '../../src-main/catalog/tables/pages.ts';
import { type AnomalyKind, anomalyKinds } from '../../src-main/phantom/anomaly.ts';
import { type Phantom, phantom, phantomGrey } from '../../src-main/phantom/phantom.ts';
import { makeCatalog, recordSimulatedScores, smoothed } from './simulated-scores.ts';

const seed = 11;
export const slicesOfScan = 7;

/** A slice with its anomaly, if it has one, and the same slice without. */
interface Slice {
  readonly shown: Phantom;
  readonly normal: Phantom;
}

/**
 * Makes a catalog in `folder` with `count` volumes in Hounsfield units, every second one with an anomaly in its middle slices,
 * and with a true mask of the liver and a simulated prediction, which leaves out what lies around the anomaly.
 */
export async function makeSampleScans(folder: string, count: number, size: number): Promise<void> {
  const scans = Array.from({ length: count }, (_, index) => scanOf(index, size));
  for (const [index, slices] of scans.entries()) {
    const write = (role: string, voxelsOf: (slice: Slice) => ArrayLike<number>, type: 'hounsfield' | 'label') =>
      writeVolume(join(folder, role, nameOf(index)), slices, size, voxelsOf, type);
    await write('scans', ({ shown }) => shown.hounsfield, 'hounsfield');
    await write('truth', ({ shown }) => shown.liver, 'label');
    await write('predictions', (slice) => predicted(slice, index), 'label');
  }
  const masks = (source: string, role: 'predicted' | 'reference') => ({
    kind: 'masks' as const,
    parameters: { source: join(folder, source), role },
  });
  await makeCatalog(join(folder, 'catalog'), 'CT phantoms, simulated scores', [
    { kind: 'import', parameters: { sources: [join(folder, 'scans')] } },
    masks('truth', 'reference'),
    masks('predictions', 'predicted'),
  ]);
  const catalog = openCatalog(join(folder, 'catalog'));
  const order = { by: 'imported', descending: false } as const;
  const rows = pageImages(catalog, { filter: {}, order, offset: 0, limit: count * slicesOfScan });
  const pairs = rows.map(({ id, name, frame }) => {
    const { shown, normal } = scans[Number(/scan-(\d+)/.exec(name)![1])]![frame]!;
    return { image: id, original: phantomGrey(shown), reconstruction: smoothed(phantomGrey(normal)) };
  });
  await recordSimulatedScores(catalog, pairs, {
    size,
    recipe: {
      intensity: { type: 'window', center: 50, width: 350 },
      ...{ fit: 'crop', filter: 'lanczos', channels: 1, resolution: size },
    },
  });
  catalog.close();
}

/** Writes `count` normal volumes of other patients to `folder`. */
export async function writeNormalScans(folder: string, count: number, size: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const slices = scanOf(1000 + 2 * index, size);
    await writeVolume(
      join(folder, `normal-${nameOf(index)}`),
      slices,
      size,
      ({ shown }) => shown.hounsfield,
      'hounsfield',
    );
  }
}

const nameOf = (index: number): string => `scan-${String(index).padStart(2, '0')}.nii.gz`;

/** One anatomy throughout; the noise of each slice differs by a few Hounsfield units. */
function scanOf(index: number, size: number): readonly Slice[] {
  const order = { protocol: 'liver', seed, index, size } as const;
  const normal = phantom(order);
  const kind: AnomalyKind | undefined = index % 2 === 0 ? undefined : anomalyKinds[(index >> 1) % anomalyKinds.length];
  const abnormal = kind === undefined ? normal : phantom({ ...order, anomaly: kind });
  return Array.from({ length: slicesOfScan }, (_, slice) => {
    const inMiddle = Math.abs(slice - slicesOfScan / 2 + 0.5) <= 1;
    const rough = ({ hounsfield, ...others }: Phantom): Phantom => ({
      ...others,
      hounsfield: hounsfield.map((value, at) => Math.max(-1024, value + ((at * 7919 + slice * 104_729) % 23) - 11)),
    });
    return { shown: rough(inMiddle ? abnormal : normal), normal };
  });
}

/** The liver a few columns aside, without what lies around the anomaly. */
function predicted({ shown: { liver, anomaly, width } }: Slice, index: number): Uint8Array {
  const aside = index % 4;
  return liver.map((_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    if (column < aside || liver[at - aside] === 0) return 0;
    if (anomaly === null) return 1;
    const { left, top, width: wide, height: high } = anomaly.box;
    const around = Math.round((index * width) / 40);
    const lost =
      column >= left - around && column < left + wide + around && row >= top - around && row < top + high + around;
    return lost ? 0 : 1;
  });
}

async function writeVolume(
  file: string,
  slices: readonly Slice[],
  size: number,
  voxelsOf: (slice: Slice) => ArrayLike<number>,
  type: 'hounsfield' | 'label',
): Promise<void> {
  const voxels = new (type === 'hounsfield' ? Int16Array : Uint8Array)(slices.length * size * size);
  for (const [index, slice] of slices.entries()) voxels.set(voxelsOf(slice), index * size * size);
  const spacing = slices[0]!.shown.pixelSpacing;
  // The first column is the patient's right, the first row the front.
  const affine = [
    [-spacing, 0, 0, 0],
    [0, -spacing, 0, 0],
    [0, 0, 5, 0],
  ] as const;
  await mkdir(join(file, '..'), { recursive: true });
  const bytes = encodeNifti(emptyNiftiHeader([spacing, spacing, 5]), {
    shape: [size, size, slices.length],
    voxels,
    affine,
  });
  await writeFile(file, bytes);
}
