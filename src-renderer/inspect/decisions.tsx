// Decisions in the viewer: about the image that is shown or all slices of its scan, never about the selection of the list.
import { SegmentedControl, Tag } from '@blueprintjs/core';
import { useCallback, useRef } from 'react';
import { classNames } from '../class-names.ts';
import { useReview } from '../review.tsx';
import text from '../styles/text.module.css';
import { choose } from '../triage/selection.ts';
import { useTriage } from '../triage/triage-state.tsx';
import { type Decide, useVerdictKeys, VerdictButtons } from '../triage/verdict-keys.tsx';
import styles from './decisions.module.css';
import type { Inspected } from './use-inspected.ts';
import type { Viewer } from './viewer.ts';

interface DecisionsProps {
  readonly inspected: Inspected;
  readonly viewer: Viewer;
  readonly setViewer: (viewer: Viewer) => void;
}

export function Decisions({ inspected, viewer, setViewer }: DecisionsProps) {
  const slices = inspected.slices.data?.slices ?? [];
  const whole = slices.length > 1 && viewer.decidesOn === 'scan';
  const decide = useDecideOnShown(inspected, whole);
  const reasonDialog = useVerdictKeys(decide);
  const place = slices.findIndex(({ id }) => id === inspected.id);
  const verdict = inspected.detail.data?.row.verdict ?? null;
  return (
    <>
      <span className={styles.verdict}>
        {verdict === null ? null : <Tag className={classNames(styles[verdict])}>{verdict}</Tag>}
        {slices.length > 1 ? <span className={text.quiet}>{scanSummary(slices)}</span> : null}
      </span>
      {slices.length > 1 ? (
        <SegmentedControl
          size="small"
          aria-label="Decide about"
          value={viewer.decidesOn}
          onValueChange={(value) => setViewer({ ...viewer, decidesOn: value as Viewer['decidesOn'] })}
          options={[
            { value: 'slice', label: `this slice, ${place + 1} of ${slices.length}` },
            { value: 'scan', label: `all ${slices.length} slices` },
          ]}
        />
      ) : null}
      <VerdictButtons decide={decide} />
      {reasonDialog}
    </>
  );
}

/** `scan: 3 of 24 decided, 2 rejected`. */
function scanSummary(slices: readonly { readonly verdict: string | null }[]): string {
  const count = (verdict: string | null) => slices.filter((slice) => slice.verdict === verdict).length;
  const rejected = count('reject');
  const decided = slices.length - count(null);
  return `scan: ${decided} of ${slices.length} decided${rejected > 0 ? `, ${rejected} rejected` : ''}`;
}

/** Decides about what is shown and moves to the next image of the list, unless the shown slice is not in the list. */
function useDecideOnShown({ id, slices, frame }: Inspected, whole: boolean): Decide {
  const triage = useTriage();
  const review = useReview();
  // The picture that is shown may still be that of the image before.
  const isShown = !frame.isPlaceholderData && !frame.isPending;
  const now = useRef({ triage, review, id, slices: slices.data?.slices ?? [], whole, isShown });
  now.current = { triage, review, id, slices: slices.data?.slices ?? [], whole, isShown };
  return useCallback((decision, reason = null) => {
    const { triage, review, id, slices, whole, isShown } = now.current;
    if (!isShown) return review.notify('The image is still loading: decide once it is shown.', 'warning');
    const about = whole ? slices.map((slice) => slice.id) : [id];
    if (!review.decide(Uint32Array.from(about), decision, reason) || decision === null || !review.advance) return;
    const { ids, selection, select } = triage;
    if (ids === undefined || (!whole && ids[selection.focus] !== id)) return;
    const decided = new Set(about);
    const next = ids.findIndex((other, index) => index > selection.focus && !decided.has(other));
    if (next >= 0) select(choose(selection, ids, next, { toggle: false, range: false }));
  }, []);
}
