// The report of a score over time: control chart, groups with their distributions and tests; one HTML file for the file.
import type { Alert, Drift, DriftGroup, DriftRequest, Quantiles } from '../../src-preload/schemas/drift.ts';
import { version } from '../platform/version.ts';
import { controlPlot, shiftPlot } from './drift-plots.ts';
import { pText } from './figures.ts';
import { escaped, htmlPage, htmlTable } from './html.ts';

/** HTML without scripts. It names scanners, stations and institutions as the files do, and no patient or image. */
export function driftReport(drift: Drift, request: DriftRequest, alerts: readonly Alert[]): string {
  const { score, by, time, period } = request;
  const { images, undated, baseline, chart, groups, others } = drift;
  const when = time === 'acquired' ? 'the day it was made' : 'the day it was imported';
  const sections = [
    `<h1>${escaped(score)} over time</h1>
<p class="remark">${images.toLocaleString('en')} images by ${when}${undated === 0 ? '' : `; ${undated.toLocaleString('en')} more have no such day and are left out`}. Of each image the newest run's value counts. Residua ${escaped(version)}, ${new Date().toISOString()}. Research use only: not a medical device.</p>`,
    baseline === null
      ? `<h2>Nothing to compare</h2><p>A baseline of at least two ${period}s is needed.</p>`
      : `<h2>Baseline</h2><p>${baseline.images.toLocaleString('en')} images of ${baseline.periods} ${period}s, ${baseline.from} to ${baseline.to}.</p>`,
    chart === null ? '' : `<h2>Control chart</h2>${chartWords(request, drift)}${controlPlot(chart, baseline!.periods)}`,
    chart === null
      ? ''
      : `<h2>By ${escaped(by)}</h2>${groupWords(request)}${groupsTable(groups, by)}${othersWords(others)}`,
    chart === null ? '' : `<h2>Distributions</h2>${distributions(groups, drift)}`,
    `<h2>Alerts</h2>${alertsTable(alerts)}`,
  ];
  return htmlPage(`Residua: ${score} over time`, sections.join('\n'));
}

function chartWords({ chart: kind, period }: DriftRequest, { chart, baseline }: Drift): string {
  const { centre, sigma, points } = chart!;
  const signals = points.flatMap(({ from, signal }) =>
    signal === null ? [] : [`${from} (${signal === 'beyond' ? 'beyond the limits' : 'eight in a row on one side'})`],
  );
  const how =
    kind === 'individuals'
      ? `Chart of individuals: the mean of each ${period}; limits at three standard deviations, which are the mean moving range of the baseline divided by 1.128 (NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2), and the rule of eight on one side of the centre.`
      : `Exponentially weighted moving average of the means of each ${period}, weight 0.2, limits at three standard deviations of it (Roberts 1959; NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.4).`;
  const few =
    baseline!.periods < 8 ? ` The baseline has ${baseline!.periods} ${period}s only: the limits are uncertain.` : '';
  return `<p>${how} Centre ${figure(centre)}, standard deviation between ${period}s ${figure(sigma)}.${few}</p>
<p><b>${signals.length === 0 ? 'In control.' : `Signals: ${escaped(signals.join(', '))}.`}</b></p>`;
}

const groupWords = ({ correction, alpha, distance, by }: DriftRequest): string =>
  `<p>Images after the baseline against those of the same ${escaped(by)} in the baseline, or against all of the baseline where it has fewer than 20 there.
Two-sample test of Kolmogorov and Smirnov; p-values adjusted by ${correction === 'holm' ? 'Holm' : 'Benjamini and Hochberg'} over all rows. Drifted: adjusted p below ${alpha} and a distance of at
least ${distance}, since with many images differences of no consequence are significant. The test takes images as independent.</p>`;

const othersWords = (others: number): string =>
  others === 0 ? '' : `<p class="remark">${others} more with fewer images are not listed.</p>`;

function groupsTable(groups: readonly DriftGroup[], by: string): string {
  const cells = (quantiles: Quantiles | null) =>
    quantiles === null
      ? ['0', '-']
      : [
          quantiles.images.toLocaleString('en'),
          `${figure(quantiles.median)} (${figure(quantiles.p25)} to ${figure(quantiles.p75)})`,
        ];
  return htmlTable(
    [
      by,
      'images before',
      'median (quartiles)',
      'images after',
      'median (quartiles)',
      'against',
      'distance',
      'adjusted p',
      '',
    ],
    groups.map(({ group, before, after, test }) => [
      ...[group ?? 'not known', ...cells(before), ...cells(after)],
      ...(test === null
        ? ['-', '-', '-', 'too few images']
        : [test.against, test.distance.toFixed(3), pText(test.adjusted), test.drifted ? 'drifted' : '']),
    ]),
  );
}

function distributions(groups: readonly DriftGroup[], { edges }: Drift): string {
  const shown = groups.filter(({ test }) => test !== null).slice(0, 12);
  if (shown.length === 0) return '<p>None has enough images after the baseline.</p>';
  const figures = shown.map(
    ({ group, histogram }) =>
      `<figure><h3>${escaped(group ?? 'not known')}</h3>${shiftPlot(histogram, edges)}</figure>`,
  );
  return `<p>Grey: the baseline it is tested against. Blue: after it.</p><div class="plots">${figures.join('')}</div>`;
}

function alertsTable(alerts: readonly Alert[]): string {
  if (alerts.length === 0) return '<p>None is set.</p>';
  return htmlTable(
    ['score', 'limit', 'more than this share of new images'],
    alerts.map(({ score, limit, share }) => [score, `${limit}`, `${(100 * share).toFixed(1)} %`]),
  );
}

const figure = (value: number): string => `${Number(value.toPrecision(3))}`;
