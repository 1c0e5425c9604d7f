// The smallest rectangle, at any angle, around the pixels of a region.

/** A rectangle at an angle: `angle` turns its width from the x axis towards the y axis (down), radians in (-pi/4, pi/4]. Pixels. */
export interface Rectangle {
  readonly centerX: number;
  readonly centerY: number;
  readonly width: number;
  readonly height: number;
  readonly angle: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Around points; each is the centre of a pixel, whose whole area lies inside. Throws a RangeError without points. */
export function smallestRectangle(points: readonly Point[]): Rectangle {
  const hull = convexHull(points);
  if (hull.length === 0) throw new RangeError('no points');
  let best: Rectangle | undefined;
  for (const [at, from] of hull.entries()) {
    const to = hull[(at + 1) % hull.length]!;
    // The quarter turn that an edge is turned by only swaps width and height.
    const edge = hull.length === 1 ? 0 : Math.atan2(to.y - from.y, to.x - from.x);
    const angle = edge - (Math.PI / 2) * Math.round(edge / (Math.PI / 2));
    const found = rectangleAt(hull, angle);
    if (best === undefined || found.width * found.height < best.width * best.height - 1e-9) best = found;
  }
  return best!;
}

function rectangleAt(points: readonly Point[], angle: number): Rectangle {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const along = points.map(({ x, y }) => x * cos + y * sin);
  const across = points.map(({ x, y }) => y * cos - x * sin);
  const [left, right, top, bottom] = [Math.min(...along), Math.max(...along), Math.min(...across), Math.max(...across)];
  const [u, v] = [(left + right) / 2, (top + bottom) / 2];
  return {
    centerX: u * cos - v * sin,
    centerY: u * sin + v * cos,
    width: right - left + 1,
    height: bottom - top + 1,
    angle,
  };
}

/** A rectangle that is larger by a margin on every side. */
export const enlarged = (rectangle: Rectangle, margin: number): Rectangle => ({
  ...rectangle,
  width: rectangle.width + 2 * margin,
  height: rectangle.height + 2 * margin,
});

/** The upright box around a rectangle, in whole pixels inside an image; `right` and `bottom` are the first pixels outside it. */
export function boxAround({ centerX, centerY, width, height, angle }: Rectangle, image: ImageSize): Box {
  const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  const [x, y] = [(width * cos + height * sin) / 2, (width * sin + height * cos) / 2];
  const inside = (value: number, end: number) => Math.min(end, Math.max(0, value));
  return {
    left: inside(Math.floor(centerX + 0.5 - x), image.width),
    top: inside(Math.floor(centerY + 0.5 - y), image.height),
    right: inside(Math.ceil(centerX + 0.5 + x), image.width),
    bottom: inside(Math.ceil(centerY + 0.5 + y), image.height),
  };
}

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Whole pixels; `right` and `bottom` are the first ones outside. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Counter-clockwise, by Andrew's monotone chain. */
function convexHull(points: readonly Point[]): readonly Point[] {
  const sorted = points.toSorted((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  const half = (ordered: readonly Point[]) => {
    const chain: Point[] = [];
    for (const point of ordered) {
      while (chain.length > 1 && turn(chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

const turn = (a: Point, b: Point, c: Point): number => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
