// From voxel indices to the patient: the affine of a NIfTI header, and how a slice must be turned for display.

/** Three rows of [x, y, z, offset]: RAS+ millimetres (x to the right, y to the front, z to the head). */
export type Affine = readonly [Row, Row, Row];
type Row = readonly [number, number, number, number];

/** The fields of both header versions that give the affine. */
interface Orientation {
  readonly qform_code: number;
  readonly sform_code: number;
  readonly pixDims: readonly number[];
  readonly quatern_b: number;
  readonly quatern_c: number;
  readonly quatern_d: number;
  readonly qoffset_x: number;
  readonly qoffset_y: number;
  readonly qoffset_z: number;
}

/**
 * The affine: the sform where it is set, else the qform, else undefined (nifti1.h methods 3, 2 and 1; the order is that
 * of nibabel and SPM). Undefined also when the numbers make no invertible matrix.
 */
export function affineOf(header: Orientation, sform: Affine): Affine | undefined {
  const affine = header.sform_code > 0 ? sform : header.qform_code > 0 ? qform(header) : undefined;
  return affine !== undefined && Math.abs(determinant(affine)) > 1e-12 ? affine : undefined;
}

function determinant([[a, b, c], [d, e, f], [g, h, i]]: Affine): number {
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

function qform(header: Orientation): Affine {
  const { quatern_b: b, quatern_c: c, quatern_d: d } = header;
  // Rounding may push the sum of squares a little over 1.
  const a = Math.sqrt(Math.max(0, 1 - (b * b + c * c + d * d)));
  const [first = 1, dx = 1, dy = 1, dz = 1] = header.pixDims;
  const sign = first < 0 ? -1 : 1;
  return [
    [(a * a + b * b - c * c - d * d) * dx, 2 * (b * c - a * d) * dy, 2 * (b * d + a * c) * dz * sign, header.qoffset_x],
    [2 * (b * c + a * d) * dx, (a * a + c * c - b * b - d * d) * dy, 2 * (c * d - a * b) * dz * sign, header.qoffset_y],
    [2 * (b * d - a * c) * dx, 2 * (c * d + a * b) * dy, (a * a + d * d - b * b - c * c) * dz * sign, header.qoffset_z],
  ];
}

/** A voxel axis in the patient: which of x, y, z it runs along most, and whether towards +. */
export interface Direction {
  readonly along: 0 | 1 | 2;
  readonly positive: boolean;
}

/** The closest patient axis of each voxel axis, no patient axis twice (the steepest voxel axes choose first). */
export function directionsOf(affine: Affine): readonly [Direction, Direction, Direction] {
  const column = (axis: number) => affine.map((row) => row[axis]!);
  const units = [0, 1, 2].map((axis) => {
    const vector = column(axis);
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
  const result: (Direction | undefined)[] = [undefined, undefined, undefined];
  const pairs = units.flatMap((unit, axis) => unit.map((value, along) => ({ axis, along, value })));
  for (const { axis, along, value } of pairs.sort((p, q) => Math.abs(q.value) - Math.abs(p.value))) {
    const taken = result.some((direction) => direction?.along === along);
    if (result[axis] === undefined && !taken) result[axis] = { along: along as 0 | 1 | 2, positive: value > 0 };
  }
  return result as [Direction, Direction, Direction];
}

/** How a slice (first two voxel axes) is shown: which voxel axis runs down and which across, and which are reversed. */
export interface Display {
  readonly down: 0 | 1;
  readonly across: 0 | 1;
  readonly reverseDown: boolean;
  readonly reverseAcross: boolean;
}

/**
 * The radiological display of slices across the third voxel axis, as DICOM images of that plane have it: the patient's
 * left on the right (or, side on, the front on the left), the head up (or, axial, the front up).
 */
export function displayOf(affine: Affine | undefined): Display {
  if (affine === undefined) return { down: 1, across: 0, reverseDown: false, reverseAcross: false };
  const directions = directionsOf(affine);
  const [first, second] = directions;
  // Left-right runs across; without it, front-back does.
  const across = first.along === 0 || (first.along === 1 && second.along === 2) ? 0 : 1;
  const down = across === 0 ? 1 : 0;
  return {
    down,
    across,
    // Wanted: across towards the left or the back, down towards the back or the feet, all of them towards minus.
    reverseDown: directions[down].positive,
    reverseAcross: directions[across].positive,
  };
}
