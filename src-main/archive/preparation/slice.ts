// slice: cuts 3-D NIfTI volumes into 2-D files, all of them or those that a mask touches.
import { basename, join } from 'node:path';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { Problem } from '../../platform/errors.ts';
import type { JobControl } from '../../platform/job.ts';
import type { Samples } from '../decoded-image.ts';
import type { ArchiveEntry } from '../entry.ts';
import { EntryReader } from '../entry-reader.ts';
import type { Affine } from '../nifti/affine.ts';
import { type NiftiVolume, readNiftiVolume } from '../nifti/volume.ts';
import { encodeNifti } from '../nifti/write-nifti.ts';
import { OutputNames, stemOf } from './output-names.ts';
import { emptyReport, forEach, type ImageReader, isKept, listEntries, type PreparationReport } from './preparation.ts';

export interface SliceOptions {
  readonly inDir: string;
  readonly outDir: string;
  /** Masks of the same file names; only slices in which the mask is not zero are written. */
  readonly maskDir?: string;
  /** Axis to cut across, 0, 1 or 2. Published: 2. */
  readonly axis: 0 | 1 | 2;
}

/**
 * Writes each slice of every volume below `inDir` as `NAME_i.nii.gz`, i its index in the volume (from 0). A missing or
 * empty mask, or one of another shape, is the reason why a volume is skipped.
 */
export async function slice(
  options: SliceOptions,
  images: Pick<ImageReader, 'listed'>,
  control: JobControl,
): Promise<PreparationReport> {
  const report = emptyReport();
  const reader = new EntryReader();
  const entries = await listEntries(options.inDir, report, control, images);
  const names = new OutputNames();
  const masks = options.maskDir === undefined ? [] : await listEntries(options.maskDir, emptyReport(), control, images);
  const maskOf = new Map(masks.map((entry) => [basename(stemOf(entry)), entry]));
  try {
    await forEach(
      entries,
      ({ path }) => path,
      report,
      'slicing',
      control,
      async (entry) => {
        const volume = await readNiftiVolume(await reader.read(entry));
        const { shape } = volume.header;
        if (shape.slice(3).some((length) => length > 1)) {
          throw new Problem('mismatch', { what: `axes of ${entry.path}`, expected: '3', found: String(shape.length) });
        }
        const mask = options.maskDir === undefined ? undefined : await readMask(entry, maskOf, reader, shape);
        for (let index = 0; index < shape[options.axis]!; index++) {
          if (mask !== undefined && !touches(mask, shape, options.axis, index)) continue;
          const name = names.of(entry, `_${index}.nii.gz`);
          if (await isKept(options.outDir, name, report)) continue;
          await writeFileAtomic(join(options.outDir, name), encodeSlice(volume, options.axis, index));
          report.written.push(name);
        }
      },
    );
  } finally {
    await reader.close();
  }
  return report;
}

async function readMask(
  entry: ArchiveEntry,
  masks: ReadonlyMap<string, ArchiveEntry>,
  reader: EntryReader,
  shape: readonly number[],
): Promise<Samples> {
  const found = masks.get(basename(stemOf(entry)));
  if (found === undefined) throw new Problem('missing', { what: 'mask', name: entry.path });
  const mask = await readNiftiVolume(await reader.read(found));
  const sizes = [shape, mask.header.shape].map((lengths) => lengths.slice(0, 3).join(' x '));
  if (sizes[0] !== sizes[1]) {
    throw new Problem('mismatch', { what: `shape of the mask ${found.path}`, expected: sizes[0]!, found: sizes[1]! });
  }
  if (mask.voxels.every((value) => value === 0))
    throw new Problem('content', { file: found.path, reason: 'the mask is empty' });
  return mask.voxels;
}

/** Voxel indices of a slice: start, and strides and lengths of the two axes that stay. */
function layout(shape: readonly number[], axis: 0 | 1 | 2, index: number) {
  const strides = [1, shape[0]!, shape[0]! * shape[1]!];
  const [first, second] = [0, 1, 2].filter((other) => other !== axis) as [number, number];
  return {
    first,
    second,
    start: index * strides[axis]!,
    across: strides[first]!,
    down: strides[second]!,
    width: shape[first]!,
    height: shape[second]!,
  };
}

function touches(mask: Samples, shape: readonly number[], axis: 0 | 1 | 2, index: number): boolean {
  const { start, across, down, width, height } = layout(shape, axis, index);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) if (mask[start + row * down + column * across] !== 0) return true;
  }
  return false;
}

function encodeSlice({ header, voxels }: NiftiVolume, axis: 0 | 1 | 2, index: number): Uint8Array {
  const { shape, type, affine } = header;
  const { first, second, start, across, down, width, height } = layout(shape, axis, index);
  const channels = type.channels;
  const part = voxels.slice(0, width * height * channels);
  let to = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (start + row * down + column * across) * channels;
      for (let channel = 0; channel < channels; channel++) part[to++] = voxels[from + channel]!;
    }
  }
  const changes = { shape: [width, height], voxels: part, colour: channels === 3 };
  if (affine === undefined) return encodeNifti(header, changes);
  // The two axes that stay come first; the origin moves to the slice.
  const turned = affine.map((line) => {
    return [line[first]!, line[second]!, line[axis]!, line[3]! + line[axis]! * index];
  }) as unknown as Affine;
  return encodeNifti(header, { ...changes, affine: turned });
}
