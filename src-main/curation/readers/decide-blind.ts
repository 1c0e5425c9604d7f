// Decisions of a reader who does not see the others': their own, and not in force.
import type { Catalog } from '../../catalog/catalog.ts';
import { verdictsOfStep } from '../../catalog/tables/verdicts.ts';
import { countInList, workList } from '../../catalog/tables/work-lists.ts';
import { Problem } from '../../platform/errors.ts';
import { decide, type NewDecision, type Step } from '../verdicts/decide.ts';

/** Throws `usage` for a step, of the reader of a blind list, that has verdicts beside blind ones about images of the list. */
export function checkBlindStep(catalog: Catalog, list: number, step: number | undefined): void {
  const own = step === undefined ? [] : verdictsOfStep(catalog, step);
  const isBlind = own.every(({ role }) => role === 'blind' || role === 'merged');
  const images = own.map(({ image }) => image);
  if (own.length === 0 || !isBlind || countInList(catalog, list, images) < new Set(images).size)
    throw new Problem('usage', { message: 'a blind reading undoes steps of its own window' });
}

/** Decides about images of a blind list. Throws `missing`; `usage` for another's list, one that is not blind, and images that are not in it. */
export function decideBlind(catalog: Catalog, list: number, decision: Omit<NewDecision, 'role'>): Step {
  const { name, reader, blind } = workList(catalog, list);
  if (!blind) throw new Problem('usage', { message: `the work list ${name} is not read blind` });
  if (reader !== decision.reviewer)
    throw new Problem('usage', { message: `the work list ${name} is for ${reader}, not ${decision.reviewer}` });
  const outside = new Set(Array.from(decision.images)).size - countInList(catalog, list, decision.images);
  if (outside > 0)
    throw new Problem('usage', { message: `${outside} of these images are not in the work list ${name}` });
  return decide(catalog, { ...decision, role: 'blind' });
}
