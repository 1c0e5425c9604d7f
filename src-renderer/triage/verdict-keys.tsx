// One key per decision: keep, reject or unsure, for the whole selection; then the next image.
import { Button, ButtonGroup, type HotkeyConfig, Switch, Tag, useHotkeys } from '@blueprintjs/core';
import { CommentIcon, RedoIcon, UndoIcon } from '@blueprintjs/icons';
import { createElement, type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import type { Decision } from '../../src-preload/schemas/image.ts';
import { classNames } from '../class-names.ts';
import { useReview } from '../review.tsx';
import bar from '../tool-bar.module.css';
import { ReasonDialog } from './reason-dialog.tsx';
import { choose } from './selection.ts';
import { useTriage } from './triage-state.tsx';
import styles from './verdict-keys.module.css';
import { verdictIcons } from './verdict-mark.tsx';

const keys: readonly { readonly key: string; readonly decision: Decision | null; readonly label: string }[] = [
  { key: 'k', decision: 'keep', label: 'Keep' },
  { key: 'r', decision: 'reject', label: 'Reject' },
  { key: 'u', decision: 'unsure', label: 'Unsure' },
  { key: 'backspace', decision: null, label: 'Withdraw the verdict' },
];

export type Decide = (decision: Decision | null, reason?: string | null) => void;

/** Decides about the selection and, if `advance` is on, moves to the next image. */
function useDecideOnSelection(): Decide {
  const triage = useTriage();
  const review = useReview();
  const now = useRef({ triage, review });
  now.current = { triage, review };
  return useCallback((decision, reason = null) => {
    const { triage, review } = now.current;
    const { ids, selection, select, viewport } = triage;
    if (ids === undefined || ids.length === 0) return;
    const selected = ids.filter((id) => selection.selected.has(id));
    // One image that has scrolled out of view is shown before anything is decided about it.
    const only = selected.length === 1 ? ids.indexOf(selected[0]!) : -1;
    if (only >= 0 && viewport.current?.shows(only) === false) {
      select(choose(selection, ids, only, { toggle: false, range: false }));
      return review.notify('The selected image was out of view. It is shown now: decide again.', 'warning');
    }
    if (!review.decide(selected, decision, reason) || decision === null || !review.advance) return;
    if (selected.length === 1) select(choose(selection, ids, selection.focus + 1, { toggle: false, range: false }));
  }, []);
}

/**
 * Binds the keys while the view is mounted; the dialog of all keys lists them. Without `given`: about the selection.
 * The view must show the returned dialog, which asks for a reason.
 */
export function useVerdictKeys(given?: Decide): ReactNode {
  const onSelection = useDecideOnSelection();
  const decide = given ?? onSelection;
  const { undo, redo } = useReview();
  const [asks, setAsks] = useState<Decision | null>(null);
  const combos = useMemo<HotkeyConfig[]>(() => {
    const common = { global: true, group: 'Decisions', preventDefault: true } as const;
    return [
      ...keys.map(({ key, decision, label }) => ({ ...common, combo: key, label, onKeyDown: () => decide(decision) })),
      ...keys.flatMap(({ key, decision, label }) =>
        decision === null
          ? []
          : [
              {
                ...common,
                combo: `shift+${key}`,
                label: `${label}, with a reason`,
                onKeyDown: () => setAsks(decision),
              },
            ],
      ),
      { ...common, combo: 'mod+z', label: 'Undo', onKeyDown: undo },
      { ...common, combo: 'mod+shift+z', label: 'Redo', onKeyDown: redo },
    ];
  }, [decide, undo, redo]);
  useHotkeys(combos);
  return asks === null ? null : <ReasonDialog initial={asks} onDecide={decide} onClose={() => setAsks(null)} />;
}

export function VerdictButtons({ decide: given }: { readonly decide?: Decide }) {
  const onSelection = useDecideOnSelection();
  const decide = given ?? onSelection;
  const { advance, setAdvance, undo, redo } = useReview();
  const [asks, setAsks] = useState(false);
  return (
    <div className={styles.buttons}>
      <ButtonGroup>
        {keys.map(({ key, decision, label }) =>
          decision === null ? null : (
            <Button
              key={key}
              icon={createElement(verdictIcons[decision], { className: classNames(styles[decision]) })}
              title={`${label} (${key.toUpperCase()})`}
              text={<span className={styles.word}>{label}</span>}
              endIcon={<Tag minimal>{key.toUpperCase()}</Tag>}
              onClick={() => decide(decision)}
            />
          ),
        )}
      </ButtonGroup>
      <Button
        variant="minimal"
        icon={<CommentIcon />}
        aria-label="Decide with a reason"
        title="Decide with a reason (Shift and the key of the decision)"
        onClick={() => setAsks(true)}
      />
      {asks ? <ReasonDialog initial="reject" onDecide={decide} onClose={() => setAsks(false)} /> : null}
      <Button variant="minimal" icon={<UndoIcon />} aria-label="Undo" title="Undo (Ctrl+Z)" onClick={undo} />
      <Button variant="minimal" icon={<RedoIcon />} aria-label="Redo" title="Redo (Ctrl+Shift+Z)" onClick={redo} />
      <Switch
        inline
        className={classNames(bar.control)}
        checked={advance}
        label="advance"
        title="After a decision, go to the next image"
        onChange={({ currentTarget }) => setAdvance(currentTarget.checked)}
      />
    </div>
  );
}
