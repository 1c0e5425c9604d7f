// Opens a NIfTI volume as frames: slices across the third axis, turned for display by the affine.
import { Problem } from '../../platform/errors.ts';
import { type Frame, type Frames, type Geometry, type Samples, unadorned } from '../decoded-image.ts';
import { rescaleNote } from '../rescale-note.ts';
import { type Affine, type Display, displayOf } from './affine.ts';
import type { NiftiHeader } from './header.ts';
import { type NiftiBytes, type NiftiVolume, readNiftiVolume } from './volume.ts';

/**
 * Opens a volume. Frame f is slice f of the third axis, then of the fourth, and so on. Throws `content` when broken,
 * shorter than its header says or of a type that is not read, `limit` when too large.
 */
export async function openNifti(file: NiftiBytes): Promise<Frames> {
  return niftiFrames(await readNiftiVolume(file));
}

/** The slices of a volume as frames; without an affine they are shown as stored, first axis across. */
export function niftiFrames(volume: NiftiVolume): Frames {
  const { shape, affine } = volume.header;
  const display = displayOf(affine);
  const frameCount = shape.slice(2).reduce((product, length) => product * length, 1);
  return {
    frameCount,
    frame: async (index) => {
      if (index < 0 || index >= frameCount) throw new Problem('missing', { what: 'frame', name: String(index) });
      return sliceOf(volume, display, index, frameCount);
    },
  };
}

function sliceOf({ header, voxels, surplus }: NiftiVolume, display: Display, index: number, count: number): Frame {
  const { shape, type, affine, slope, intercept, unknownRescale: unknown } = header;
  const rescale = { slope, intercept, ...(unknown === undefined ? {} : { unknown }) };
  const note = rescaleNote(rescale);
  const [height, width] = [shape[display.down]!, shape[display.across]!];
  const channels = type.channels === 1 ? 1 : 3;
  return {
    ...unadorned,
    width,
    height,
    channels,
    samples: turn(voxels, header, display, index),
    bitsStored: type.bits,
    photometric: channels === 3 ? 'RGB' : 'MONOCHROME2',
    rescale: channels === 3 ? unadorned.rescale : rescale,
    geometry: geometryOf(header, display, index % shape[2]!),
    frame: { index, count },
    warnings: [
      ...(affine === undefined ? ['the file does not say how it lies in the patient; shown as stored'] : []),
      ...(note === undefined || channels === 3 ? [] : [note]),
      ...(surplus > 0 ? [`${surplus} bytes behind the voxels were ignored`] : []),
      ...(type.channels === 4 ? ['transparency was dropped'] : []),
    ],
  };
}

/** Copies slice `index` out of the volume, rows down and columns across as `display` says; alpha is left behind. */
function turn(voxels: Samples, { shape, type }: NiftiHeader, display: Display, index: number): Samples {
  const [nx, ny] = [shape[0]!, shape[1]!];
  const stored = type.channels;
  const channels = stored === 1 ? 1 : 3;
  const strides = [stored, nx * stored];
  const [height, width] = [shape[display.down]!, shape[display.across]!];
  const start = index * nx * ny * stored;
  const slice = voxels.slice(0, height * width * channels);
  let to = 0;
  for (let row = 0; row < height; row++) {
    const down = display.reverseDown ? height - 1 - row : row;
    for (let column = 0; column < width; column++) {
      const across = display.reverseAcross ? width - 1 - column : column;
      const from = start + down * strides[display.down]! + across * strides[display.across]!;
      for (let channel = 0; channel < channels; channel++) slice[to++] = voxels[from + channel]!;
    }
  }
  return slice;
}

/** Geometry in DICOM's axes: x and y have the opposite sign of NIfTI's. */
function geometryOf({ affine, voxelSize, shape }: NiftiHeader, display: Display, slice: number): Geometry {
  const lengths =
    affine === undefined ? voxelSize : ([0, 1, 2].map((axis) => Math.hypot(...column(affine, axis))) as number[]);
  const spacing = { row: lengths[display.down]!, column: lengths[display.across]! };
  if (affine === undefined) return { spacing, sliceSpacing: lengths[2]! };
  const across = direction(affine, display.across, display.reverseAcross);
  const down = direction(affine, display.down, display.reverseDown);
  const corner = [0, 0, slice];
  if (display.reverseAcross) corner[display.across] = shape[display.across]! - 1;
  if (display.reverseDown) corner[display.down] = shape[display.down]! - 1;
  const position = affine.map((row, axis) => {
    const value = row[0] * corner[0]! + row[1] * corner[1]! + row[2] * corner[2]! + row[3];
    return axis < 2 ? -value : value;
  });
  return {
    spacing,
    sliceSpacing: lengths[2]!,
    orientation: [...across, ...down] as unknown as NonNullable<Geometry['orientation']>,
    position: position as [number, number, number],
  };
}

function column(affine: Affine, axis: number): number[] {
  return affine.map((row) => row[axis]!);
}

function direction(affine: Affine, axis: number, reverse: boolean): number[] {
  const vector = column(affine, axis);
  const length = Math.hypot(...vector) * (reverse ? -1 : 1);
  return vector.map((value, patient) => (patient < 2 ? -1 : 1) * (value / length));
}
