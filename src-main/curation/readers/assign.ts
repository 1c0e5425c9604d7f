// Work lists: images given to a reader, and a random share of a list given to a second one, who reads it blind.
import type { Catalog } from '../../catalog/catalog.ts';
import { appendAudit } from '../../catalog/tables/audit.ts';
import { addWorkList, imagesOfList, removeWorkList, workList } from '../../catalog/tables/work-lists.ts';
import { Problem } from '../../platform/errors.ts';
import { randomFrom } from '../../platform/random/random.ts';

interface Assignment {
  readonly name: string;
  readonly reader: string;
  readonly by: string;
  readonly at: string;
}

/** Gives images to a reader; the list keeps them, whatever a filter would find later. Throws `usage` without images, or for a name that is taken. */
export function assign(
  catalog: Catalog,
  {
    name,
    reader,
    by,
    at,
    blind,
    images,
    definition,
  }: Assignment & {
    readonly blind: boolean;
    readonly images: ArrayLike<number>;
    readonly definition: Readonly<Record<string, unknown>>;
  },
): number {
  return add(catalog, { ...{ name, reader, blind, images, definition, at }, secondOf: null, createdBy: by });
}

/**
 * Gives a random share of a list to a second reader, who reads it blind. The same seed chooses the same images of a list. Throws
 * `missing`, and `usage` for the reader of the list itself.
 */
export function assignSecond(
  catalog: Catalog,
  {
    list,
    share,
    seed,
    ...given
  }: Assignment & {
    readonly list: number;
    /** Above 0 to 1. */
    readonly share: number;
    readonly seed: number;
  },
): number {
  const first = workList(catalog, list);
  if (first.reader === given.reader)
    throw new Problem('usage', {
      message: `${given.reader} is the reader of ${first.name}: a second reading needs another reader`,
    });
  const images = chosenShare(imagesOfList(catalog, list), share, seed);
  const definition = { secondOf: first.name, share, seed };
  return add(catalog, { ...given, blind: true, images, definition, secondOf: list, createdBy: given.by });
}

/** `share` of the images, at least one, drawn without replacement and in ascending order. */
export function chosenShare(images: readonly number[], share: number, seed: number): readonly number[] {
  if (!(share > 0 && share <= 1))
    throw new Problem('usage', { message: `a share must be above 0 and at most 1, not ${share}` });
  const shuffled = Uint32Array.from(images);
  randomFrom(`second reading ${seed}`).shuffle(shuffled);
  return Array.from(shuffled.slice(0, Math.max(1, Math.round(share * images.length)))).sort((a, b) => a - b);
}

/** Removes a list; what was decided in it stays. Throws `missing`. */
export function unassign(catalog: Catalog, id: number, { by, at }: Pick<Assignment, 'by' | 'at'>): void {
  catalog.transaction(() => {
    removeWorkList(catalog, id, at);
    appendAudit(catalog, { at, actor: by, event: 'work list removed', details: { id } });
  });
}

function add(catalog: Catalog, list: Parameters<typeof addWorkList>[1]): number {
  if (list.images.length === 0) throw new Problem('usage', { message: 'a work list needs at least one image' });
  return catalog.transaction(() => {
    const id = addWorkList(catalog, list);
    const { name, reader, blind, secondOf, createdBy, at } = list;
    const details = { id, name, reader, blind, secondOf, images: list.images.length };
    appendAudit(catalog, { at, actor: createdBy, event: 'work list', details });
    return id;
  });
}
