// Which images lie in a region of the map, and which are most alike.
import type { Catalog } from '../catalog.ts';
import { featureOf } from './features.ts';
import { type MapLayout, mapBasis, mapOf, type Placed } from './map-layouts.ts';

/** A region of a map: a polygon in its coordinates; images of another map than the one in use are not found. */
export interface MapRegion {
  readonly layout: number;
  readonly polygon: readonly (readonly [x: number, y: number])[];
}

/** The images whose points lie within a region (even-odd rule), by number. */
export function imagesInRegion(catalog: Catalog, { layout, polygon }: MapRegion): readonly number[] {
  const map = mapOf(catalog);
  if (map === undefined || map.id !== layout) return [];
  const isInside = insideOf(polygon);
  const { images, points } = map;
  const found: number[] = [];
  for (let at = 0; at < images.length; at++)
    if (isInside(points[2 * at]!, points[2 * at + 1]!)) found.push(images[at]!);
  return found.sort((a, b) => a - b);
}

function insideOf(polygon: MapRegion['polygon']): (x: number, y: number) => boolean {
  const [xs, ys] = [polygon.map(([x]) => x), polygon.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return (x, y) => {
    if (x < left || x > right || y < top || y > bottom) return false;
    let inside = false;
    for (let here = 0, before = xs.length - 1; here < xs.length; before = here++) {
      const [yHere, yBefore] = [ys[here]!, ys[before]!];
      if (yHere > y !== yBefore > y && x < ((xs[before]! - xs[here]!) * (y - yHere)) / (yBefore - yHere) + xs[here]!)
        inside = !inside;
    }
    return inside;
  };
}

/** An image with its distance, in units of the reduced features. */
export interface Similar {
  readonly id: number;
  readonly distance: number;
}

/**
 * The `count` images of the map that are most like an image, nearest first, without itself; among `within`, where that is given. Undefined where
 * there is no map, or nothing is known of the image. Every image is compared: a million dimensions of distance take a few milliseconds.
 */
export function similarImages(
  catalog: Catalog,
  image: number,
  count: number,
  within?: ReadonlySet<number>,
): readonly Similar[] | undefined {
  const map = mapOf(catalog);
  const own = map && reducedOf(catalog, map, image);
  if (map === undefined || own === undefined) return undefined;
  const { images, reduced, dimensions } = map;
  const found: Similar[] = [];
  let worst = Number.POSITIVE_INFINITY;
  for (let row = 0; row < images.length; row++) {
    const id = images[row]!;
    if (id === image || within?.has(id) === false) continue;
    let squared = 0;
    for (let at = row * dimensions, column = 0; column < dimensions; at++, column++)
      squared += (reduced[at]! - own[column]!) ** 2;
    if (squared >= worst) continue;
    let place = found.length;
    while (place > 0 && found[place - 1]!.distance > squared) place--;
    found.splice(place, 0, { id, distance: squared });
    if (found.length > count) found.pop();
    if (found.length === count) worst = found.at(-1)!.distance;
  }
  return found.map(({ id, distance }) => ({ id, distance: Math.sqrt(distance) }));
}

/** The reduced features of an image that is on the map, or that was looked at since; undefined for others. */
function reducedOf(catalog: Catalog, map: MapLayout & Placed, image: number): Float32Array | undefined {
  const row = map.images.indexOf(image);
  if (row >= 0) return map.reduced.subarray(row * map.dimensions, (row + 1) * map.dimensions);
  const features = featureOf(catalog, image, map.network);
  if (features === undefined) return undefined;
  const { mean, directions, dimensions } = mapBasis(catalog, map);
  return Float32Array.from({ length: dimensions }, (_, dimension) => {
    let sum = 0;
    for (let column = 0; column < mean.length; column++)
      sum += directions[dimension * mean.length + column]! * (features[column]! - mean[column]!);
    return sum;
  });
}
