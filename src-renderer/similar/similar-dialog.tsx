// The images that are most like one: looked at together, decided about together, or listed in Triage.
import { Button, Dialog, DialogBody, DialogFooter, HTMLSelect } from '@blueprintjs/core';
import { HeatmapIcon } from '@blueprintjs/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { createElement, type KeyboardEvent, useState } from 'react';
import type { Decision } from '../../src-preload/schemas/image.ts';
import { classNames } from '../class-names.ts';
import { EmptyState } from '../empty-state.tsx';
import { methodQuery, useAnswer, useHost } from '../host/use-host.ts';
import { ProblemNote } from '../problem.tsx';
import { countOf, useReview } from '../review.tsx';
import text from '../styles/text.module.css';
import { scoreText } from '../triage/score-names.ts';
import { useThumbnailUrl } from '../triage/thumbnail-url.ts';
import { useTriage } from '../triage/triage-state.tsx';
import { VerdictMark, verdictIcons } from '../triage/verdict-mark.tsx';
import styles from './similar-dialog.module.css';

const counts = [12, 24, 48, 96, 200] as const;
const decisions: readonly { readonly decision: Decision; readonly key: string; readonly label: string }[] = [
  { decision: 'keep', key: 'k', label: 'Keep all' },
  { decision: 'reject', key: 'r', label: 'Reject all' },
  { decision: 'unsure', key: 'u', label: 'Unsure' },
];

interface SimilarProps {
  readonly image: number;
  readonly onInspect: (image: number) => void;
  readonly onTriage: () => void;
  readonly onMap: () => void;
  readonly onClose: () => void;
}

export function SimilarDialog({ image, onInspect, onTriage, onMap, onClose }: SimilarProps) {
  const host = useHost();
  const { decide } = useReview();
  const { usualFilter, setFilter } = useTriage();
  const [count, setCount] = useState<number>(24);
  const [cohort, setCohort] = useState<number>();
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const detail = useAnswer('images.detail', { id: image });
  const asked = { id: image, count, ...(cohort === undefined ? {} : { filter: { cohort } }) };
  const found = useQuery({ ...methodQuery(host, 'map.similar', asked), placeholderData: keepPreviousData });
  const similar = found.data?.similar;
  const included = (similar ?? []).filter(({ id }) => !left.has(id)).map(({ id }) => id);
  const toggle = (id: number) => {
    const next = new Set(left);
    if (!next.delete(id)) next.add(id);
    setLeft(next);
  };
  const apply = (decision: Decision) => {
    if (included.length === 0 || !decide(Uint32Array.from(included), decision, null)) return;
    onClose();
  };
  // Keys of the view behind the dialog are not for the images in it.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' || event.key === 'Tab') return;
    event.stopPropagation();
    const isChoosing = event.target instanceof HTMLSelectElement;
    const meant = decisions.find(({ key }) => key === event.key.toLowerCase());
    if (meant === undefined || isChoosing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    apply(meant.decision);
  };
  return (
    <Dialog
      isOpen
      className={classNames(styles.dialog)}
      title={`Images like ${detail.data?.row.name ?? `image ${image}`}`}
      onClose={onClose}
      transitionDuration={0}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only keeps keys from the view behind. */}
      <div onKeyDown={onKeyDown}>
        <DialogBody>
          <ProblemNote error={found.error} />
          {similar === null ? (
            <EmptyState
              icon={HeatmapIcon}
              title="Nothing to compare with yet"
              description="Similar images are found by the features of the map. Make it first; images scored since are found too."
              action={<Button text="Open the map" onClick={onMap} />}
            />
          ) : (
            <>
              <div className={styles.choices}>
                <HTMLSelect
                  aria-label="How many"
                  value={count}
                  options={counts.map((value) => ({ value, label: `${value} nearest` }))}
                  onChange={({ currentTarget }) => setCount(Number(currentTarget.value))}
                />
                <HTMLSelect
                  aria-label="Among"
                  value={cohort ?? ''}
                  onChange={({ currentTarget: { value } }) => setCohort(value === '' ? undefined : Number(value))}
                >
                  <option value="">of all images</option>
                  {cohorts.map(({ id, name }) => (
                    <option key={id} value={id}>
                      of cohort {name}
                    </option>
                  ))}
                </HTMLSelect>
                <span className={text.quiet} role="status">
                  {similar === undefined ? 'looking' : `${countOf(included.length)} included; click to leave one out`}
                </span>
              </div>
              <ul className={styles.grid} aria-label="Similar images">
                <SimilarTile id={image} distance={null} included />
                {similar?.map(({ id, distance }) => (
                  <SimilarTile
                    key={id}
                    id={id}
                    distance={distance}
                    included={!left.has(id)}
                    onToggle={() => toggle(id)}
                    onOpen={() => {
                      onClose();
                      onInspect(id);
                    }}
                  />
                ))}
              </ul>
            </>
          )}
        </DialogBody>
        {similar == null || similar.length === 0 ? null : (
          <DialogFooter
            className={classNames(styles.footer)}
            actions={decisions.map(({ decision, key, label }) => (
              <Button
                key={decision}
                icon={createElement(verdictIcons[decision])}
                text={label}
                title={`${label} (${key.toUpperCase()}): ${countOf(included.length)}, without the one they are like`}
                disabled={included.length === 0}
                onClick={() => apply(decision)}
              />
            ))}
          >
            <Button
              variant="minimal"
              text="List in Triage"
              disabled={cohort !== undefined}
              title={cohort === undefined ? 'These images as the list of Triage' : 'Only of all images'}
              onClick={() => {
                setFilter({ ...usualFilter, similar: { image, count } });
                onClose();
                onTriage();
              }}
            />
          </DialogFooter>
        )}
      </div>
    </Dialog>
  );
}

interface TileProps {
  readonly id: number;
  /** Null: the image that the others are like. */
  readonly distance: number | null;
  readonly included: boolean;
  readonly onToggle?: () => void;
  readonly onOpen?: () => void;
}

function SimilarTile({ id, distance, included, onToggle, onOpen }: TileProps) {
  const thumbnailUrl = useThumbnailUrl();
  const row = useAnswer('images.detail', { id }).data?.row;
  const caption = (
    <>
      <img src={thumbnailUrl(id, 128)} alt={row?.name ?? `image ${id}`} draggable={false} />
      <span className={styles.caption}>
        <span>{distance === null ? 'this image' : scoreText(distance)}</span>
        <span className={styles.kind}>{row?.kind}</span>
        {row?.verdict == null ? null : <VerdictMark verdict={row.verdict} />}
      </span>
    </>
  );
  return (
    <li
      className={classNames(styles.tile, !included && styles.left, distance === null && styles.own)}
      title={row?.name}
    >
      {onToggle === undefined ? (
        caption
      ) : (
        <button type="button" aria-pressed={included} onClick={onToggle} onDoubleClick={onOpen}>
          {caption}
        </button>
      )}
    </li>
  );
}
