// Closed curves in millimetres: the shapes from which organs are drawn.

/** [x, y] in mm; x grows to the patient's left (image right), y to the back (image bottom). */
export type Point = readonly [x: number, y: number];

/** A closed polygon, x and y interleaved, fine enough to pass for a smooth curve. */
export type Outline = Float64Array;

/** Closed Catmull-Rom curve through `points`, `pieces` straight pieces between neighbours. */
export function smoothOutline(points: readonly Point[], pieces = 6): Outline {
  const count = points.length;
  const outline = new Float64Array(count * pieces * 2);
  for (let index = 0; index < count; index++) {
    const neighbours = [-1, 0, 1, 2].map((step) => points[(index + step + count) % count]!);
    for (let piece = 0; piece < pieces; piece++) {
      const [x, y] = catmullRom(neighbours, piece / pieces);
      outline[2 * (index * pieces + piece)] = x;
      outline[2 * (index * pieces + piece) + 1] = y;
    }
  }
  return outline;
}

/** Ellipse with half-axes `across` and `along`, turned by `turn` radians. */
export function ellipse([x, y]: Point, across: number, along = across, turn = 0): Outline {
  const corners = 36;
  const outline = new Float64Array(corners * 2);
  const cosine = Math.cos(turn);
  const sine = Math.sin(turn);
  for (let corner = 0; corner < corners; corner++) {
    const u = across * Math.cos((2 * Math.PI * corner) / corners);
    const v = along * Math.sin((2 * Math.PI * corner) / corners);
    outline[2 * corner] = x + u * cosine - v * sine;
    outline[2 * corner + 1] = y + u * sine + v * cosine;
  }
  return outline;
}

/**
 * A tube along an open smooth curve through `points`, its radius (mm) changing from `start` to `end`, with round ends.
 * The curve must not bend tighter than its radius.
 */
export function tube(points: readonly Point[], start: number, end = start): Outline {
  const centre = openCurve(points);
  const left: Point[] = [];
  const right: Point[] = [];
  const last = centre.length - 1;
  for (let index = 0; index <= last; index++) {
    const [x, y] = centre[index]!;
    const [fromX, fromY] = centre[Math.max(0, index - 1)]!;
    const [toX, toY] = centre[Math.min(last, index + 1)]!;
    const length = Math.hypot(toX - fromX, toY - fromY) || 1;
    const radius = start + ((end - start) * index) / last;
    const across: Point = [(-(toY - fromY) / length) * radius, ((toX - fromX) / length) * radius];
    if (index === 0) right.push([x - across[1], y + across[0]]);
    if (index === last) left.push([x + across[1] * 0.7, y - across[0] * 0.7]);
    left.push([x + across[0], y + across[1]]);
    right.push([x - across[0], y - across[1]]);
  }
  return Float64Array.from([...left, ...right.reverse()].flat());
}

/** Every corner moved inwards by `distance` mm (outwards when negative), which may depend on the corner. */
export function inset(outline: Outline, distance: number | ((x: number, y: number, share: number) => number)): Outline {
  const depth = typeof distance === 'number' ? () => distance : distance;
  const size = outline.length;
  const sign = signedArea(outline) > 0 ? 1 : -1;
  const moved = new Float64Array(size);
  for (let at = 0; at < size; at += 2) {
    const x = outline[at]!;
    const y = outline[at + 1]!;
    const alongX = outline[(at + 2) % size]! - outline[(at - 2 + size) % size]!;
    const alongY = outline[(at + 3) % size]! - outline[(at - 1 + size) % size]!;
    const length = Math.hypot(alongX, alongY) || 1;
    const shift = (sign * depth(x, y, at / size)) / length;
    moved[at] = x - alongY * shift;
    moved[at + 1] = y + alongX * shift;
  }
  return moved;
}

/** Every corner moved by `move`. */
export function mapped(outline: Outline, move: (x: number, y: number) => Point): Outline {
  const moved = new Float64Array(outline.length);
  for (let at = 0; at < outline.length; at += 2) {
    const [x, y] = move(outline[at]!, outline[at + 1]!);
    moved[at] = x;
    moved[at + 1] = y;
  }
  return moved;
}

/** Point on the outline at `share` (0..1) of its corners. */
export function pointOn(outline: Outline, share: number): Point {
  const corner = Math.floor(share * (outline.length / 2)) % (outline.length / 2);
  return [outline[2 * corner]!, outline[2 * corner + 1]!];
}

function openCurve(points: readonly Point[]): Point[] {
  const pieces = points.length > 2 ? 5 : 1;
  const last = points.length - 1;
  const curve: Point[] = [];
  for (let index = 0; index < last; index++) {
    const neighbours = [-1, 0, 1, 2].map((step) => points[Math.max(0, Math.min(last, index + step))]!);
    for (let piece = 0; piece < pieces; piece++) curve.push(catmullRom(neighbours, piece / pieces));
  }
  return [...curve, points[last]!];
}

function catmullRom(neighbours: readonly Point[], t: number): Point {
  const [a, b, c, d] = neighbours as readonly [Point, Point, Point, Point];
  return [cubic(a[0], b[0], c[0], d[0], t), cubic(a[1], b[1], c[1], d[1], t)];
}

function cubic(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

export function signedArea(outline: Outline): number {
  let twice = 0;
  for (let at = 0; at < outline.length; at += 2) {
    const next = (at + 2) % outline.length;
    twice += outline[at]! * outline[next + 1]! - outline[next]! * outline[at + 1]!;
  }
  return twice / 2;
}

/** Mean of the corners. */
export function centreOf(outline: Outline): Point {
  let x = 0;
  let y = 0;
  for (let at = 0; at < outline.length; at += 2) {
    x += outline[at]!;
    y += outline[at + 1]!;
  }
  return [(2 * x) / outline.length, (2 * y) / outline.length];
}
