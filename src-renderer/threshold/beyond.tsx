// The images of the whole archive on one side of the threshold: how many, and actions on them.
import { Button, ButtonGroup, SegmentedControl } from '@blueprintjs/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Filter, ScoreName } from '../../src-preload/schemas/image.ts';
import { methodQuery, useHost } from '../host/use-host.ts';
import { useJobDialogs } from '../jobs/use-job-dialogs.ts';
import { countOf, useReview } from '../review.tsx';
import { scoreText } from '../triage/score-names.ts';
import { useTriage } from '../triage/triage-state.tsx';
import styles from './beyond.module.css';
import { justBelow } from './just-below.ts';

type Side = 'above' | 'below';
const sides: { readonly [S in Side]: string } = { above: 'at or above', below: 'below' };

interface BeyondProps {
  readonly score: ScoreName;
  readonly threshold: number;
  /** The threshold is being moved. */
  readonly moving: boolean;
  readonly onTriage: () => void;
}

export function Beyond({ score, threshold, moving, onTriage }: BeyondProps) {
  const host = useHost();
  const open = useJobDialogs();
  const { setFilter } = useTriage();
  const { notify } = useReview();
  const [side, setSide] = useState<Side>('above');
  const bounds = side === 'above' ? { from: threshold } : { to: justBelow(threshold) };
  const filter: Filter = { score: { name: score, ...bounds } };
  const count = useQuery({ ...methodQuery(host, 'images.count', { filter }), placeholderData: keepPreviousData });
  const name = `${score.score} ${sides[side]} ${scoreText(threshold)}`;
  const images = count.data?.images ?? 0;
  // Actions apply only to images that have been counted.
  const counted = images > 0 && !moving && !count.isPlaceholderData;
  const makeCohort = () =>
    host.call('cohorts.create', { name, images: { filter } }).then(
      (made) => notify(`Cohort "${name}": ${countOf(made.images)}`, 'success'),
      (error: Error) => notify(error.message, 'danger'),
    );
  return (
    <div className={styles.beyond}>
      <SegmentedControl
        size="small"
        aria-label="Side of the threshold"
        value={side}
        onValueChange={(value) => setSide(value as Side)}
        options={(Object.keys(sides) as Side[]).map((value) => ({ label: sides[value], value }))}
      />
      <span className={styles.count} role="status" aria-label="Images beyond the threshold">
        {countOf(images)} of the archive
      </span>
      <ButtonGroup>
        <Button size="small" text="Create cohort" disabled={!counted} onClick={makeCohort} />
        <Button
          size="small"
          text="Export these"
          disabled={!counted}
          onClick={() => open('export', { label: `${name}: ${countOf(images)}`, selection: { filter } })}
        />
        <Button
          size="small"
          text="Show in Triage"
          disabled={!counted}
          onClick={() => {
            setFilter(filter);
            onTriage();
          }}
        />
      </ButtonGroup>
    </div>
  );
}
