// Vectors in the patient, for the geometry of slices.

export type Vector = readonly [number, number, number];

/** The row and the column direction of Image Orientation. */
export function vectorsOf([a, b, c, d, e, f]: readonly [number, number, number, number, number, number]): readonly [
  Vector,
  Vector,
] {
  return [
    [a, b, c],
    [d, e, f],
  ];
}

export const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const scaled = (a: Vector, by: number): Vector => [a[0] * by, a[1] * by, a[2] * by];
export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const distanceBetween = (a: Vector, b: Vector): number => Math.hypot(...minus(a, b));

const degrees = (radians: number) => (radians * 180) / Math.PI;

/** Angle between two directions, 0 to 180 degrees. */
export function degreesBetween(a: Vector, b: Vector): number {
  // The arc tangent is exact for small angles, where the arc cosine is not.
  return degrees(Math.atan2(Math.hypot(...cross(a, b)), dot(a, b)));
}

/** Angle between two lines, 0 to 90 degrees. */
export function degreesFromLine(a: Vector, b: Vector): number {
  return degrees(Math.atan2(Math.hypot(...cross(a, b)), Math.abs(dot(a, b))));
}
