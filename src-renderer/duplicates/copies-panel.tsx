// Equal and nearly equal images side by side: one key keeps one of them, rejects the others and shows the next group.
import { Button, ButtonGroup, HTMLSelect, Tag, useHotkeys } from '@blueprintjs/core';
import { ArrowLeftIcon, ArrowRightIcon, DuplicateIcon, TickIcon, UndoIcon } from '@blueprintjs/icons';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { ImageDetail } from '../../src-preload/schemas/image.ts';
import { fileStateText } from '../archive/file-state.ts';
import { classNames } from '../class-names.ts';
import { EmptyState } from '../empty-state.tsx';
import { useLayout } from '../host/layout.tsx';
import { useAnswer } from '../host/use-host.ts';
import { ProblemNote } from '../problem.tsx';
import { countOf } from '../review.tsx';
import { ToolBar } from '../tool-bar.tsx';
import { useThumbnailUrl } from '../triage/thumbnail-url.ts';
import { VerdictMark } from '../triage/verdict-mark.tsx';
import styles from './copies-panel.module.css';
import { useCopies } from './use-copies.ts';

/** How alike images of a group are: bits of the hashes, or pixels alone. */
const likenesses = [
  { label: 'equal pixels', value: 'pixels' },
  { label: 'nearly equal: strict', value: '2' },
  { label: 'nearly equal', value: '4' },
  { label: 'nearly equal: loose', value: '8' },
] as const;

export function CopiesPanel({ onInspect }: { readonly onInspect: (image: number) => void }) {
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const [likeness, setLikeness] = useLayout<string>('duplicates likeness', '2');
  const [cohort, setCohort] = useState<number>();
  const copies = useCopies({ cohort, distance: likeness === 'pixels' ? null : Number(likeness) });
  const { group, details, groups, open, isKnown, keep } = copies;
  const [chosen, choose] = useState<number | null>(null);
  const marked = Math.min(chosen ?? copies.proposed, Math.max(0, details.length - 1));
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new group begins with its proposal
  useEffect(() => {
    choose(null);
    list.current?.focus({ preventScroll: true });
  }, [group]);
  const keepMarked = () => keep(marked);
  useKeys({ keep: keepMarked, next: () => copies.go(1), previous: () => copies.go(-1), undo: copies.undo });
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -99, End: 99 }[event.key];
    const digit = Number(event.key);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step !== undefined) choose(Math.max(0, Math.min(details.length - 1, marked + step)));
    else if (event.key === 'Enter') keepMarked();
    else if (digit >= 1 && digit <= Math.min(9, details.length)) keep(digit - 1);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <ToolBar label="Copies" wraps>
        <HTMLSelect
          aria-label="Likeness"
          value={likeness}
          options={likenesses.map(({ label, value }) => ({ label, value }))}
          onChange={({ currentTarget }) => setLikeness(currentTarget.value)}
        />
        <HTMLSelect
          aria-label="Images"
          value={cohort ?? ''}
          onChange={({ currentTarget: { value } }) => setCohort(value === '' ? undefined : Number(value))}
        >
          <option value="">all images</option>
          {cohorts.map(({ id, name }) => (
            <option key={id} value={id}>
              cohort {name}
            </option>
          ))}
        </HTMLSelect>
        <span role="status" aria-label="Groups" className={styles.count}>
          {isKnown
            ? `${open.toLocaleString('en')} of ${groups.length.toLocaleString('en')} groups to decide`
            : 'comparing images'}
        </span>
        <ButtonGroup className={classNames(styles.walk)}>
          <Button
            icon={<ArrowLeftIcon />}
            text="Previous"
            title="Previous group (P)"
            disabled={open < 2}
            onClick={() => copies.go(-1)}
          />
          <Button
            endIcon={<ArrowRightIcon />}
            text="Next"
            title="Next group, without deciding (N)"
            disabled={open < 2}
            onClick={() => copies.go(1)}
          />
        </ButtonGroup>
        <Button
          intent="primary"
          icon={<TickIcon />}
          text="Keep the marked one"
          title="Keeps it, rejects the others, and goes to the next group (K)"
          endIcon={<Tag minimal>K</Tag>}
          disabled={group === undefined}
          onClick={keepMarked}
        />
        <Button variant="minimal" icon={<UndoIcon />} aria-label="Undo" title="Undo (Ctrl+Z)" onClick={copies.undo} />
      </ToolBar>
      <ProblemNote error={copies.error} />
      {isKnown && group === undefined ? (
        <EmptyState
          icon={DuplicateIcon}
          title={groups.length === 0 ? 'No copies among these images' : 'All groups are decided'}
          description={
            groups.length === 0
              ? 'No two of them have equal pixels, or nearly equal ones by their perceptual hashes.'
              : `Of each of ${groups.length.toLocaleString('en')} groups at most one image is not rejected.`
          }
        />
      ) : null}
      {group === undefined ? null : (
        <>
          <p className={styles.about}>
            Group {copies.number.toLocaleString('en')}:{' '}
            {group.kind === 'same' ? 'images of equal pixels' : 'nearly equal images'}, {countOf(group.images.length)}
            {copies.left > 0 ? `, of which ${copies.left} are rejected already or follow` : ''}. Arrows mark one, a
            digit keeps that one.
          </p>
          <div
            ref={list}
            className={styles.copies}
            role="listbox"
            aria-label="Copies of one image"
            aria-orientation="horizontal"
            aria-activedescendant={details[marked] === undefined ? undefined : `copy-${details[marked].row.id}`}
            tabIndex={0}
            onKeyDown={onKeyDown}
          >
            {details.map((detail, index) => (
              <Copy
                key={detail.row.id}
                detail={detail}
                number={index + 1}
                isMarked={index === marked}
                onMark={() => choose(index)}
                onInspect={() => onInspect(detail.row.id)}
              />
            ))}
          </div>
        </>
      )}
    </>
  );
}

interface CopyProps {
  readonly detail: ImageDetail;
  readonly number: number;
  readonly isMarked: boolean;
  readonly onMark: () => void;
  readonly onInspect: () => void;
}

function Copy({ detail: { row, patient, cohorts }, number, isMarked, onMark, onInspect }: CopyProps) {
  const thumbnailUrl = useThumbnailUrl();
  return (
    <div
      id={`copy-${row.id}`}
      role="option"
      tabIndex={-1}
      aria-selected={isMarked}
      className={classNames(styles.copy, isMarked && styles.marked)}
      onClick={onMark}
      onDoubleClick={onInspect}
      onKeyDown={() => {}}
    >
      <div className={styles.picture}>
        <img src={thumbnailUrl(row.id, 512)} alt="" draggable={false} />
        <span className={styles.number}>{number}</span>
        {isMarked ? <span className={styles.keep}>keep</span> : null}
      </div>
      <p className={styles.name} title={row.name}>
        {row.name}
      </p>
      <p className={styles.facts}>
        {row.width} × {row.height}
        {row.kind === null ? '' : `, ${row.kind}`}
        {row.state === 'present' ? '' : `, ${fileStateText(row.state)}`}
        {row.verdict === null ? null : (
          <>
            {' '}
            <VerdictMark verdict={row.verdict} />
          </>
        )}
      </p>
      <p className={styles.facts}>
        {patient === null ? 'patient not known' : `patient ${patient}`}
        {cohorts.length === 0 ? '' : `; ${cohorts.map(({ name }) => name).join(', ')}`}
      </p>
    </div>
  );
}

interface Actions {
  readonly keep: () => void;
  readonly next: () => void;
  readonly previous: () => void;
  readonly undo: () => void;
}

function useKeys(actions: Actions): void {
  const now = useRef(actions);
  now.current = actions;
  const combos = useMemo(() => {
    const common = { global: true, group: 'Duplicates', preventDefault: true } as const;
    return [
      {
        ...common,
        combo: 'k',
        label: 'Keep the marked image, reject the others, next group',
        onKeyDown: () => now.current.keep(),
      },
      { ...common, combo: 'n', label: 'Next group, without deciding', onKeyDown: () => now.current.next() },
      { ...common, combo: 'p', label: 'Previous group', onKeyDown: () => now.current.previous() },
      { ...common, combo: 'mod+z', label: 'Undo', onKeyDown: () => now.current.undo() },
    ];
  }, []);
  useHotkeys(combos);
}
