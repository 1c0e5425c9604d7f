// What two cohorts have in common that makes a test too easy, each with its remedy: take the images out of one of them.
import { Button, HTMLSelect, HTMLTable } from '@blueprintjs/core';
import { ComparisonIcon } from '@blueprintjs/icons';
import { useState } from 'react';
import type { Response } from '../../src-preload/contract.ts';
import { classNames } from '../class-names.ts';
import { EmptyState } from '../empty-state.tsx';
import { useAnswer, useHost } from '../host/use-host.ts';
import { useJobDialogs } from '../jobs/use-job-dialogs.ts';
import { ProblemNote } from '../problem.tsx';
import { countOf, useReview } from '../review.tsx';
import { ToolBar } from '../tool-bar.tsx';
import { useThumbnailUrl } from '../triage/thumbnail-url.ts';
import styles from './leaks-panel.module.css';

type Leak = Response<'cohorts.leaks'>['leaks'][number];
type Cohort = Response<'cohorts.list'>['cohorts'][number];

const kinds: Readonly<Record<Leak['kind'], string>> = {
  image: 'the same image',
  patient: 'the same patient',
  pixels: 'equal pixels',
  'near-duplicate': 'nearly equal',
};

/** Lines of the table; all of them are taken out together by the buttons above. */
const mostLines = 200;

export function LeaksPanel({ onInspect }: { readonly onInspect: (image: number) => void }) {
  const open = useJobDialogs();
  const { data } = useAnswer('cohorts.list', {});
  const cohorts = data?.cohorts ?? [];
  const [given, setGiven] = useState<{ readonly first?: number; readonly second?: number }>({});
  const first = cohorts.find(({ id }) => id === given.first) ?? cohorts[0];
  const second = cohorts.find(({ id }) => id === given.second) ?? cohorts.find(({ id }) => id !== first?.id);
  if (data !== undefined && (first === undefined || second === undefined)) {
    return (
      <EmptyState
        icon={ComparisonIcon}
        title="Leaks are between two cohorts"
        description="Split the images into a training and a test cohort, patient by patient, or make cohorts in Triage."
        action={<Button text="Split…" onClick={() => open('split')} />}
      />
    );
  }
  if (first === undefined || second === undefined) return null;
  const choice = (label: string, value: Cohort, onChange: (id: number) => void) => (
    <HTMLSelect
      aria-label={label}
      value={value.id}
      options={cohorts.map(({ id, name, images }) => ({
        label: `${name} (${images.toLocaleString('en')})`,
        value: id,
      }))}
      onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}
    />
  );
  return (
    <>
      <ToolBar label="Cohorts" wraps>
        {choice('First cohort', first, (id) => setGiven({ ...given, first: id }))}
        <span>and</span>
        {choice('Second cohort', second, (id) => setGiven({ ...given, second: id }))}
        <Button
          className={classNames(styles.split)}
          text="Split…"
          title="Split images by patient"
          onClick={() => open('split')}
        />
      </ToolBar>
      {first.id === second.id ? (
        <p className={styles.note}>Choose two different cohorts.</p>
      ) : (
        <Leaks key={`${first.id} ${second.id}`} first={first} second={second} onInspect={onInspect} />
      )}
    </>
  );
}

interface LeaksProps {
  readonly first: Cohort;
  readonly second: Cohort;
  readonly onInspect: (image: number) => void;
}

function Leaks({ first, second, onInspect }: LeaksProps) {
  const host = useHost();
  const { demandReviewer, notify } = useReview();
  const found = useAnswer('cohorts.leaks', { first: first.id, second: second.id, distance: 2 });
  const leaks = found.data?.leaks ?? [];
  const takeOut = (from: Cohort, images: readonly number[]) => {
    const actor = demandReviewer();
    if (actor === null) return;
    host.call('cohorts.withdraw', { id: from.id, images: Uint32Array.from(images), actor }).then(
      ({ images }) => notify(`${countOf(images)} taken out of ${from.name}`, 'success'),
      (error: Error) => notify(error.message, 'danger'),
    );
  };
  const all = (side: 'first' | 'second') => [...new Set(leaks.flatMap((leak) => leak[side]))];
  if (found.data === undefined) {
    return found.error === null ? (
      <p className={styles.note}>comparing the cohorts</p>
    ) : (
      <ProblemNote error={found.error} />
    );
  }
  const unknown =
    found.data.unknown === 0
      ? ''
      : ` The patients of ${found.data.unknown.toLocaleString('en')} of ${countOf(found.data.images)} are not known: whether these are of the same people is not known either.`;
  return (
    <div className={styles.leaks}>
      <p className={styles.note} role="status">
        {leaks.length === 0 ? 'Nothing in common.' : `${leaks.length.toLocaleString('en')} things in common.`}
        {unknown}
      </p>
      {leaks.length === 0 ? null : (
        <>
          <div className={styles.remedies}>
            {(
              [
                [first, 'first'],
                [second, 'second'],
              ] as const
            ).map(([cohort, side]) => (
              <Button
                key={side}
                intent="primary"
                text={`Take all ${countOf(all(side).length)} out of ${cohort.name}`}
                onClick={() => takeOut(cohort, all(side))}
              />
            ))}
          </div>
          <div className={styles.lines}>
            <HTMLTable compact className={classNames(styles.table)} aria-label="Leaks">
              <thead>
                <tr>
                  <th scope="col">in common</th>
                  <th scope="col">in {first.name}</th>
                  <th scope="col">in {second.name}</th>
                  <th scope="col">remedy</th>
                </tr>
              </thead>
              <tbody>
                {leaks.slice(0, mostLines).map((leak) => (
                  <tr key={`${leak.kind} ${leak.first[0]} ${leak.second[0]}`}>
                    <th scope="row">{kinds[leak.kind]}</th>
                    <td>
                      <Pictures images={leak.first} onInspect={onInspect} />
                    </td>
                    <td>
                      <Pictures images={leak.second} onInspect={onInspect} />
                    </td>
                    <td className={styles.actions}>
                      <Button size="small" text={`Out of ${first.name}`} onClick={() => takeOut(first, leak.first)} />
                      <Button
                        size="small"
                        text={`Out of ${second.name}`}
                        onClick={() => takeOut(second, leak.second)}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </HTMLTable>
            {leaks.length > mostLines ? (
              <p className={styles.note}>and {(leaks.length - mostLines).toLocaleString('en')} more</p>
            ) : null}
          </div>
        </>
      )}
    </div>
  );
}

const mostPictures = 4;

function Pictures({
  images,
  onInspect,
}: {
  readonly images: readonly number[];
  readonly onInspect: (image: number) => void;
}) {
  const thumbnailUrl = useThumbnailUrl();
  return (
    <span className={styles.pictures}>
      {images.slice(0, mostPictures).map((image) => (
        <button key={image} type="button" title={`Inspect image ${image}`} onClick={() => onInspect(image)}>
          <img src={thumbnailUrl(image, 96)} alt={`number ${image}`} loading="lazy" />
        </button>
      ))}
      {images.length > mostPictures ? <span>and {images.length - mostPictures} more</span> : null}
    </span>
  );
}
