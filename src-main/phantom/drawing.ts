// A drawing: one material label per sub-pixel, painted shape over shape.
import { Problem } from '../platform/errors.ts';
import { labelOf, type Material } from './material.ts';
import type { Outline } from './outline.ts';

/**
 * Fills the inside of `outlines` (even-odd: a second outline cuts a hole) with `material`, on top of what is there;
 * only over the materials in `over`, and only where y < `above` (mm), when these are given.
 */
export interface Shape {
  readonly material: Material;
  readonly outlines: readonly Outline[];
  readonly over?: readonly Material[];
  readonly above?: number;
}

/** Labels of size x size sub-pixels over a square field of view (mm) whose centre is the origin, row by row. */
export interface Drawing {
  readonly size: number;
  readonly fieldOfView: number;
  readonly labels: Uint8Array;
}

const maximumCrossings = 64;

/**
 * Paints `shapes` in their order on `ground`, labels of size x size sub-pixels that stay as they are (without it: air).
 * Error `limit` when a shape is too ragged.
 */
export function draw(
  shapes: readonly Shape[],
  size: number,
  fieldOfView: number,
  ground = new Uint8Array(size * size),
): Drawing {
  const drawing: Drawing = { size, fieldOfView, labels: ground.slice() };
  const crossings = new Float64Array(size * maximumCrossings);
  const counts = new Uint8Array(size);
  for (const shape of shapes) paint(drawing, shape, crossings, counts);
  return drawing;
}

function paint(drawing: Drawing, shape: Shape, crossings: Float64Array, counts: Uint8Array): void {
  const { size, fieldOfView, labels } = drawing;
  const scale = size / fieldOfView;
  const label = labelOf(shape.material);
  const allowed = maskOf(shape.over);
  const bottom = shape.above === undefined ? size : Math.min(size, Math.round(shape.above * scale + size / 2));
  counts.fill(0);
  let first = size;
  let last = -1;
  for (const outline of shape.outlines) {
    for (let at = 0; at < outline.length; at += 2) {
      const next = at + 2 === outline.length ? 0 : at + 2;
      let x0 = outline[at]! * scale + size / 2 - 0.5;
      let y0 = outline[at + 1]! * scale + size / 2 - 0.5;
      let x1 = outline[next]! * scale + size / 2 - 0.5;
      let y1 = outline[next + 1]! * scale + size / 2 - 0.5;
      if (y0 > y1) [x0, y0, x1, y1] = [x1, y1, x0, y0];
      const top = Math.max(0, Math.ceil(y0));
      const end = Math.min(bottom, Math.ceil(y1));
      const slope = (x1 - x0) / (y1 - y0);
      for (let row = top; row < end; row++) {
        const count = counts[row]!;
        if (count === maximumCrossings) {
          throw new Problem('limit', {
            what: 'crossings of a shape with a row',
            value: count + 1,
            limit: maximumCrossings,
          });
        }
        let place = row * maximumCrossings + count;
        const x = x0 + (row - y0) * slope;
        for (; place > row * maximumCrossings && crossings[place - 1]! > x; place--) {
          crossings[place] = crossings[place - 1]!;
        }
        crossings[place] = x;
        counts[row] = count + 1;
      }
      if (top < first) first = top;
      if (end > last) last = end;
    }
  }
  for (let row = first; row < last; row++) {
    const start = row * maximumCrossings;
    for (let pair = start; pair + 1 < start + counts[row]!; pair += 2) {
      const from = row * size + Math.max(0, Math.ceil(crossings[pair]!));
      const to = row * size + Math.min(size, Math.ceil(crossings[pair + 1]!));
      if (allowed === undefined) {
        if (to > from) labels.fill(label, from, to);
      } else {
        for (let at = from; at < to; at++) if (allowed[labels[at]!] === 1) labels[at] = label;
      }
    }
  }
}

function maskOf(over: readonly Material[] | undefined): Uint8Array | undefined {
  if (over === undefined) return undefined;
  const mask = new Uint8Array(256);
  for (const material of over) mask[labelOf(material)] = 1;
  return mask;
}
