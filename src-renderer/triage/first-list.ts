// What the window lists first: known from what was kept and the scores there are, so that it is asked before anything is drawn.
import type { QueryClient } from '@tanstack/react-query';
import type { Host } from '../../src-preload/host.ts';
import type { Order, ScoreName } from '../../src-preload/schemas/image.ts';
import { keptIn } from '../host/layout.tsx';
import { methodQuery } from '../host/use-host.ts';
import { rowsPage } from './rows-page.ts';
import { sameScore } from './score-names.ts';

/** The names under which the layout keeps the order and the score of the list. */
export const orderKey = 'order';
export const scoreKey = 'score';

const byImport: Order = { by: 'imported', descending: false };

/**
 * The order of the list and the score on its tiles: as kept (null: never chosen), where the catalog still has those
 * scores, else the archive with the most suspicious first.
 */
export function orderAndScore(
  keptOrder: Order | null,
  keptScore: ScoreName | null,
  scoreNames: readonly ScoreName[],
): { readonly order: Order; readonly score: ScoreName | undefined } {
  const known = (name: ScoreName) => scoreNames.some((each) => sameScore(each, name));
  const preferred = scoreNames.find(({ score }) => score === 'WD patch') ?? scoreNames[0];
  const usual: Order = preferred === undefined ? byImport : { by: preferred, descending: true };
  return {
    order: keptOrder === null || (typeof keptOrder.by === 'object' && !known(keptOrder.by)) ? usual : keptOrder,
    score: keptScore !== null && known(keptScore) ? keptScore : preferred,
  };
}

/** Asks at once for all that the first sight of an archive needs; what fails is asked again, and told, by the views. */
export async function askForFirstList(client: QueryClient, host: Host): Promise<void> {
  client.prefetchQuery(methodQuery(host, 'catalog.info', {}));
  const [settings, names] = await Promise.all([
    client.fetchQuery(methodQuery(host, 'settings.get', {})),
    client.fetchQuery(methodQuery(host, 'scores.list', {})),
  ]);
  const kept = <T>(name: string) => keptIn<T | null>(settings.layout, name, null);
  const list = { filter: {}, ...orderAndScore(kept<Order>(orderKey), kept<ScoreName>(scoreKey), names.scores) };
  client.prefetchQuery(methodQuery(host, 'images.page', rowsPage(list, 0)));
  client.prefetchQuery(methodQuery(host, 'images.ids', { filter: list.filter, order: list.order }));
}
