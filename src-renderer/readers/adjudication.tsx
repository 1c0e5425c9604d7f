// Adjudication: the images on which readers differ, one after the other, with what each says; one key settles one.
import { Button, ButtonGroup, Tag, useHotkeys } from '@blueprintjs/core';
import { EndorsedIcon } from '@blueprintjs/icons';
import { createElement, useMemo, useRef, useState } from 'react';
import type { Decision } from '../../src-preload/schemas/image.ts';
import type { Difference } from '../../src-preload/schemas/readers.ts';
import { classNames } from '../class-names.ts';
import { EmptyState } from '../empty-state.tsx';
import { useReview } from '../review.tsx';
import text from '../styles/text.module.css';
import { useThumbnailUrl } from '../triage/thumbnail-url.ts';
import { VerdictMark, verdictIcons } from '../triage/verdict-mark.tsx';
import styles from './adjudication.module.css';

const keys: readonly { readonly key: string; readonly decision: Decision; readonly label: string }[] = [
  { key: 'k', decision: 'keep', label: 'Keep' },
  { key: 'r', decision: 'reject', label: 'Reject' },
  { key: 'u', decision: 'unsure', label: 'Unsure' },
];
const pictureSize = 512;

interface AdjudicationProps {
  readonly differences: readonly Difference[] | undefined;
  /** All of them; the first are listed. */
  readonly count: number;
  readonly onInspect: (image: number) => void;
}

export function Adjudication({ differences = [], count, onInspect }: AdjudicationProps) {
  const { adjudicate, undo, redo } = useReview();
  const thumbnailUrl = useThumbnailUrl();
  const [place, setPlace] = useState(0);
  const at = Math.min(place, Math.max(0, differences.length - 1));
  const shown = differences[at];
  const settle = (decision: Decision) => {
    // A settled image leaves the list, so that the next one takes its place.
    if (shown !== undefined) adjudicate(shown.image, decision);
  };
  const go = (step: number) => setPlace(Math.max(0, Math.min(differences.length - 1, at + step)));
  const now = useRef({ settle, go, undo, redo, inspect: () => shown !== undefined && onInspect(shown.image) });
  now.current = { settle, go, undo, redo, inspect: () => shown !== undefined && onInspect(shown.image) };
  const combos = useMemo(() => {
    const common = { global: true, group: 'Adjudication', preventDefault: true } as const;
    return [
      ...keys.map(({ key, decision, label }) => ({
        ...{ ...common, combo: key, label: `Adjudicate: ${label.toLowerCase()}` },
        onKeyDown: () => now.current.settle(decision),
      })),
      { ...common, combo: 'right', label: 'Next difference', onKeyDown: () => now.current.go(1) },
      { ...common, combo: 'left', label: 'Previous difference', onKeyDown: () => now.current.go(-1) },
      { ...common, combo: 'i', label: 'Inspect the image', onKeyDown: () => now.current.inspect() },
      { ...common, combo: 'mod+z', label: 'Undo', onKeyDown: () => now.current.undo() },
      { ...common, combo: 'mod+shift+z', label: 'Redo', onKeyDown: () => now.current.redo() },
    ];
  }, []);
  useHotkeys(combos);
  return (
    <section className={styles.adjudication} aria-label="Differences">
      <h2 className={styles.title} role="status" aria-label="Differences left">
        {differences.length === 0
          ? 'Differences'
          : `Difference ${at + 1} of ${Math.max(count, differences.length).toLocaleString('en')}`}
      </h2>
      {shown === undefined ? (
        <EmptyState
          icon={EndorsedIcon}
          title="No differences to adjudicate"
          description="Images on which readers differ are shown here. The adjudicated verdict is in force; what each reader said stays in the history."
        />
      ) : (
        <>
          <img
            key={shown.image}
            className={styles.picture}
            src={thumbnailUrl(shown.image, pictureSize)}
            alt={shown.name}
          />
          <p className={styles.name} title={shown.name}>
            {shown.name} {shown.kind === null ? null : <span className={text.quiet}>{shown.kind}</span>}
          </p>
          <ul className={styles.verdicts} aria-label="What readers say">
            {shown.verdicts.map(({ reader, decision, reason, blind }) => (
              <li key={reader}>
                <span className={styles.reader}>{reader}</span>
                <VerdictMark verdict={decision} />
                {blind ? <Tag minimal>blind</Tag> : null}
                <span className={text.quiet}>{reason}</span>
              </li>
            ))}
          </ul>
          <div className={styles.actions}>
            <ButtonGroup>
              {keys.map(({ key, decision, label }) => (
                <Button
                  key={key}
                  icon={createElement(verdictIcons[decision], { className: classNames(styles[decision]) })}
                  text={label}
                  title={`Adjudicate as ${decision} (${key.toUpperCase()})`}
                  endIcon={<Tag minimal>{key.toUpperCase()}</Tag>}
                  onClick={() => settle(decision)}
                />
              ))}
            </ButtonGroup>
            <Button variant="minimal" text="Previous" disabled={at === 0} onClick={() => go(-1)} />
            <Button variant="minimal" text="Next" disabled={at + 1 >= differences.length} onClick={() => go(1)} />
            <Button variant="minimal" text="Inspect" title="Inspect (I)" onClick={() => onInspect(shown.image)} />
          </div>
        </>
      )}
    </section>
  );
}
