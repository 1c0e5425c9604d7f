// The pages in which rows are asked for: the same request from wherever it comes, so that it is asked once.
import type { Request } from '../../src-preload/contract.ts';
import type { Triage } from './triage-state.tsx';

export const rowsPerPage = 200;

/** The rows from place `page * rowsPerPage` on. */
export function rowsPage({ filter, order, score }: Pick<Triage, 'filter' | 'order' | 'score'>, page: number) {
  return {
    filter,
    order,
    ...(score === undefined ? {} : { score }),
    offset: page * rowsPerPage,
    limit: rowsPerPage,
  } satisfies Request<'images.page'>;
}
