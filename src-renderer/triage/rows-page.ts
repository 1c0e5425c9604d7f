// The pages in which rows are requested: identical requests from everywhere, so that the cache answers them.
import type { Request, Response } from '../../src-preload/contract.ts';
import type { Filter, Order, ScoreName } from '../../src-preload/schemas/image.ts';

export const rowsPerPage = 200;

/** A column of metadata. */
export type MetadataColumn = Response<'columns.list'>['columns'][number];

/** What is listed, in which order, with which score. */
interface List {
  readonly filter: Filter;
  readonly order: Order;
  readonly score: ScoreName | undefined;
  readonly columns: readonly MetadataColumn[];
}

/** The rows from place `page * rowsPerPage` on. */
export function rowsPage({ filter, order, score, columns }: List, page: number) {
  return {
    filter,
    order,
    ...(score === undefined ? {} : { score }),
    ...(columns.length === 0 ? {} : { columns: columns.map(({ id }) => id) }),
    offset: page * rowsPerPage,
    limit: rowsPerPage,
  } satisfies Request<'images.page'>;
}
