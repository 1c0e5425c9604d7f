// What the window lists first: known from what was kept and from the scores, runs and cohorts, so that it is requested before anything is drawn.
import type { QueryClient } from '@tanstack/react-query';
import type { Response } from '../../src-preload/contract.ts';
import type { Host } from '../../src-preload/host.ts';
import { orderingScore } from '../../src-preload/ordering-score.ts';
import type { ScoreFacts } from '../../src-preload/schemas/catalog.ts';
import type { Filter, Order, ScoreName } from '../../src-preload/schemas/image.ts';
import { usualScore } from '../../src-preload/usual-score.ts';
import { keptIn } from '../host/layout.tsx';
import { methodQuery } from '../host/use-host.ts';
import { type MetadataColumn, rowsPage } from './rows-page.ts';
import { factsOf, mostAbnormalFirst, sameScore } from './score-names.ts';

/** The names under which the layout keeps the order and the score of the list. */
export const orderKey = 'order';
export const scoreKey = 'score';
/** ... and the columns of metadata that are shown. */
export const columnsKey = 'metadata columns';

const byImport: Order = { by: 'imported', descending: false };

/**
 * The order of the list and the score on its tiles: as kept (null: never selected), where the catalog still has those
 * scores, else by the usual score.
 */
export function orderAndScore(
  keptOrder: Order | null,
  keptScore: ScoreName | null,
  scoreNames: readonly ScoreName[],
  usual: ScoreName | undefined,
  facts: readonly ScoreFacts[],
): { readonly order: Order; readonly score: ScoreName | undefined } {
  const known = (name: ScoreName) => scoreNames.some((each) => sameScore(each, name));
  return {
    order:
      keptOrder !== null && (orderingScore(keptOrder) === undefined || known(orderingScore(keptOrder)!))
        ? keptOrder
        : usual === undefined
          ? byImport
          : mostAbnormalFirst(facts, usual),
    score: keptScore !== null && known(keptScore) ? keptScore : usual,
  };
}

/** The chosen columns, in the order of choice, that a catalog has. */
export const shownColumns = (chosen: readonly number[], known: readonly MetadataColumn[]): readonly MetadataColumn[] =>
  chosen.flatMap((id) => known.find((column) => column.id === id) ?? []);

/** The archive: everything but the reference normals, which would fill the list; all images where there is nothing else. */
export function archiveFilter(
  cohorts: Response<'cohorts.list'>['cohorts'],
  info: Pick<NonNullable<Response<'catalog.info'>>, 'images'> | null | undefined,
): Filter {
  const references = cohorts.filter(({ reference }) => reference);
  const normals = references.reduce((sum, { images }) => sum + images, 0);
  if (normals === 0 || normals >= (info?.images ?? 0)) return {};
  return { outsideCohorts: references.map(({ id }) => id) };
}

/** Requests everything that the first view needs at once; failures are repeated and reported by the views. */
export async function requestFirstList(client: QueryClient, host: Host): Promise<void> {
  const [info, settings, names, { families }, runs, cohorts, { columns }] = await Promise.all([
    client.fetchQuery(methodQuery(host, 'catalog.info', {})),
    client.fetchQuery(methodQuery(host, 'settings.get', {})),
    client.fetchQuery(methodQuery(host, 'scores.list', {})),
    client.fetchQuery(methodQuery(host, 'scores.families', {})),
    client.fetchQuery(methodQuery(host, 'runs.list', {})),
    client.fetchQuery(methodQuery(host, 'cohorts.list', {})),
    client.fetchQuery(methodQuery(host, 'columns.list', {})),
  ]);
  const kept = <T>(name: string) => keptIn<T | null>(settings.layout, name, null);
  const usual = usualScore(names.scores, runs.runs);
  const ordered = orderAndScore(
    kept<Order>(orderKey),
    kept<ScoreName>(scoreKey),
    names.scores,
    usual,
    factsOf(families),
  );
  const shown = shownColumns(keptIn<readonly number[]>(settings.layout, columnsKey, []), columns);
  const list = { filter: archiveFilter(cohorts.cohorts, info), ...ordered, columns: shown };
  client.prefetchQuery(methodQuery(host, 'images.page', rowsPage(list, 0)));
  client.prefetchQuery(methodQuery(host, 'images.ids', { filter: list.filter, order: list.order }));
}
