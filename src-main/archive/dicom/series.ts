// Decides which slices make one volume: grouped by patient, series and plane, ordered, copies dropped, gaps and shifts measured.
import type { Frame, Rescale } from '../decoded-image.ts';
import {
  cross,
  degreesBetween,
  degreesFromLine,
  distanceBetween,
  dot,
  minus,
  scaled,
  type Vector,
  vectorsOf,
} from './vectors.ts';

/** What grouping needs of a slice; anything more goes along untouched. */
export interface Slice extends Pick<Frame, 'width' | 'height' | 'geometry' | 'metadata' | 'frame'> {
  /** Its file as shown to people, for notes. */
  readonly path: string;
  /** Tells copies of a slice from another slice at its place; absent where it is not known. */
  readonly pixelFingerprint?: string | undefined;
  readonly rescale?: Rescale | undefined;
}

interface Stray {
  readonly index: number;
  readonly distance: number;
}

export interface Series<S extends Slice> {
  readonly seriesUid: string | undefined;
  /** By position along the slices' normal, from feet to head (right to left, back to front); else by instance number. */
  readonly slices: readonly S[];
  /** Slices of equal pixels at the place of another one; they are not among `slices`. */
  readonly copies: readonly S[];
  /** Median distance of neighbouring slices in millimetres; undefined without positions or with one slice. */
  readonly spacing: number | undefined;
  /** Where the distance to the next slice is not the usual one: slice index (from 0) and distance in millimetres. */
  readonly uneven: readonly { readonly after: number; readonly distance: number }[];
  /** Several slices at one position: a series over time, or of several echoes. */
  readonly repeated: boolean;
  /** Angle between the slices' normal and the line of their positions, degrees; 0 for a straight stack. */
  readonly tilt: number;
  /** Slices that lie farthest off, millimetres: along the normal off even steps, across it off the line from first to last. */
  readonly stray: { readonly along: Stray; readonly across: Stray };
  /** Largest angle between the planes of two slices, degrees. */
  readonly turned: number;
}

/** Planes that differ by less, in degrees, are one: cosines are written with few digits, and jitter. */
const planeTolerance = 0.5;
/** Pixel spacings that differ by a smaller part are one. */
const spacingTolerance = 0.001;

/**
 * What slices of one stack must have in common exactly, as text: patient, series (of files without one, the study) and size.
 * Two patients never share it. The series comes first: the catalog finds the scans of a series by the beginning of their keys.
 */
export function stackKey({ metadata, width, height }: Pick<Slice, 'metadata' | 'width' | 'height'>): string {
  const { patientId, patientHash, seriesUid, studyUid } = metadata;
  const series = seriesUid ?? `study ${studyUid ?? ''}`;
  return JSON.stringify([series, patientId ?? patientHash ?? null, width, height]);
}

/** True for slices in one frame of reference, one plane and with one pixel spacing, the latter within the tolerance. */
function isOneStack(first: Slice, second: Slice): boolean {
  const frames = [first, second].flatMap(({ metadata }) => metadata.frameOfReferenceUid ?? []);
  if (frames.length === 2 && frames[0] !== frames[1]) return false;
  const [a, b] = [first.geometry, second.geometry];
  if ((a.orientation === undefined) !== (b.orientation === undefined)) return false;
  if ((a.spacing === undefined) !== (b.spacing === undefined)) return false;
  const near = (one: number, other: number) => Math.abs(one - other) <= spacingTolerance * Math.max(one, other);
  const spaced =
    a.spacing === undefined || (near(a.spacing.row, b.spacing!.row) && near(a.spacing.column, b.spacing!.column));
  return spaced && planeAngle(a, b) <= planeTolerance;
}

/** The larger angle between rows and between columns of two slices, degrees; 0 where none is known. */
function planeAngle(a: Slice['geometry'], b: Slice['geometry']): number {
  if (a.orientation === undefined || b.orientation === undefined) return 0;
  const [first, second] = [vectorsOf(a.orientation), vectorsOf(b.orientation)];
  return Math.max(degreesBetween(first[0], second[0]), degreesBetween(first[1], second[1]));
}

/** Unit normal of the image plane, pointing to the head, left or back: the way DICOM's axes grow. */
function normalOf({ orientation }: Slice['geometry']): Vector | undefined {
  if (orientation === undefined) return undefined;
  const normal = cross(...vectorsOf(orientation));
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

/**
 * Groups slices into stacks (`stackKey`, frame of reference, plane and pixel spacing) and orders each. The groups come in the order of their
 * first slice. A scout view is a stack of its own.
 */
export function groupSeries<S extends Slice>(slices: readonly S[]): readonly Series<S>[] {
  const stacks = new Map<string, S[][]>();
  for (const slice of slices) {
    const key = stackKey(slice);
    const planes = stacks.get(key) ?? [];
    const plane = planes.find(([first]) => isOneStack(first!, slice));
    if (plane === undefined) planes.push([slice]);
    else plane.push(slice);
    stacks.set(key, planes);
  }
  return [...stacks.values()].flat().map(orderSeries);
}

/** Positions closer together than this are one, millimetres. */
const samePlace = 0.001;

function orderSeries<S extends Slice>(group: readonly S[]): Series<S> {
  const normal = normalOf(group[0]!.geometry);
  const along = ({ geometry: { position } }: S) =>
    normal === undefined || position === undefined ? undefined : dot(normal, position);
  const placed = group.map((slice) => ({ slice, at: along(slice) }));
  const known = placed.every(({ at }) => at !== undefined);
  const number = ({ metadata, frame }: S) => [Number(metadata.instanceNumber ?? 0), frame.index] as const;
  placed.sort((a, b) => {
    const [[first, firstFrame], [second, secondFrame]] = [number(a.slice), number(b.slice)];
    return (known ? a.at! - b.at! : 0) || first - second || firstFrame - secondFrame;
  });
  const { kept, copies } = withoutCopies(
    placed.map(({ slice }) => slice),
    known,
  );
  const places = known ? kept.map((slice) => along(slice)!) : [];
  const distances = places.slice(1).map((at, index) => at - places[index]!);
  const spacing = distances.toSorted((a, b) => a - b)[distances.length >> 1];
  // A hundredth of the distance, but not less than positions are written with.
  const tolerance = Math.max(0.01, (spacing ?? 0) * 0.01);
  const uneven = distances.flatMap((distance, after) =>
    Math.abs(distance - spacing!) > tolerance ? [{ after, distance }] : [],
  );
  return {
    seriesUid: kept[0]!.metadata.seriesUid,
    slices: kept,
    copies,
    spacing,
    uneven,
    repeated: distances.some((distance) => distance < samePlace),
    tilt: known ? tiltOf(kept, normal!) : 0,
    stray: known ? strayOf(kept, normal!) : { along: { index: 0, distance: 0 }, across: { index: 0, distance: 0 } },
    turned: kept.reduce((most, slice) => Math.max(most, planeAngle(slice.geometry, kept[0]!.geometry)), 0),
  };
}

/**
 * Drops slices that lie where another one does and are the same: of equal pixels, or, where these are not known, of one
 * instance and frame. Without positions only the same instance is a copy.
 */
function withoutCopies<S extends Slice>(
  ordered: readonly S[],
  known: boolean,
): { kept: readonly S[]; copies: readonly S[] } {
  const kept: S[] = [];
  const copies: S[] = [];
  const instances = new Map<string, S>();
  for (const slice of ordered) {
    const { metadata, frame, pixelFingerprint: pixels } = slice;
    const instance = metadata.instanceUid === undefined ? undefined : `${metadata.instanceUid} ${frame.index}`;
    const isCopyOf = (other: S) => {
      if (known && distanceBetween(slice.geometry.position!, other.geometry.position!) > samePlace) return false;
      const sameInstance = instance !== undefined && instances.get(instance) === other;
      if (pixels === undefined || other.pixelFingerprint === undefined) return sameInstance;
      return pixels === other.pixelFingerprint && (known || sameInstance);
    };
    const others = [kept.at(-1), instance === undefined ? undefined : instances.get(instance)];
    if (others.some((other) => other !== undefined && isCopyOf(other))) {
      copies.push(slice);
      continue;
    }
    kept.push(slice);
    if (instance !== undefined) instances.set(instance, slice);
  }
  return { kept, copies };
}

function tiltOf(ordered: readonly Slice[], normal: Vector): number {
  const line = minus(ordered.at(-1)!.geometry.position!, ordered[0]!.geometry.position!);
  if (Math.hypot(...line) < samePlace) return 0;
  const degrees = degreesFromLine(normal, line);
  // Rounded positions of thin stacks make a fraction of a degree.
  return degrees < 0.1 ? 0 : degrees;
}

/** The slice that lies farthest off its even step along the normal, and the one farthest off the line through first and last. */
function strayOf(ordered: readonly Slice[], normal: Vector): Series<Slice>['stray'] {
  const origin = ordered[0]!.geometry.position!;
  const line = minus(ordered.at(-1)!.geometry.position!, origin);
  const whole = dot(line, normal);
  let [along, across] = [
    { index: 0, distance: 0 },
    { index: 0, distance: 0 },
  ];
  for (const [index, { geometry }] of ordered.entries()) {
    const place = minus(geometry.position!, origin);
    const height = dot(place, normal);
    const step = ordered.length > 1 ? (whole * index) / (ordered.length - 1) : 0;
    const part = Math.abs(whole) > samePlace ? height / whole : 0;
    // On the line at this height; what is left of the distance lies in the plane.
    const shift = minus(minus(place, scaled(line, part)), scaled(normal, height - whole * part));
    if (Math.abs(height - step) > along.distance) along = { index, distance: Math.abs(height - step) };
    if (Math.hypot(...shift) > across.distance) across = { index, distance: Math.hypot(...shift) };
  }
  return { along, across };
}
