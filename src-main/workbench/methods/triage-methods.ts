// Methods of triage: verdicts, tags, annotations, saved views, cohorts.

import type { listsMethods } from '../../../src-preload/contract/lists.ts';
import type { verdictsMethods } from '../../../src-preload/contract/verdicts.ts';
import type { Received } from '../../../src-preload/contract.ts';
import { filter as filterSchema, order as orderSchema } from '../../../src-preload/schemas/image.ts';
import { createCohort, listCohorts, referenceCohorts, removeCohort } from '../../catalog/tables/cohorts.ts';
import { listTags, setTags } from '../../catalog/tables/marks.ts';
import { listViews, removeView, saveView } from '../../catalog/tables/settings.ts';
import { annotate, takeAway } from '../../curation/annotations/annotate.ts';
import { checkBlindStep, decideBlind } from '../../curation/readers/decide-blind.ts';
import { decide, redo, undo } from '../../curation/verdicts/decide.ts';
import { selectedIds } from '../../holdings/selection.ts';
import { now } from '../../platform/time.ts';

import type { MethodsOf, Service } from './method.ts';

export const triageMethods: MethodsOf<keyof typeof verdictsMethods | keyof typeof listsMethods> = {
  'verdicts.set': ({ images, decision, reason, reviewer, list }, service) => {
    const { catalog } = service.open();
    const ids = selectedIds(catalog, images);
    if (list !== undefined) return decideBlind(catalog, list, { images: ids, decision, reason, reviewer, at: now() });
    return decide(catalog, { images: ids, decision, reason, reviewer, at: now() });
  },
  'verdicts.undo': (reversal, service) => reverse(undo, reversal, service),
  'verdicts.redo': (reversal, service) => reverse(redo, reversal, service),
  'tags.list': (_, service) => ({ tags: listTags(service.open().catalog) }),
  'tags.set': ({ images, add, remove }, service) => {
    const { catalog } = service.open();
    const changed = setTags(catalog, selectedIds(catalog, images), add, remove);
    return { images: changed };
  },
  'annotations.add': ({ image, rectangle, label, reviewer }, service) => {
    const time = now();
    const id = annotate(service.open().catalog, { image, ...rectangle, label, reviewer, at: time });
    return { id, rectangle, label, reviewer, time };
  },
  'annotations.remove': ({ id, reviewer, own }, service) => {
    takeAway(service.open().catalog, id, { reviewer, at: now(), own });
    return {};
  },
  'views.list': (_, service) => ({
    views: listViews(service.open().catalog).map(({ id, name, definition }) => ({
      id,
      name,
      ...parseDefinition(definition),
    })),
  }),
  'views.save': ({ name, filter, order }, service) => {
    const id = saveView(service.open().catalog, name, { filter, order });
    return { id, name, filter, order };
  },
  'views.remove': ({ id }, service) => {
    removeView(service.open().catalog, id);
    return {};
  },
  'cohorts.list': (_, service) => {
    const { catalog } = service.open();
    const references = referenceCohorts(catalog);
    return {
      cohorts: listCohorts(catalog).map(({ id, name, images, createdAt }) => ({
        ...{ id, name, images, createdAt },
        reference: references.has(id),
      })),
    };
  },
  'cohorts.create': ({ name, images }, service) => {
    const { catalog } = service.open();
    const ids = selectedIds(catalog, images);
    const createdAt = now();
    const id = createCohort(catalog, { name, definition: definitionOf(images), images: ids, at: createdAt });
    return { id, name, images: ids.length, reference: false, createdAt };
  },
  'cohorts.remove': ({ id }, service) => {
    removeCohort(service.open().catalog, id);
    return {};
  },
};

function reverse(
  way: typeof undo,
  { reviewer, step, list }: Received<'verdicts.undo'>,
  service: Service,
): ReturnType<typeof undo> {
  const { catalog } = service.open();
  if (list !== undefined) checkBlindStep(catalog, list, step);
  return way(catalog, { reviewer, step, at: now() });
}

const definitionOf = (images: Received<'cohorts.create'>['images']): Readonly<Record<string, unknown>> =>
  'filter' in images ? { filter: images.filter } : { chosen: images.ids.length };

/** A view of an older version that is no longer understood shows everything. */
function parseDefinition(definition: unknown) {
  const { filter, order } = (definition ?? {}) as { readonly filter?: unknown; readonly order?: unknown };
  return {
    filter: filterSchema.safeParse(filter).data ?? {},
    order: orderSchema.safeParse(order).data ?? ({ by: 'imported', descending: false } as const),
  };
}
