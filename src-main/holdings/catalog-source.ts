// Images of the catalog as a source, and the results of a run as a sink.
import { refuseNotFinite } from '../archive/finite.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { imageRecords } from '../catalog/tables/images.ts';
import { imageIds } from '../catalog/tables/pages.ts';
import { nextItems } from '../catalog/tables/runs.ts';
import type { Decoder } from '../decoder/decoder-pool.ts';
import type { ImageSource, ResultSink } from '../operations/image-source.ts';
import { Problem } from '../platform/errors.ts';
import { readImage, readModelSpace, unchangedContent } from './catalog-images.ts';
import { keepOutcomes, type Outcome, skipImage } from './image-results.ts';
import { MaskReader } from './mask-reader.ts';

/** Some images of the catalog. */
export function catalogSource(catalog: Catalog, decoder: Decoder, name: string, ids: Iterable<number>): ImageSource {
  const masks = new MaskReader(catalog, decoder);
  return {
    name,
    images: Array.from(ids, (id) => ({ id, name: `image ${id}` })),
    read: async ({ id, name }) => {
      const image = await readImage(catalog, decoder, id);
      refuseNotFinite(image, name);
      return image;
    },
    readModelSpace: ({ id }, recipe) => readModelSpace(catalog, decoder, id, recipe),
    contentOf: ({ id }) => unchangedContent(catalog, id),
    readSegmentation: ({ id }, recipe) => masks.read(id, 'region', recipe),
  };
}

/** What a run has still to do: results that are stored meanwhile do not move this list. */
export function itemsOf(catalog: Catalog, decoder: Decoder, run: number): ImageSource {
  const ids = nextItems(catalog, run, Number.MAX_SAFE_INTEGER);
  return catalogSource(catalog, decoder, `run ${run}`, ids);
}

/** The images of a cohort, with what is known of each before it is read. Throws `missing` for an empty one. */
export function cohortSource(catalog: Catalog, decoder: Decoder, cohort: number): ImageSource {
  const ids = imageIds(catalog, { cohort }, { by: 'imported', descending: false });
  if (ids.length === 0) throw new Problem('missing', { what: 'images of the cohort', name: String(cohort) });
  const known = new Map(
    imageRecords(catalog, ids).map(({ id, sha256, frame, patient }) => [
      id,
      { content: sha256 === null ? undefined : { sha256, frame }, patient: patient ?? undefined },
    ]),
  );
  const source = catalogSource(catalog, decoder, String(cohort), ids);
  return { ...source, images: source.images.map((image) => ({ ...image, ...known.get(image.id) })) };
}

interface SinkTools {
  readonly catalog: Catalog;
  readonly log: (level: 'skipped', text: string) => void;
  readonly changed: (part: 'scores') => void;
}

/** Stores what `outcomeOf` makes of each result, files first, in one transaction a batch. */
export function runSink<Start, Result extends { readonly id: number }>(
  tools: SinkTools,
  run: number,
  start: (start: Start) => void,
  outcomeOf: (result: Result) => Outcome | Promise<Outcome>,
): ResultSink<Start, Result> {
  return {
    start,
    has: () => false,
    put: async (results) => {
      await keepOutcomes(tools.catalog, run, await Promise.all(results.map(outcomeOf)));
      tools.changed('scores');
    },
    skip: ({ id }, error) => skipImage(tools, run, id, error),
  };
}
