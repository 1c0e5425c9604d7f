// Histograms, ROC and review curve of cohorts under one threshold that is dragged, and what is done with the images beyond it.
import { Button, ButtonGroup, SegmentedControl } from '@blueprintjs/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import type { Response } from '../../src-preload/contract.ts';
import type { Filter, ScoreName } from '../../src-preload/schemas/image.ts';
import { asked, useHost } from '../host/use-host.ts';
import { useJobDialogs } from '../jobs/job-dialogs.tsx';
import { ProblemNote } from '../problem.tsx';
import { countOf, useReview } from '../review.tsx';
import { scoreText } from '../triage/score-names.ts';
import { useTriage } from '../triage/triage-state.tsx';
import { Chart } from './chart.tsx';
import { cohortColour, histogramChart, reviewChart, rocChart } from './charts.ts';
import { justBelow } from './just-below.ts';

const bins = 60;
const sliderSteps = 500;

/** Exactly the limits at both ends, so that nothing is lost to rounding there. */
const placeBetween = (low: number, high: number, step: number): number =>
  step >= sliderSteps ? high : low + ((high - low) * step) / sliderSteps;

/** The lowest threshold that calls no more than a twentieth of the normals anomalous. */
function usualThreshold(roc: Response<'statistics.roc'> | undefined): number | undefined {
  if (roc === undefined) return undefined;
  const found = roc.threshold[roc.falsePositiveRate.findLastIndex((rate) => rate <= 0.05)];
  return found === undefined || !Number.isFinite(found) ? undefined : found;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

type Side = 'above' | 'below';
const sides: { readonly [S in Side]: string } = { above: 'at or above', below: 'below' };

interface Named {
  readonly id: number;
  readonly name: string;
}

interface ComparisonProps {
  readonly score: ScoreName;
  readonly normal: Named;
  readonly anomalous: readonly Named[];
  readonly onTriage: () => void;
}

export function Comparison({ score, normal, anomalous, onTriage }: ComparisonProps) {
  const shown = [normal, ...anomalous];
  const cohorts = shown.map(({ id }) => id);
  const host = useHost();
  // What was there stays until the new answer comes: nothing flickers while cohorts are chosen.
  const kept = { placeholderData: keepPreviousData } as const;
  const histogram = useQuery({ ...asked(host, 'statistics.histogram', { score, cohorts, bins }), ...kept });
  const apart = { score, normal: normal.id, anomalous: anomalous.map(({ id }) => id) };
  const roc = useQuery({ ...asked(host, 'statistics.roc', apart), ...kept });
  const review = useQuery({ ...asked(host, 'statistics.review', apart), ...kept });
  const edges = histogram.data?.edges;
  const [low, high] = [edges?.[0] ?? 0, edges?.at(-1) ?? 1];
  const [set, setThreshold] = useState<number>();
  const threshold = set ?? usualThreshold(roc.data) ?? (low + high) / 2;
  const late = useDeferredValue(threshold);
  const above = useQuery({ ...asked(host, 'statistics.above', { score, cohorts, threshold: late }), ...kept });
  const counts = above.data?.counts ?? [];
  const names = shown.map(({ name }) => name);
  const legend = names.join('\n');
  const charts = {
    histogram: useMemo(
      () => (histogram.data === undefined ? null : histogramChart(histogram.data, legend.split('\n'))),
      [histogram.data, legend],
    ),
    roc: useMemo(() => (roc.data === undefined ? null : rocChart(roc.data)), [roc.data]),
    review: useMemo(() => (review.data === undefined ? null : reviewChart(review.data)), [review.data]),
  };
  const area = roc.data?.auroc;
  // ROC and review curve have a point for every score that occurs, in the same order.
  const point = roc.data === undefined ? -1 : roc.data.threshold.findLastIndex((value) => value >= late);
  const rates = { false: roc.data?.falsePositiveRate[point], true: roc.data?.truePositiveRate[point] };
  const looks = { looked: review.data?.looked[point], found: review.data?.found[point] };
  return (
    <div className="comparison">
      <section className="wide" aria-label="Histogram and threshold">
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
          <ul className="counts" aria-label="At or above the threshold">
            {counts.map((count, index) => (
              <li key={count.cohort} style={{ color: cohortColour(index) }}>
                {shown.find(({ id }) => id === count.cohort)?.name}: {count.above} of {count.total} (
                {count.total > 0 ? Math.round((count.above / count.total) * 100) : 0} %)
              </li>
            ))}
          </ul>
          <Beyond score={score} threshold={late} moving={late !== threshold} onTriage={onTriage} />
        </div>
      </section>
      <section aria-label="ROC">
        <h2>
          ROC
          {area === undefined
            ? ''
            : `: area ${area.value.toFixed(3)} (95 % ${area.lower.toFixed(3)} to ${area.upper.toFixed(3)})`}
        </h2>
        <p className="quiet">
          {rates.true === undefined || rates.false === undefined
            ? ''
            : `at the threshold: sensitivity ${percent(rates.true)}, specificity ${percent(1 - rates.false)}`}
        </p>
        <ProblemNote error={roc.error} />
        {charts.roc === null ? null : <Chart chart={charts.roc} label="ROC curve" marker={rates.false} />}
      </section>
      <section aria-label="Review curve">
        <h2>Anomalies found by looking at the highest scores first</h2>
        <p className="quiet">
          {looks.looked === undefined
            ? ''
            : `at the threshold: ${looks.looked.toLocaleString('en')} of ${countOf(review.data?.looked.at(-1) ?? 0)} looked at, ${looks.found?.toLocaleString('en')} of ${review.data?.found.at(-1)?.toLocaleString('en')} anomalies found`}
        </p>
        <ProblemNote error={review.error} />
        {charts.review === null ? null : <Chart chart={charts.review} label="Review curve" marker={looks.looked} />}
      </section>
    </div>
  );
}

interface BeyondProps {
  readonly score: ScoreName;
  readonly threshold: number;
  /** The threshold is about to be another one. */
  readonly moving: boolean;
  readonly onTriage: () => void;
}

/** The images of the whole archive on one side of the threshold: how many, and what is done with them. */
function Beyond({ score, threshold, moving, onTriage }: BeyondProps) {
  const host = useHost();
  const open = useJobDialogs();
  const { setFilter } = useTriage();
  const { say } = useReview();
  const [side, setSide] = useState<Side>('above');
  const bounds = side === 'above' ? { from: threshold } : { to: justBelow(threshold) };
  const filter: Filter = { score: { name: score, ...bounds } };
  const count = useQuery({ ...asked(host, 'images.count', { filter }), placeholderData: keepPreviousData });
  const name = `${score.score} ${sides[side]} ${scoreText(threshold)}`;
  const images = count.data?.images ?? 0;
  // Nothing is done with images that are not those counted here.
  const counted = images > 0 && !moving && !count.isPlaceholderData;
  const makeCohort = () =>
    host.call('cohorts.create', { name, images: { filter } }).then(
      (made) => say(`Cohort "${name}": ${countOf(made.images)}`, 'success'),
      (error: Error) => say(error.message, 'danger'),
    );
  return (
    <div className="beyond">
      <SegmentedControl
        size="small"
        aria-label="Side of the threshold"
        value={side}
        onValueChange={(value) => setSide(value as Side)}
        options={(Object.keys(sides) as Side[]).map((value) => ({ label: sides[value], value }))}
      />
      <span className="beyond-count" role="status">
        {countOf(images)} of the archive
      </span>
      <ButtonGroup>
        <Button size="small" text="Make this a cohort" disabled={!counted} onClick={makeCohort} />
        <Button
          size="small"
          text="Export this"
          disabled={!counted}
          onClick={() => open('export', { label: `${name}: ${countOf(images)}`, selection: { filter } })}
        />
        <Button
          size="small"
          text="List in Triage"
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
