// Threshold: how well a score separates cohorts, and what a threshold on it would keep.
import { Button, HTMLSelect } from '@blueprintjs/core';
import { TimelineBarChartIcon } from '@blueprintjs/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Response } from '../../src-preload/contract.ts';
import type { ScoreName } from '../../src-preload/schemas/image.ts';
import { EmptyState } from '../empty-state.tsx';
import { useLayout } from '../host/layout.tsx';
import { methodQuery, useAnswer, useHost } from '../host/use-host.ts';
import { asText } from '../theme.tsx';
import { ToolBar } from '../tool-bar.tsx';
import { sameScore, scoreLabel, scoreMeaning } from '../triage/score-names.ts';
import { useTriage } from '../triage/triage-state.tsx';
import { cohortColour } from './charts.ts';
import { Comparison } from './comparison.tsx';
import styles from './threshold-view.module.css';

type Cohort = Response<'cohorts.list'>['cohorts'][number];

/** The most cohorts that a request compares. */
const mostCohorts = 20;

export function ThresholdView({ onTriage }: { readonly onTriage: () => void }) {
  const { scoreNames, scoreFacts, score: preferred } = useTriage();
  const [selected, setSelected] = useState<ScoreName>();
  const score = selected ?? preferred;
  const cohorts = useScoredCohorts(score);
  const [kept, keep] = useLayout<{ readonly normal: number; readonly anomalous: readonly number[] }>('cohorts apart', {
    normal: 0,
    anomalous: [],
  });
  if (cohorts === undefined) return null;
  const { normal, anomalous } = pairOf(cohorts, kept);
  if (score === undefined || normal === undefined || anomalous.length === 0) {
    return (
      <EmptyState
        icon={TimelineBarChartIcon}
        title={score === undefined ? 'No run has scores yet' : 'Nothing to compare yet'}
        description={
          score === undefined
            ? 'Score the archive first: Jobs, Score.'
            : `Create two cohorts of images with the score ${scoreLabel(score)}, one of normals and one of anomalies: filter the archive by kind in Triage and save the current list as a cohort.`
        }
        {...(score === undefined ? {} : { action: <Button text="Go to Triage" onClick={onTriage} /> })}
      />
    );
  }
  const toggle = (id: number) => {
    const ids = anomalous.map((cohort) => cohort.id);
    const next = ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id].slice(0, mostCohorts - 1);
    if (next.length > 0) keep({ normal: normal.id, anomalous: next });
  };
  return (
    <div className={styles.threshold}>
      <ToolBar label="Comparison">
        <span id="threshold-score">Score</span>
        <HTMLSelect
          aria-labelledby="threshold-score"
          title={scoreMeaning(scoreFacts, score)}
          value={scoreNames.findIndex((each) => sameScore(each, score))}
          options={scoreNames.map((each, index) => ({ value: index, label: scoreLabel(each) }))}
          onChange={({ currentTarget }) => setSelected(scoreNames[Number(currentTarget.value)])}
        />
        <span id="cohort-normal" style={{ color: asText(cohortColour(0)) }}>
          Normal
        </span>
        <HTMLSelect
          aria-labelledby="cohort-normal"
          value={normal.id}
          options={cohorts.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={({ currentTarget }) => keep({ ...kept, normal: Number(currentTarget.value) })}
        />
        <span>Anomalous</span>
        <div className={styles.cohorts} role="group" aria-label="Anomalous cohorts">
          {cohorts
            .filter(({ id }) => id !== normal.id)
            .map(({ id, name }) => {
              const place = anomalous.findIndex((cohort) => cohort.id === id);
              return (
                <Button
                  key={id}
                  size="small"
                  variant="outlined"
                  aria-pressed={place >= 0}
                  active={place >= 0}
                  {...(place >= 0 ? { style: { color: asText(cohortColour(place + 1)) } } : {})}
                  text={name}
                  onClick={() => toggle(id)}
                />
              );
            })}
        </div>
      </ToolBar>
      <Comparison
        key={`${scoreLabel(score)} ${normal.id}`}
        score={score}
        normal={normal}
        anomalous={anomalous}
        onTriage={onTriage}
      />
    </div>
  );
}

/** Cohorts with images that have the score; undefined until known. */
function useScoredCohorts(score: ScoreName | undefined): readonly Cohort[] | undefined {
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts;
  const ids = (cohorts ?? []).slice(0, mostCohorts).map(({ id }) => id);
  const asks = score !== undefined && ids.length > 0;
  const request = { score: score ?? { run: 1, score: 'none' }, cohorts: ids, threshold: -Number.MAX_VALUE };
  const counts = useQuery({
    ...methodQuery(useHost(), 'statistics.above', request),
    enabled: asks,
    // A cohort that is created meanwhile removes neither the charts nor the dragged threshold.
    placeholderData: keepPreviousData,
  });
  if (cohorts === undefined || (asks && counts.data === undefined && counts.error === null)) return undefined;
  const scored = new Set((counts.data?.counts ?? []).filter(({ total }) => total > 0).map(({ cohort }) => cohort));
  return cohorts.filter(({ id }) => scored.has(id));
}

/** As kept where these cohorts still have scores; else normals by their name against the smallest others: large ones hold normals too. */
function pairOf(
  cohorts: readonly Cohort[],
  kept: { readonly normal: number; readonly anomalous: readonly number[] },
): { readonly normal: Cohort | undefined; readonly anomalous: readonly Cohort[] } {
  const normal =
    cohorts.find(({ id }) => id === kept.normal) ??
    cohorts.find(({ name }) => /^normals?$/i.test(name)) ??
    cohorts.find(({ name }) => /normal/i.test(name) && !/abnormal/i.test(name)) ??
    cohorts[0];
  const others = cohorts.filter((cohort) => cohort !== normal);
  const selected = others.filter(({ id }) => kept.anomalous.includes(id));
  if (selected.length > 0) return { normal, anomalous: selected };
  const named = others.filter(({ name }) => /anomal|abnormal/i.test(name));
  const small = others.toSorted((a, b) => a.images - b.images || a.id - b.id).slice(0, 4);
  return { normal, anomalous: named.length > 0 ? named : small };
}
