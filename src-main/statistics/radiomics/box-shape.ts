// Shape features of a volume without a mask: a box, so every measure has a closed form.
import type { Features, RadiomicImage } from './discretised-image.ts';

/*
 * pyradiomics measures a mesh through the middles between voxel centres inside and outside the mask. Around a box of voxels
 * that is the box of the outermost centres (sides `lengths`), moved out by half a voxel on every side, with the edges
 * and corners cut off flat. The axes are those of a body of points at the voxel centres.
 */

/** The 14 features of pyradiomics' shape for a volume; lengths in mm. */
export function boxShape3D({ size, spacing }: RadiomicImage): Features {
  const [depth, height, width] = sides({ size, spacing }) as [number, number, number];
  const [through, down, across] = spacing as [number, number, number];
  const voxel = through * down * across;
  const volume =
    depth * height * width +
    (depth * height * across + depth * width * down + height * width * through) +
    (depth * down * across + height * through * across + width * through * down) / 2 +
    voxel / 6;
  const surface =
    2 * (depth * height + depth * width + height * width) +
    2 * (depth * Math.hypot(down, across) + height * Math.hypot(through, across) + width * Math.hypot(through, down)) +
    Math.hypot(through * down, through * across, down * across);
  const [least, minor, major] = axes({ size, spacing }) as [number, number, number];
  return {
    Elongation: minor / major,
    Flatness: least / major,
    LeastAxisLength: least,
    MajorAxisLength: major,
    Maximum2DDiameterColumn: farthest([depth, width], [through, across]),
    Maximum2DDiameterRow: farthest([depth, height], [through, down]),
    Maximum2DDiameterSlice: farthest([height, width], [down, across]),
    Maximum3DDiameter: farthest([depth, height, width], [through, down, across]),
    MeshVolume: volume,
    MinorAxisLength: minor,
    Sphericity: Math.cbrt(36 * Math.PI * volume ** 2) / surface,
    SurfaceArea: surface,
    SurfaceVolumeRatio: surface / volume,
    VoxelVolume: size.reduce((product, length) => product * length, 1) * voxel,
  };
}

type Geometry = Pick<RadiomicImage, 'size' | 'spacing'>;

/** Sides of the box of the outermost voxel centres, mm. */
const sides = ({ size, spacing }: Geometry) => size.map((length, axis) => (length - 1) * spacing[axis]!);

/** Principal axes, ascending: 4 standard deviations of the voxel centres, (n^2 - 1) / 12 spacings^2 each. */
const axes = ({ size, spacing }: Geometry) =>
  size.map((length, axis) => 4 * spacing[axis]! * Math.sqrt((length ** 2 - 1) / 12)).sort((a, b) => a - b);

/** Largest distance of two points of the mesh: across the box of centres, moved out along one axis. */
const farthest = (lengths: readonly number[], spacing: readonly number[]) =>
  Math.max(
    ...lengths.map((_, out) =>
      Math.hypot(...lengths.map((length, axis) => length + (axis === out ? spacing[axis]! : 0))),
    ),
  );
