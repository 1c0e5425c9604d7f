// How a method of the contract is declared: what it accepts and answers, and which parts of the catalog it reads and writes.
import { z } from 'zod';

/** Parts of the catalog. A view that shows a part asks again when that part changes. */
export const catalogPart = z.enum([
  'images',
  'verdicts',
  'lists',
  'tags',
  'annotations',
  'segmentations',
  'views',
  'cohorts',
  'columns',
  'map',
  'models',
  'runs',
  'scores',
  'settings',
  /** Folders outside the catalog: what is new or gone there. */
  'archive',
]);
export type CatalogPart = z.output<typeof catalogPart>;

export interface MethodFacts {
  /** An answer is stale once one of these has changed. None: what is asked for by number never changes. */
  readonly reads: readonly CatalogPart[];
  /** Changed by every call that succeeds; the workbench says so to all. */
  readonly writes: readonly CatalogPart[];
  /** The answer takes seconds: while a run goes on, it is not asked for again with every change. */
  readonly slow: boolean;
}

export interface Method<Q extends z.ZodType, A extends z.ZodType> extends MethodFacts {
  readonly request: Q;
  readonly response: A;
}

export const method = <Q extends z.ZodType, A extends z.ZodType>(
  request: Q,
  response: A,
  { reads = [], writes = [], slow = false }: Partial<MethodFacts> = {},
): Method<Q, A> => ({ request, response, reads, writes, slow });

/** The request of a method that needs none, and the answer of one that has nothing to say. */
export const nothing = z.strictObject({});
/** How many images a call has changed. */
export const changed = z.strictObject({ images: z.int() });
