// Shape of a region in a plane: area and outline of its mesh, its diameter, its principal axes.
import type { Features, RadiomicImage } from './discretised-image.ts';

/*
 * pyradiomics draws the outline by marching squares: a square has its corners at four pixel centres, and the outline passes
 * through the middle of each side whose ends differ. Two opposite corners are kept apart. What a square adds to the area
 * and to the outline depends only on which of its corners are inside.
 */

/** The 9 features of pyradiomics' shape2D of an image's mask (all of the image without one); lengths in mm. */
export function planeShape({ size, spacing, mask }: Omit<RadiomicImage, 'values'>): Features {
  const [rows, columns] = size as [number, number];
  const [down, across] = spacing as [number, number];
  const isInside = (row: number, column: number) =>
    row >= 0 && row < rows && column >= 0 && column < columns && mask?.[row * columns + column] !== 0;
  const corner = Math.hypot(down, across) / 2;
  let [surface, perimeter] = [0, 0];
  const outline: Point[] = [];
  const inside: Point[] = [];
  for (let row = -1; row < rows; row++)
    for (let column = -1; column < columns; column++) {
      const [a, b] = [isInside(row, column), isInside(row, column + 1)];
      const [c, d] = [isInside(row + 1, column), isInside(row + 1, column + 1)];
      if (a) inside.push([row * down, column * across]);
      if (a !== b) outline.push([row * down, (column + 0.5) * across]);
      if (a !== c) outline.push([(row + 0.5) * down, column * across]);
      const count = Number(a) + Number(b) + Number(c) + Number(d);
      const opposite = count === 2 && a === d;
      surface += opposite ? 1 / 4 : [0, 1 / 8, 1 / 2, 7 / 8, 1][count]!;
      if (opposite) perimeter += 2 * corner;
      else if (count === 2) perimeter += a === b ? across : down;
      else if (count % 2 === 1) perimeter += corner;
    }
  surface *= down * across;
  const [minor, major] = principalAxes(inside);
  return {
    Elongation: minor / major,
    MajorAxisLength: major,
    MaximumDiameter: diameter(outline),
    MeshSurface: surface,
    MinorAxisLength: minor,
    Perimeter: perimeter,
    PerimeterSurfaceRatio: perimeter / surface,
    PixelSurface: inside.length * down * across,
    Sphericity: (2 * Math.sqrt(Math.PI * surface)) / perimeter,
  };
}

/** Row and column, mm. */
type Point = readonly [number, number];

/** 4 standard deviations of the points along their two principal axes, the shorter first. */
function principalAxes(points: readonly Point[]): readonly [number, number] {
  const mean = (of: (point: Point) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [y, x] = [mean((point) => point[0]), mean((point) => point[1])];
  const [yy, xx] = [mean((point) => (point[0] - y) ** 2), mean((point) => (point[1] - x) ** 2)];
  const xy = mean((point) => (point[0] - y) * (point[1] - x));
  const spread = Math.hypot((yy - xx) / 2, xy);
  return [4 * Math.sqrt(Math.max(0, (yy + xx) / 2 - spread)), 4 * Math.sqrt((yy + xx) / 2 + spread)];
}

/** Largest distance of two points. Only the outermost points of each row can have it. */
function diameter(points: readonly Point[]): number {
  const rows = new Map<number, [number, number]>();
  for (const [y, x] of points) {
    const ends = rows.get(y);
    if (ends === undefined) rows.set(y, [x, x]);
    else rows.set(y, [Math.min(ends[0], x), Math.max(ends[1], x)]);
  }
  const ends = [...rows].map(([y, [left, right]]) => ({ y, left, right }));
  let longest = 0;
  for (const a of ends)
    for (const b of ends)
      longest = Math.max(longest, Math.hypot(a.y - b.y, Math.max(b.right - a.left, a.right - b.left)));
  return longest;
}
