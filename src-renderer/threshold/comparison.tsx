// Histograms, ROC and review curve of cohorts with one draggable threshold, and actions on the images beyond it.
import { meaningOf } from '../../src-preload/glossary.ts';
import { intervalText } from '../../src-preload/interval-text.ts';
import { ProblemNote } from '../problem.tsx';
import { countOf } from '../review.tsx';
import text from '../styles/text.module.css';
import { asText } from '../theme.tsx';
import { scoreText } from '../triage/score-names.ts';
import { Beyond } from './beyond.tsx';
import { Chart } from './chart.tsx';
import styles from './comparison.module.css';
import { type Compared, placeBetween, sliderSteps, useComparison } from './use-comparison.ts';

const percent = (share: number): string => `${Math.round(100 * share)} %`;

interface ComparisonProps extends Compared {
  readonly onTriage: () => void;
}

export function Comparison({ onTriage, ...compared }: ComparisonProps) {
  const { score } = compared;
  const { charts, histogram, roc, review, range, threshold, setThreshold, late, counts, area, rates, looks } =
    useComparison(compared);
  const [low, high] = range;
  return (
    <div className={styles.comparison}>
      <section className={styles.wide} aria-label="Histogram and threshold">
        <ProblemNote error={histogram.error} />
        {charts.histogram === null ? null : (
          <Chart
            className={styles.chart}
            chart={charts.histogram}
            label={`Histogram of ${score.score}`}
            marker={threshold}
            onMarker={setThreshold}
          />
        )}
        <div className={styles.bar}>
          <label className={styles.slider}>
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
          <ul className={styles.counts} aria-label="At or above the threshold">
            {counts.map(({ cohort, name, colour, above, total }) => (
              <li key={cohort} style={{ color: asText(colour) }}>
                {name}: {above} of {total} ({total > 0 ? Math.round((above / total) * 100) : 0} %)
              </li>
            ))}
          </ul>
          <Beyond score={score} threshold={late} moving={late !== threshold} onTriage={onTriage} />
        </div>
      </section>
      <section aria-label="ROC">
        <h2 title={meaningOf('ROC')}>
          ROC
          {area === undefined
            ? ''
            : `: area ${area.value.toFixed(3)} (${area.lower === null ? '' : '95 % '}${intervalText(area.lower, area.upper, ' to ', { digits: 3, none: 'no interval: one patient' })})`}
        </h2>
        <p className={text.quiet} title={`${meaningOf('sensitivity')} ${meaningOf('specificity')}`}>
          {rates.true === undefined || rates.false === undefined
            ? ''
            : `at the threshold: sensitivity ${percent(rates.true)}, specificity ${percent(1 - rates.false)}`}
        </p>
        {roc.data?.referenceNormals.map(({ run, cohort, used, judged }) => (
          <p key={run} role="note">
            {used} of these {judged} normal images are the reference normals of run {run} (cohort {cohort}): on other
            images the score may do worse.
          </p>
        ))}
        {roc.data !== undefined && roc.data.shared > 0 ? (
          <p role="note">
            {roc.data.shared === 1 ? '1 image is' : `${countOf(roc.data.shared)} are`} in both the normal and the
            compared cohorts: counted as normal here, and in each cohort above.
          </p>
        ) : null}
        <ProblemNote error={roc.error} />
        {charts.roc === null ? null : (
          <Chart className={styles.chart} chart={charts.roc} label="ROC curve" marker={rates.false} />
        )}
      </section>
      <section aria-label="Review curve">
        <h2 title={meaningOf('review curve')}>Anomalies found when reviewing the highest scores first</h2>
        <p className={text.quiet}>
          {looks.looked === undefined
            ? ''
            : `at the threshold: ${looks.looked.toLocaleString('en')} of ${countOf(review.data?.looked.at(-1) ?? 0)} reviewed, ${looks.found?.toLocaleString('en')} of ${review.data?.found.at(-1)?.toLocaleString('en')} anomalies found`}
        </p>
        <ProblemNote error={review.error} />
        {charts.review === null ? null : (
          <Chart className={styles.chart} chart={charts.review} label="Review curve" marker={looks.looked} />
        )}
      </section>
    </div>
  );
}
