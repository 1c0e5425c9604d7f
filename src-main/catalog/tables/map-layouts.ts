// Tables `map_layouts` and `map_blocks`: where each image lies on the map, and its reduced features.
import type { Catalog } from '../catalog.ts';
import type { PlainObject } from './runs.ts';

/** The map in use: the newest complete one. */
export interface MapLayout {
  readonly id: number;
  readonly network: string;
  readonly parameters: PlainObject;
  readonly dimensions: number;
  readonly createdAt: string;
}

/** From features to reduced ones: directions . (features - mean). */
export interface Basis {
  readonly dimensions: number;
  readonly mean: Float32Array;
  /** [dimensions, columns]. */
  readonly directions: Float32Array;
}

/** Images with their points (x and y) and reduced features [images, dimensions]. */
export interface Placed {
  readonly images: Uint32Array;
  readonly points: Float32Array;
  readonly reduced: Float32Array;
}

/** The map in use; undefined where none was made. */
export function mapLayout(catalog: Catalog): MapLayout | undefined {
  const row = catalog.get<Omit<MapLayout, 'parameters'> & { readonly parameters: string }>(
    `SELECT id, network, parameters, dimensions, created_at AS createdAt FROM map_layouts WHERE complete = 1
     ORDER BY id DESC LIMIT 1`,
  );
  return row && { ...row, parameters: JSON.parse(row.parameters) as PlainObject };
}

/** The basis of a map. */
export function mapBasis(catalog: Catalog, { id, dimensions }: MapLayout): Basis {
  const { basis } = catalog.get<{ readonly basis: Uint8Array }>('SELECT basis FROM map_layouts WHERE id = @id', {
    id,
  })!;
  const numbers = floats(basis);
  const columns = numbers.length / (dimensions + 1);
  return { dimensions, mean: numbers.subarray(0, columns), directions: numbers.subarray(columns) };
}

/** Begins a map, which nobody sees before it is complete; its number. */
export function createMap(
  catalog: Catalog,
  map: { readonly network: string; readonly parameters: PlainObject; readonly basis: Basis; readonly at: string },
): number {
  const { network, parameters, basis, at } = map;
  const numbers = Float32Array.from([...basis.mean, ...basis.directions]);
  const values = {
    network,
    parameters: JSON.stringify(parameters),
    dimensions: basis.dimensions,
    basis: bytes(numbers),
    at,
  };
  return catalog.run(
    `INSERT INTO map_layouts (network, parameters, dimensions, basis, created_at)
     VALUES (@network, @parameters, @dimensions, @basis, @at)`,
    values,
  ).id;
}

/** Adds images to a map. */
export function addToMap(catalog: Catalog, layout: number, { images, points, reduced }: Placed): void {
  catalog.run(
    `INSERT INTO map_blocks (layout, block, images, points, reduced)
     VALUES (@layout, (SELECT count(*) FROM map_blocks WHERE layout = @layout), @images, @points, @reduced)`,
    { layout, images: bytes(images), points: bytes(points), reduced: bytes(reduced) },
  );
}

/** Puts a map into use in place of all others. */
export function completeMap(catalog: Catalog, id: number): void {
  catalog.transaction(() => {
    catalog.run('UPDATE map_layouts SET complete = 1 WHERE id = @id', { id });
    catalog.run('DELETE FROM map_layouts WHERE id <> @id', { id });
  });
}

/** Everything that a map holds, once for as long as it stays the same. */
export function mapOf(catalog: Catalog): (MapLayout & Placed) | undefined {
  const layout = mapLayout(catalog);
  if (layout === undefined) return undefined;
  const { blocks } = catalog.get<{ blocks: number }>('SELECT count(*) AS blocks FROM map_blocks WHERE layout = @id', {
    id: layout.id,
  })!;
  const key = `${layout.id} ${blocks}`;
  const known = held.get(catalog);
  if (known?.key === key) return known.map;
  const rows = catalog.all<{ readonly images: Uint8Array; readonly points: Uint8Array; readonly reduced: Uint8Array }>(
    'SELECT images, points, reduced FROM map_blocks WHERE layout = @id ORDER BY block',
    { id: layout.id },
  );
  const map = {
    ...layout,
    images: new Uint32Array(joined(rows.map(({ images }) => images))),
    points: floats(...rows.map(({ points }) => points)),
    reduced: floats(...rows.map(({ reduced }) => reduced)),
  };
  held.set(catalog, { key, map });
  return map;
}
const held = new WeakMap<Catalog, { readonly key: string; readonly map: MapLayout & Placed }>();

const bytes = ({ buffer, byteOffset, byteLength }: Uint32Array | Float32Array) =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
/** Copied: a blob need not lie at a multiple of four bytes. */
const joined = (parts: readonly Uint8Array[]): ArrayBuffer => new Uint8Array(Buffer.concat(parts)).buffer;
const floats = (...parts: readonly Uint8Array[]): Float32Array => new Float32Array(joined(parts));
