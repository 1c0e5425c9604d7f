// The groups of copies that a person goes through: which is shown, what was decided here, and how to undo it.
import { useQueries } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { methodQuery, useAnswer, useHost } from '../host/use-host.ts';
import { useReview } from '../review.tsx';
import { type CopyGroup, groupsOf, isOpen, nextOpen, proposed } from './groups.ts';

/** Images of a group that are shown side by side; a larger group is gone through in parts. */
export const mostShown = 12;

export interface CopiesChoice {
  readonly cohort: number | undefined;
  /** Bits of 64 in which hashes may differ; null: equal pixels only. */
  readonly distance: number | null;
}

interface Step {
  readonly group: number;
  readonly rejected: readonly number[];
}

const noneRejected: ReadonlySet<number> = new Set();

export function useCopies({ cohort, distance }: CopiesChoice) {
  const host = useHost();
  const review = useReview();
  const request = { ...(cohort === undefined ? {} : { cohort }), distance: distance ?? 0 };
  const { data, error } = useAnswer('cohorts.duplicates', request);
  const rejects = useAnswer('images.ids', {
    filter: { verdicts: ['reject'] },
    order: { by: 'imported', descending: false },
  });
  const groups = useMemo(() => (data === undefined ? [] : groupsOf(data, distance !== null)), [data, distance]);
  const known = useMemo(() => new Set(rejects.data?.ids), [rejects.data]);
  // What was decided here counts at once; the catalog's answer comes later.
  const [here, setHere] = useState(noneRejected);
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const [place, setPlace] = useState(-1);
  const isRejected = (image: number) => known.has(image) || here.has(image);
  const open = useMemo(
    () => groups.filter((group) => isOpen(group, (image) => known.has(image) || here.has(image))).length,
    [groups, known, here],
  );
  const isKnown = data !== undefined && rejects.data !== undefined;
  const first = useRef<readonly CopyGroup[]>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first open group of each new list, and no other than that
  useEffect(() => {
    if (!isKnown || first.current === groups) return;
    first.current = groups;
    setPlace(nextOpen(groups, -1, isRejected));
  }, [isKnown, groups]);
  const group = groups[place];
  const shown = group?.images.filter((image) => !isRejected(image)).slice(0, mostShown) ?? [];
  // Whoever is quick finds the next groups loaded already.
  const second = nextOpen(groups, place, isRejected);
  const following = [second, nextOpen(groups, second, isRejected)].flatMap(
    (next) => groups[next]?.images.slice(0, mostShown) ?? [],
  );
  const wanted = [
    ...shown,
    ...following.filter((image, at) => !shown.includes(image) && following.indexOf(image) === at),
  ];
  const answers = useQueries({ queries: wanted.map((id) => methodQuery(host, 'images.detail', { id })) });
  const details = answers.slice(0, shown.length).flatMap(({ data }) => data ?? []);
  const isComplete = details.length === shown.length && shown.length > 0;

  const go = (step: 1 | -1) => setPlace(nextOpen(groups, place, isRejected, step));
  /** Keeps one image of the group and rejects the others that are shown; then the next group. */
  const keep = (index: number) => {
    const kept = shown[index];
    if (kept === undefined || !isComplete) return;
    const others = shown.filter((image) => image !== kept);
    const reason = `${group?.kind === 'same' ? 'the same' : 'nearly the same'} as image ${kept}`;
    if (!review.decide(Uint32Array.from(others), 'reject', reason)) return;
    const next = new Set([...here, ...others]);
    setHere(next);
    setSteps([...steps, { group: place, rejected: others }]);
    setPlace(nextOpen(groups, place - 1, (image) => known.has(image) || next.has(image)));
  };
  const undo = () => {
    review.undo();
    const last = steps.at(-1);
    if (last === undefined) return;
    setSteps(steps.slice(0, -1));
    setHere(new Set([...here].filter((image) => !last.rejected.includes(image))));
    setPlace(last.group);
  };
  return {
    ...{ error: error ?? rejects.error, isKnown, groups, open, group, details, go, keep, undo },
    /** Rejected of this group already, and more than are shown. */
    left: (group?.images.length ?? 0) - shown.length,
    proposed: isComplete ? proposed(details) : 0,
    number: group === undefined ? 0 : groups.slice(0, place + 1).length,
  };
}
