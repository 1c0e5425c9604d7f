// DICOM series below a folder as NIfTI volumes in LAS order: found, named, put together.
import { dirname } from 'node:path';
import { Problem } from '../../platform/errors.ts';
import type { JobControl } from '../../platform/job.ts';
import type { DecodedImage, Rescale, Samples } from '../decoded-image.ts';
import { groupSeries, type Series, type Slice } from '../dicom/series.ts';
import { mixedUnits, volumeFault } from '../dicom/series-notes.ts';
import type { ArchiveEntry } from '../entry.ts';
import { modalityValues } from '../grey.ts';
import { type Affine, directionsOf } from '../nifti/affine.ts';
import { emptyNiftiHeader, type encodeNifti, type NiftiChanges } from '../nifti/write-nifti.ts';
import { forEach, type ImageReader, type PreparationReport } from './preparation.ts';

/** A slice and the file and frame that it comes from. */
type Source = Slice & { readonly entry: ArchiveEntry; readonly channels: 1 | 3; readonly rescale: Rescale };

/** A series with the name of its volume: the folder that it lies in, `NAME_2` and so on when that holds several. */
export interface NamedSeries {
  readonly name: string;
  readonly series: Series<Source>;
}

/** The series that the DICOM files `entries` make; what is no DICOM image goes into the report. */
export async function seriesAmong(
  entries: readonly ArchiveEntry[],
  reader: ImageReader,
  report: PreparationReport,
  control: JobControl,
): Promise<readonly NamedSeries[]> {
  const slices: Source[] = [];
  await forEach(
    entries,
    ({ path }) => path,
    report,
    'reading headers',
    control,
    async (entry) => {
      const { format, frames } = await reader.describe(entry);
      if (format !== 'DICOM') throw new Problem('format', { file: entry.path, found: `${format}, not DICOM` });
      for (const { image, pixelFingerprint } of frames)
        slices.push({ ...image, pixelFingerprint, path: entry.path, entry });
    },
  );
  const names = new Map<string, number>();
  return groupSeries(slices).map((series) => {
    const folder = dirname(series.slices[0]!.entry.path);
    const base = folder === '.' ? 'series' : folder;
    const count = (names.get(base) ?? 0) + 1;
    names.set(base, count);
    return { series, name: `${base}${count === 1 ? '' : `_${count}`}.nii.gz` };
  });
}

export interface VolumeOptions {
  /** Slices are missing or unevenly spaced, and the volume is wanted all the same: its affine then has the mean step. */
  readonly allowGaps?: boolean;
}

/** A volume, as `encodeNifti` takes it. */
interface Volume {
  readonly header: Parameters<typeof encodeNifti>[0];
  readonly changes: NiftiChanges;
}

/**
 * Voxels in modality values (Hounsfield units for CT), 16-bit integers where these are whole. First axis to the left,
 * second to the front, third to the head; the affine of a tilted series is sheared as its slices are. Throws `content`
 * for a series that is no volume: whose slices are at no even steps, lack a place, or are of known and of unknown units.
 */
export async function volumeOf(
  { name, series }: NamedSeries,
  reader: ImageReader,
  options: VolumeOptions = {},
): Promise<Volume> {
  const { slices, repeated } = series;
  const broken = (reason: string) => new Problem('content', { file: name, reason });
  const lacking = missingGeometry(slices);
  if (lacking !== undefined) throw broken(lacking);
  if (slices[0]!.channels !== 1) throw broken('the series is in colour');
  const fault = options.allowGaps === true && !repeated ? undefined : volumeFault(series);
  const units = mixedUnits(series);
  if (fault !== undefined || units !== undefined) throw broken((fault ?? units)!);
  const affine = affineOf(series)!;
  const images: DecodedImage[] = [];
  for (const { entry, frame } of slices) images.push((await reader.frame(entry, frame.index)).image);
  const { width, height } = images[0]!;
  const shape = [width, height, slices.length] as const;
  const values = new Float64Array(width * height * slices.length);
  for (const [index, image] of images.entries()) values.set(modalityValues(image), index * width * height);
  const turned = toLas(values, shape, affine);
  const sizes = [0, 1, 2].map((axis) => Math.hypot(...turned.affine.map((row) => row[axis]!)));
  const header = emptyNiftiHeader(sizes as [number, number, number]);
  return { header, changes: { shape: turned.shape, voxels: compact(turned.values), affine: turned.affine } };
}

/** What slices do not say of where they lie, in words; undefined when they say it all. */
function missingGeometry(slices: readonly Source[]): string | undefined {
  const names = { spacing: 'Pixel Spacing', orientation: 'Image Orientation', position: 'Image Position' } as const;
  for (const [field, name] of Object.entries(names)) {
    const slice = slices.find(({ geometry }) => geometry[field as keyof typeof names] === undefined);
    if (slice !== undefined) return `the series is no volume: ${name} of ${slice.path} is missing or cannot be read`;
  }
  return undefined;
}

/** RAS+ affine of [column, row, slice] indices: DICOM's x and y change sign (PS3.3 C.7.6.2.1.1, nifti1.h). */
function affineOf({ slices, spacing }: Series<Source>): Affine | undefined {
  const [first, last] = [slices[0]!.geometry, slices.at(-1)!.geometry];
  const { orientation, position, spacing: inPlane } = first;
  if (orientation === undefined || position === undefined || inPlane === undefined || last.position === undefined)
    return undefined;
  const [a, b, c, d, e, f] = orientation;
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d];
  const count = slices.length - 1;
  const thickness = spacing ?? first.sliceSpacing ?? 1;
  const rows = [0, 1, 2].map((axis) => {
    const sign = axis < 2 ? -1 : 1;
    const step = count > 0 ? (last.position![axis]! - position[axis]!) / count : normal[axis]! * thickness;
    const [across, down] = [[a, b, c][axis]! * inPlane.column, [d, e, f][axis]! * inPlane.row];
    return [sign * across, sign * down, sign * step, sign * position[axis]!];
  });
  return rows as unknown as Affine;
}

/** Reorders and reverses axes so that they run to the left, front and head as closely as they can. */
function toLas(values: Float64Array, shape: readonly [number, number, number], affine: Affine) {
  const directions = directionsOf(affine);
  // Wanted for patient axes x, y, z: x towards minus (left), y and z towards plus.
  const order = [0, 1, 2].map((along) => directions.findIndex((direction) => direction.along === along));
  const reverse = order.map((axis, along) => directions[axis]!.positive !== along > 0);
  const strides = [1, shape[0], shape[0] * shape[1]];
  const lengths = order.map((axis) => shape[axis]!);
  const turned = new Float64Array(values.length);
  const step = order.map((axis, along) => strides[axis]! * (reverse[along] ? -1 : 1));
  const start = order.reduce((sum, axis, along) => sum + (reverse[along] ? strides[axis]! * (shape[axis]! - 1) : 0), 0);
  let to = 0;
  for (let k = 0; k < lengths[2]!; k++) {
    for (let j = 0; j < lengths[1]!; j++) {
      for (let i = 0; i < lengths[0]!; i++) turned[to++] = values[start + i * step[0]! + j * step[1]! + k * step[2]!]!;
    }
  }
  const rows = affine.map((row) => {
    const columns = order.map((axis, along) => row[axis]! * (reverse[along] ? -1 : 1));
    const origin = order.reduce(
      (sum, axis, along) => sum + (reverse[along] ? row[axis]! * (shape[axis]! - 1) : 0),
      row[3]!,
    );
    return [...columns, origin];
  });
  return { values: turned, shape: lengths, affine: rows as unknown as Affine };
}

/** Whole values within 16 bits become Int16, others Float32. */
function compact(values: Float64Array): Samples {
  const whole = values.every((value) => Number.isInteger(value) && value >= -32_768 && value <= 32_767);
  return whole ? Int16Array.from(values) : Float32Array.from(values);
}
