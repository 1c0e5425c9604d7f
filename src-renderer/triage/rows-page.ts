// The pages in which rows are requested: identical requests from everywhere, so that the cache answers them.
import type { Request } from '../../src-preload/contract.ts';
import type { Filter, Order, ScoreName } from '../../src-preload/schemas/image.ts';

export const rowsPerPage = 200;

/** What is listed, in which order, with which score. */
interface List {
  readonly filter: Filter;
  readonly order: Order;
  readonly score: ScoreName | undefined;
}

/** The rows from place `page * rowsPerPage` on. */
export function rowsPage({ filter, order, score }: List, page: number) {
  return {
    filter,
    order,
    ...(score === undefined ? {} : { score }),
    offset: page * rowsPerPage,
    limit: rowsPerPage,
  } satisfies Request<'images.page'>;
}
