// All images of a filter in the order of a score, page by page.
import type { Workbench } from '../../src-preload/contract.ts';
import type { Filter, ImageRow, ScoreName } from '../../src-preload/schemas/image.ts';

/** Every image of a filter in the order of a score; those without it last. */
export async function* ranked(
  workbench: Pick<Workbench, 'call'>,
  filter: Filter,
  score: ScoreName,
  descending: boolean,
): AsyncGenerator<ImageRow> {
  const limit = 1000;
  for (let offset = 0; ; offset += limit) {
    const { rows } = await workbench.call('images.page', { filter, order: { by: score, descending }, offset, limit });
    yield* rows;
    if (rows.length < limit) return;
  }
}
