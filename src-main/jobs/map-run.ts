// A run that makes the map of the archive, or places new images on the one that is there.
import { parameters as schemas } from '../../src-preload/jobs/jobs.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { featuredImages, featureNetworks, featureRows } from '../catalog/tables/features.ts';
import { addToMap, type Basis, completeMap, createMap, mapBasis, mapOf } from '../catalog/tables/map-layouts.ts';
import { extendProvenance, setRunProgress } from '../catalog/tables/runs.ts';
import { type Engine, withEngine } from '../engine/start-engine.ts';
import { parametersOf } from '../holdings/stored-parameters.ts';
import { Problem } from '../platform/errors.ts';
import { checkpoint } from '../platform/job.ts';
import { randomFrom } from '../platform/random/random.ts';
import { now } from '../platform/time.ts';
import type { RunProgram, RunTools } from './run-program.ts';

/** Dimensions in which images are compared, and images from which they are learned. */
const [dimensions, sampled] = [50, 8192];
/** Images that are reduced in one go, and of one block of the map. */
const [reducedAtOnce, blockImages] = [4096, 65_536];
/** Of a larger archive so many are laid out, chosen at random, and the others placed among them: time grows with the square. */
const mostLaidOut = 150_000;

export const mapRun: RunProgram = async (run, tools) => {
  const parameters = parametersOf(run, schemas.map);
  const { catalog } = tools;
  const present = parameters.fresh ? undefined : mapOf(catalog);
  const kept =
    present !== undefined && (parameters.network ?? present.network) === present.network ? present : undefined;
  const network = parameters.network ?? kept?.network ?? featureNetworks(catalog)[0]?.network;
  if (network === undefined) throw new Problem('missing', { what: 'features of images', name: 'this catalog' });
  const onMap = new Set(kept?.images);
  const images = Uint32Array.from(featuredImages(catalog, network).filter((image) => !onMap.has(image)));
  await withEngine(tools.launch, {}, async (engine) => {
    if (kept !== undefined) {
      const basis = mapBasis(catalog, kept);
      const reduced = await reduce(engine, tools, { network, images, basis });
      const neighbours = Number(kept.parameters.neighbours);
      const known = { rows: kept.images.length, columns: basis.dimensions, data: kept.reduced };
      const points = await place(engine, tools, { known, points: kept.points, reduced, neighbours });
      store(catalog, kept.id, { images, points, reduced }, basis.dimensions);
      return;
    }
    if (images.length < 3)
      throw new Problem('usage', { message: `a map needs 3 images with features; there are ${images.length}` });
    const { seed, neighbours } = parameters;
    const order = randomFrom(seed).fork('map images').permutation(images.length);
    const chosen = (count: number) => Uint32Array.from(order.subarray(0, count)).sort();
    const sample = featureRows(
      catalog,
      network,
      Array.from(chosen(sampled), (row) => images[row]!),
    );
    const basis = await engine.call('map.basis', { sample, dimensions });
    const reduced = await reduce(engine, tools, { network, images, basis });
    const rows = chosen(mostLaidOut);
    const laidOut = { rows: rows.length, columns: basis.dimensions, data: rowsOf(reduced, rows, basis.dimensions) };
    const points = await engine.call('map.layout', { reduced: laidOut, seed, neighbours }, tools);
    const id = createMap(catalog, { network, parameters: { seed, neighbours }, basis, at: now() });
    store(
      catalog,
      id,
      { images: Uint32Array.from(rows, (row) => images[row]!), points, reduced: laidOut.data },
      basis.dimensions,
    );
    const others = order.slice(mostLaidOut).sort();
    if (others.length > 0) {
      const fresh = rowsOf(reduced, others, basis.dimensions);
      const placed = await place(engine, tools, { known: laidOut, points, reduced: fresh, neighbours });
      const theirs = Uint32Array.from(others, (row) => images[row]!);
      store(catalog, id, { images: theirs, points: placed, reduced: fresh }, basis.dimensions);
    }
    completeMap(catalog, id);
  });
  setRunProgress(catalog, run.id, { stage: 'done', done: images.length, skipped: 0, total: images.length });
  const summary = `${images.length.toLocaleString('en')} images ${kept === undefined ? 'laid out' : 'placed'}`;
  extendProvenance(catalog, run.id, { network, summary });
  tools.changed('map');
};

function rowsOf(data: Float32Array, rows: Uint32Array, columns: number): Float32Array {
  const chosen = new Float32Array(rows.length * columns);
  for (const [at, row] of rows.entries()) chosen.set(data.subarray(row * columns, (row + 1) * columns), at * columns);
  return chosen;
}

/** The reduced features of images, in their order. */
async function reduce(
  engine: Engine,
  tools: RunTools,
  request: { readonly network: string; readonly images: Uint32Array; readonly basis: Basis },
): Promise<Float32Array> {
  const { network, images, basis } = request;
  const reduced = new Float32Array(images.length * basis.dimensions);
  for (let start = 0; start < images.length; start += reducedAtOnce) {
    checkpoint(tools, 'map');
    tools.report({ stage: 'reducing features', done: start, total: images.length });
    const features = featureRows(tools.catalog, network, images.subarray(start, start + reducedAtOnce));
    reduced.set(await engine.call('map.reduce', { basis, features }), start * basis.dimensions);
  }
  return reduced;
}

async function place(
  engine: Engine,
  tools: RunTools,
  request: {
    readonly known: { readonly rows: number; readonly columns: number; readonly data: Float32Array };
    readonly points: Float32Array;
    readonly reduced: Float32Array;
    readonly neighbours: number;
  },
): Promise<Float32Array> {
  const { known, points, reduced, neighbours } = request;
  const rows = reduced.length / known.columns;
  if (rows === 0) return new Float32Array();
  tools.report({ stage: 'placing new images', done: 0, total: rows });
  const fresh = { rows, columns: known.columns, data: reduced };
  return engine.call('map.place', { known, points, fresh, neighbours });
}

function store(
  catalog: Catalog,
  layout: number,
  {
    images,
    points,
    reduced,
  }: { readonly images: Uint32Array; readonly points: Float32Array; readonly reduced: Float32Array },
  columns: number,
): void {
  catalog.transaction(() => {
    for (let start = 0; start < images.length; start += blockImages) {
      const end = Math.min(start + blockImages, images.length);
      addToMap(catalog, layout, {
        images: images.slice(start, end),
        points: points.slice(2 * start, 2 * end),
        reduced: reduced.slice(start * columns, end * columns),
      });
    }
  });
}
