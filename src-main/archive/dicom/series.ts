// Puts slices of DICOM series into the order in which they lie in the patient, and tells gaps and gantry tilt.
import type { Frame } from '../decoded-image.ts';

/** What grouping needs of a slice; anything more goes along untouched. */
export type Slice = Pick<Frame, 'width' | 'height' | 'geometry' | 'metadata' | 'frame'>;

export interface Series<S extends Slice> {
  readonly seriesUid: string | undefined;
  /** By position along the slices' normal, from feet to head (right to left, back to front); else by instance number. */
  readonly slices: readonly S[];
  /** Median distance of neighbouring slices in millimetres; undefined without positions or with one slice. */
  readonly spacing: number | undefined;
  /** Where the distance to the next slice is not the usual one: slice index (from 0) and distance in millimetres. */
  readonly uneven: readonly { readonly after: number; readonly distance: number }[];
  /** Several slices at one position: a series over time, or of several echoes. */
  readonly repeated: boolean;
  /** Angle between the slices' normal and the line of their positions, degrees; 0 for a straight stack. */
  readonly tilt: number;
}

type Vector = readonly [number, number, number];

const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** Unit normal of the image plane, pointing to the head, left or back: the way DICOM's axes grow. */
function normalOf({ orientation }: Slice['geometry']): Vector | undefined {
  if (orientation === undefined) return undefined;
  const [a, b, c, d, e, f] = orientation;
  const normal: Vector = [b * f - c * e, c * d - a * f, a * e - b * d];
  const length = Math.hypot(...normal);
  if (!(length > 0)) return undefined;
  const largest = normal.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  const scale = (largest < 0 ? -1 : 1) / length;
  return [normal[0] * scale, normal[1] * scale, normal[2] * scale];
}

/** Distance of the slice from the origin along its normal, millimetres (PS3.3 C.7.6.2.1.1). */
export function slicePosition(geometry: Slice['geometry']): number | undefined {
  const normal = normalOf(geometry);
  return normal === undefined || geometry.position === undefined ? undefined : dot(normal, geometry.position);
}

/** Slices of one key form one stack: the same series, size and orientation (a scout view is a stack of its own). */
export function stackKey({ metadata, width, height, geometry: { orientation } }: Omit<Slice, 'frame'>): string {
  const cosines = orientation?.map((cosine) => Math.round(cosine * 1000) + 0);
  return JSON.stringify([metadata.seriesUid, width, height, cosines]);
}

/**
 * Groups slices by series, size and orientation and orders each group. The groups come in the order of their first slice.
 */
export function groupSeries<S extends Slice>(slices: readonly S[]): readonly Series<S>[] {
  return [...Map.groupBy(slices, stackKey).values()].map(orderSeries);
}

/** What a person should know of a series before it is taken for a volume: tilt, gaps, slices at one place. In words. */
export function seriesNotes({ uneven, spacing, tilt, repeated }: Series<Slice>): readonly string[] {
  if (repeated) return ['several slices lie at one position (a series over time, or of several echoes)'];
  const usual = `elsewhere ${spacing?.toFixed(2)} mm`;
  const tilted = tilt > 0 ? [`the gantry was tilted by ${tilt.toFixed(1)} degrees`] : [];
  if (uneven.length <= gapsTold) {
    const gaps = uneven.map(({ after, distance }) => `${distance.toFixed(2)} mm behind slice ${after + 1}, ${usual}`);
    return [...tilted, ...gaps];
  }
  const distances = uneven.map(({ distance }) => distance);
  const [least, most] = [Math.min(...distances), Math.max(...distances)].map((distance) => distance.toFixed(2));
  const range = least === most ? `${least} mm` : `${least} to ${most} mm`;
  return [
    ...tilted,
    `${uneven.length} distances of ${range}, the first behind slice ${uneven[0]!.after + 1}, ${usual}`,
  ];
}

/** So many gaps of a series are told one by one. */
const gapsTold = 3;

function orderSeries<S extends Slice>(group: readonly S[]): Series<S> {
  const placed = group.map((slice) => ({ slice, at: slicePosition(slice.geometry) }));
  const known = placed.every(({ at }) => at !== undefined);
  const number = ({ metadata, frame }: S) => [Number(metadata.instanceNumber ?? 0), frame.index] as const;
  placed.sort((a, b) => {
    const [[first, firstFrame], [second, secondFrame]] = [number(a.slice), number(b.slice)];
    return (known ? a.at! - b.at! : 0) || first - second || firstFrame - secondFrame;
  });
  const ordered = placed.map(({ slice }) => slice);
  const distances = known ? placed.slice(1).map(({ at }, index) => at! - placed[index]!.at!) : [];
  const spacing = distances.toSorted((a, b) => a - b)[distances.length >> 1];
  // A hundredth of the distance, but not less than positions are written with.
  const tolerance = Math.max(0.01, (spacing ?? 0) * 0.01);
  const uneven = distances.flatMap((distance, after) =>
    Math.abs(distance - spacing!) > tolerance ? [{ after, distance }] : [],
  );
  return {
    seriesUid: ordered[0]!.metadata.seriesUid,
    slices: ordered,
    spacing,
    uneven,
    repeated: distances.some((distance) => distance < 0.001),
    tilt: tiltOf(ordered),
  };
}

function tiltOf(ordered: readonly Slice[]): number {
  const [first, last] = [ordered[0]!.geometry, ordered.at(-1)!.geometry];
  const normal = normalOf(first);
  if (normal === undefined || first.position === undefined || last.position === undefined) return 0;
  const line = minus(last.position, first.position);
  const length = Math.hypot(...line);
  if (length < 0.001) return 0;
  const degrees = (Math.acos(Math.min(1, Math.abs(dot(line, normal)) / length)) * 180) / Math.PI;
  // Rounded positions of thin stacks make a fraction of a degree.
  return degrees < 0.1 ? 0 : degrees;
}
