// Where the points of a map fall on the screen: fitting, moving, zooming, and what lies under a place. Pure functions.

/** Pixel = coordinate * scale + (left, top). */
export interface MapViewport {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const margin = 36;

/** Shows all points, with a margin. */
export function fitted(points: Float32Array, { width, height }: Size): MapViewport {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < points.length; at += 2) {
    left = Math.min(left, points[at]!);
    right = Math.max(right, points[at]!);
    top = Math.min(top, points[at + 1]!);
    bottom = Math.max(bottom, points[at + 1]!);
  }
  if (left > right) return { scale: 1, left: 0, top: 0 };
  const room = (size: number) => Math.max(1, size - 2 * margin);
  const scale = Math.min(room(width) / Math.max(right - left, 1e-6), room(height) / Math.max(bottom - top, 1e-6));
  return {
    scale,
    left: width / 2 - (scale * (left + right)) / 2,
    top: height / 2 - (scale * (top + bottom)) / 2,
  };
}

/** Zooms by `factor` so that the place (x, y) of the screen stays where it is. */
export const zoomed = ({ scale, left, top }: MapViewport, factor: number, x: number, y: number): MapViewport => ({
  scale: scale * factor,
  left: x - (x - left) * factor,
  top: y - (y - top) * factor,
});

export const moved = (viewport: MapViewport, dx: number, dy: number): MapViewport => ({
  ...viewport,
  left: viewport.left + dx,
  top: viewport.top + dy,
});

/** The coordinates of a place on the screen. */
export const coordinatesOf = ({ scale, left, top }: MapViewport, x: number, y: number): [x: number, y: number] => [
  (x - left) / scale,
  (y - top) / scale,
];

/** The place on the screen of the point at index `at`. */
export const placeOf = (
  { scale, left, top }: MapViewport,
  points: Float32Array,
  at: number,
): [x: number, y: number] => [points[2 * at]! * scale + left, points[2 * at + 1]! * scale + top];

/** The index of the point nearest to a place on the screen, at most `reach` pixels away; undefined where there is none. */
export function pointAt(
  points: Float32Array,
  viewport: MapViewport,
  [x, y]: readonly [number, number],
  reach: number,
): number | undefined {
  const [cx, cy] = coordinatesOf(viewport, x, y);
  let nearest = (reach / viewport.scale) ** 2;
  let found: number | undefined;
  for (let at = 0; at < points.length; at += 2) {
    const squared = (points[at]! - cx) ** 2 + (points[at + 1]! - cy) ** 2;
    if (squared > nearest) continue;
    nearest = squared;
    found = at / 2;
  }
  return found;
}

/** At most so many corners describe a lasso; a hand draws more than anybody sees. */
const mostCorners = 400;

/** A path on the screen as a polygon in the coordinates of the map; undefined where it encloses nothing. */
export function polygonOf(
  path: readonly (readonly [number, number])[],
  viewport: MapViewport,
): [number, number][] | undefined {
  const stride = Math.ceil(path.length / mostCorners);
  const corners = path.filter((_, index) => index % stride === 0);
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const isFlat = Math.max(...xs) - Math.min(...xs) < 3 || Math.max(...ys) - Math.min(...ys) < 3;
  return corners.length < 3 || isFlat ? undefined : corners.map(([x, y]) => coordinatesOf(viewport, x, y));
}

/** A dense region in sight: the index of its most typical image, and how many images are near. */
export interface DenseRegion {
  readonly at: number;
  readonly images: number;
}

/**
 * The dense regions in sight: cells of `cell` pixels, the fullest first, not beside each other, each with the image nearest to the middle of its images. Cells with
 * fewer than `least` images are none.
 */
export function denseRegions(
  points: Float32Array,
  viewport: MapViewport,
  { width, height }: Size,
  { cell, most, least }: { readonly cell: number; readonly most: number; readonly least: number },
): readonly DenseRegion[] {
  const columns = Math.max(1, Math.floor(width / cell));
  const rows = Math.max(1, Math.floor(height / cell));
  const counts = new Uint32Array(columns * rows);
  const [sumX, sumY] = [new Float64Array(counts.length), new Float64Array(counts.length)];
  const cells = new Int32Array(points.length / 2).fill(-1);
  const { scale, left, top } = viewport;
  for (let at = 0; at < cells.length; at++) {
    const [x, y] = [points[2 * at]! * scale + left, points[2 * at + 1]! * scale + top];
    const [column, row] = [Math.floor((x / width) * columns), Math.floor((y / height) * rows)];
    if (column < 0 || column >= columns || row < 0 || row >= rows) continue;
    const index = row * columns + column;
    cells[at] = index;
    counts[index]!++;
    sumX[index]! += points[2 * at]!;
    sumY[index]! += points[2 * at + 1]!;
  }
  const fullest = [...counts.keys()].filter((index) => counts[index]! >= least).sort((a, b) => counts[b]! - counts[a]!);
  const chosen: number[] = [];
  for (const index of fullest) {
    const isBeside = (other: number) =>
      Math.abs((index % columns) - (other % columns)) <= 1 &&
      Math.abs(Math.floor(index / columns) - Math.floor(other / columns)) <= 1;
    if (chosen.length < most && !chosen.some(isBeside)) chosen.push(index);
  }
  const nearest = new Map(chosen.map((index) => [index, { at: -1, squared: Infinity }]));
  for (const [at, index] of cells.entries()) {
    const best = nearest.get(index);
    if (best === undefined) continue;
    const squared =
      (points[2 * at]! - sumX[index]! / counts[index]!) ** 2 +
      (points[2 * at + 1]! - sumY[index]! / counts[index]!) ** 2;
    if (squared < best.squared) nearest.set(index, { at, squared });
  }
  return chosen.map((index) => ({ at: nearest.get(index)!.at, images: counts[index]! }));
}
