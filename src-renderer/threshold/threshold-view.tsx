// Threshold: how well a score tells cohorts apart, and what a limit on it would keep.
import { Button, HTMLSelect, InputGroup, NonIdealState } from '@blueprintjs/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import type { ScoreName } from '../../src-preload/schemas/image.ts';
import { useLayout } from '../host/layout.tsx';
import { asked, useAnswer, useHost } from '../host/use-host.ts';
import { ProblemNote } from '../problem.tsx';
import { countOf, useReview } from '../review.tsx';
import { scoreLabel, scoreText } from '../triage/score-names.ts';
import { useTriage } from '../triage/triage-state.tsx';
import { Chart } from './chart.tsx';
import { histogramChart, reviewChart, rocChart } from './charts.ts';

const bins = 60;
const sliderSteps = 500;

/** Exactly the limits at both ends, so that nothing is lost to rounding there. */
const placeBetween = (low: number, high: number, step: number): number =>
  step >= sliderSteps ? high : low + ((high - low) * step) / sliderSteps;

export function ThresholdView() {
  const { scoreNames, score: preferred, setFilter } = useTriage();
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const [chosen, setChosen] = useState<ScoreName>();
  const [pair, setPair] = useLayout<{ readonly normal: number; readonly anomalous: number }>('cohorts compared', {
    normal: 0,
    anomalous: 0,
  });
  const score = chosen ?? preferred;
  const known = (id: number) => cohorts.some((cohort) => cohort.id === id);
  const normal = known(pair.normal)
    ? pair.normal
    : (cohorts.find(({ name }) => /normal/i.test(name)) ?? cohorts[0])?.id;
  const others = cohorts.filter(({ id }) => id !== normal);
  const usual = others.find(({ name }) => /anomal|abnormal/i.test(name)) ?? others[0];
  const anomalous = known(pair.anomalous) ? pair.anomalous : usual?.id;
  if (score === undefined || normal === undefined || anomalous === undefined) {
    return (
      <NonIdealState
        icon="timeline-bar-chart"
        title={score === undefined ? 'No run has scores yet' : 'Two cohorts are compared here'}
        description={
          score === undefined
            ? 'Reconstruct and score the archive first: residua run FOLDER --network FILE.'
            : 'Make a cohort of normals and one of anomalies: filter the archive by kind in Triage.'
        }
        action={<CohortMaker />}
      />
    );
  }
  const nameOf = (id: number) => cohorts.find((cohort) => cohort.id === id)?.name ?? '';
  const options = cohorts.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <div className="threshold">
      <div className="tool-bar">
        <span id="threshold-score">Score</span>
        <HTMLSelect
          aria-labelledby="threshold-score"
          value={scoreNames.findIndex((each) => scoreLabel(each) === scoreLabel(score))}
          options={scoreNames.map((each, index) => ({ value: index, label: scoreLabel(each) }))}
          onChange={({ currentTarget }) => setChosen(scoreNames[Number(currentTarget.value)])}
        />
        {(['normal', 'anomalous'] as const).map((role) => (
          <span key={role} className="role">
            <span id={`cohort-${role}`}>{role === 'normal' ? 'Normal' : 'Anomalous'}</span>
            <HTMLSelect
              aria-labelledby={`cohort-${role}`}
              value={role === 'normal' ? normal : anomalous}
              options={options}
              onChange={({ currentTarget }) => setPair({ normal, anomalous, [role]: Number(currentTarget.value) })}
            />
          </span>
        ))}
        <CohortMaker />
      </div>
      <Comparison
        key={`${scoreLabel(score)} ${normal} ${anomalous}`}
        score={score}
        normal={{ id: normal, name: nameOf(normal) }}
        anomalous={{ id: anomalous, name: nameOf(anomalous) }}
        onList={(from) => setFilter({ score: { name: score, from } })}
      />
    </div>
  );
}

interface ComparisonProps {
  readonly score: ScoreName;
  readonly normal: { readonly id: number; readonly name: string };
  readonly anomalous: { readonly id: number; readonly name: string };
  readonly onList: (from: number) => void;
}

function Comparison({ score, normal, anomalous, onList }: ComparisonProps) {
  const host = useHost();
  const { say } = useReview();
  const cohorts = [normal.id, anomalous.id];
  const histogram = useAnswer('statistics.histogram', { score, cohorts, bins });
  const curves = { score, normal: normal.id, anomalous: anomalous.id };
  const roc = useAnswer('statistics.roc', curves);
  const review = useAnswer('statistics.review', curves);
  const edges = histogram.data?.edges;
  const [low, high] = [edges?.[0] ?? 0, edges?.at(-1) ?? 1];
  const [set, setThreshold] = useState<number>();
  const threshold = set ?? (low + high) / 2;
  const above = useQuery({
    ...asked(host, 'statistics.above', { score, cohorts, threshold: useDeferredValue(threshold) }),
    placeholderData: keepPreviousData,
  });
  const counts = above.data?.counts ?? [];
  const rates = counts.map((count) => (count.total > 0 ? count.above / count.total : 0));
  const area = roc.data?.auroc;
  const charts = {
    histogram: useMemo(
      () => (histogram.data === undefined ? null : histogramChart(histogram.data, [normal.name, anomalous.name])),
      [histogram.data, normal.name, anomalous.name],
    ),
    roc: useMemo(() => (roc.data === undefined ? null : rocChart(roc.data)), [roc.data]),
    review: useMemo(() => (review.data === undefined ? null : reviewChart(review.data)), [review.data]),
  };
  const makeCohort = () => {
    const name = `${score.score} at least ${scoreText(threshold)}`;
    host.call('cohorts.create', { name, images: { filter: { score: { name: score, from: threshold } } } }).then(
      ({ images }) => say(`Cohort "${name}": ${countOf(images)}`, 'success'),
      (error: Error) => say(error.message, 'danger'),
    );
  };
  return (
    <div className="comparison">
      <section className="wide" aria-label="Histogram and threshold">
        <h2>Scores of both cohorts</h2>
        <ProblemNote error={histogram.error} />
        {charts.histogram === null ? null : (
          <Chart
            chart={charts.histogram}
            label={`Histogram of ${score.score}`}
            marker={threshold}
            onMarker={setThreshold}
          />
        )}
        <div className="threshold-bar">
          <label className="threshold-slider">
            Threshold
            <input
              type="range"
              min={0}
              max={sliderSteps}
              value={high > low ? ((threshold - low) / (high - low)) * sliderSteps : 0}
              aria-valuetext={scoreText(threshold)}
              onChange={({ currentTarget }) => setThreshold(placeBetween(low, high, Number(currentTarget.value)))}
            />
          </label>
          <output>{scoreText(threshold)}</output>
          {counts.map((count, index) => (
            <span key={count.cohort} className={index === 0 ? 'normal' : 'anomalous'}>
              {index === 0 ? normal.name : anomalous.name}: {count.above} of {count.total} at or above (
              {Math.round(rates[index]! * 100)} %)
            </span>
          ))}
          <Button text="Make this a cohort" onClick={makeCohort} />
          <Button text="List these in Triage" onClick={() => onList(threshold)} />
        </div>
      </section>
      <section aria-label="ROC">
        <h2>
          ROC{' '}
          {area === undefined
            ? ''
            : `: area ${area.value.toFixed(3)} (95 % ${area.lower.toFixed(3)} to ${area.upper.toFixed(3)})`}
        </h2>
        <ProblemNote error={roc.error} />
        {charts.roc === null ? null : <Chart chart={charts.roc} label="ROC curve" marker={rates[0]} />}
      </section>
      <section aria-label="Review curve">
        <h2>Anomalies found by looking at the highest scores first</h2>
        <ProblemNote error={review.error} />
        {charts.review === null ? null : (
          <Chart
            chart={charts.review}
            label="Review curve"
            marker={counts.reduce((sum, count) => sum + count.above, 0)}
          />
        )}
      </section>
    </div>
  );
}

/** A cohort of what Triage lists now. */
function CohortMaker() {
  const host = useHost();
  const { filter } = useTriage();
  const { say } = useReview();
  const [name, setName] = useState('');
  return (
    <form
      className="cohort-maker"
      onSubmit={(event) => {
        event.preventDefault();
        host.call('cohorts.create', { name, images: { filter } }).then(
          ({ images }) => {
            say(`Cohort "${name}": ${countOf(images)}`, 'success');
            setName('');
          },
          (error: Error) => say(error.message, 'danger'),
        );
      }}
    >
      <InputGroup
        aria-label="Name of a cohort of what Triage lists now"
        placeholder="new cohort of what Triage lists"
        value={name}
        onValueChange={setName}
      />
      <Button type="submit" text="Make" disabled={name.trim() === ''} />
    </form>
  );
}
