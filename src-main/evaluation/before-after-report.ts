// What the comparison of two runs says: as tables of text, as CSV, and as one HTML file.
import type { RunDetail } from '../../src-preload/schemas/run.ts';
import { formatCsv } from '../platform/csv.ts';
import { version } from '../platform/version.ts';
import { alarmLevel, type BeforeAfter, type ComparedScore } from './before-after.ts';
import { percent, pText, referenceLine } from './figures.ts';
import { escaped, htmlPage, htmlTable } from './html.ts';
import { provenance } from './report.ts';

/** A table: its heading, and rows of text. */
export interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const fixed = (value: number): string => value.toFixed(2);
const signed = (value: number): string =>
  `${value >= 0.005 ? '+' : value <= -0.005 ? '−' : ''}${fixed(Math.abs(value))}`;
const short = (value: number): string => `${Number(value.toPrecision(3))}`;

/** The score of most interest kind by kind, then every score: its mean AUROC and what it is of validation normals. */
export function beforeAfterTables(compared: BeforeAfter): readonly Table[] {
  return [...compared.scores.slice(0, 1).map((score) => ofKinds(compared, score)), means(compared), normals(compared)];
}

function ofKinds({ pairs }: BeforeAfter, { score, differences }: ComparedScore): Table {
  const rows = pairs.map(({ anomalous, normal }, pair) => {
    const found = differences[pair] ?? null;
    if (found === null) return [anomalous, normal, '-', '-', '-', '-', '-', '-'];
    const { first, second, difference, delong, permutation } = found;
    const images = `${found.anomalous}:${found.normal}`;
    return [
      anomalous,
      normal,
      images,
      fixed(second),
      fixed(first),
      signed(difference),
      pText(delong),
      pText(permutation),
    ];
  });
  const header = ['kind', 'baseline', 'images', 'before', 'after', 'difference', 'p (DeLong)', 'p (permutation)'];
  return { title: `AUROC of ${score}`, header, rows };
}

function means({ scores }: BeforeAfter): Table {
  const rows = scores.map(({ score, mean }) =>
    mean === null
      ? [score, '-', '-', '-']
      : [score, fixed(mean.before), fixed(mean.after), signed(mean.after - mean.before)],
  );
  return { title: 'Mean AUROC over the kinds', header: ['score', 'before', 'after', 'difference'], rows };
}

function normals({ scores }: BeforeAfter): Table {
  const rows = scores.map(({ score, normals: { images, before, after } }) => [
    score,
    `${images}`,
    ...[before.median, after.median, before.upper, after.upper].map(short),
  ]);
  const header = ['score', 'normals', 'median before', 'after', '95th percentile before', 'after'];
  return { title: 'Scores of the same validation normals', header, rows };
}

/** How many validation normals are false alarms; null where no run has `anomaly`. */
export function alarmLine({ alarms }: BeforeAfter): string | null {
  if (alarms === null) return null;
  return `validation normals with an anomaly p-value of ${alarmLevel} or less: ${percent(alarms.before)} before, ${percent(alarms.after)} after (${percent(alarmLevel)} where the calibration holds)`;
}

/** One row for each score and pair. */
export function beforeAfterCsv({ before, after, pairs, scores }: BeforeAfter): string {
  const columns = [
    'score',
    'kind',
    'baseline',
    'before_run',
    'after_run',
    'anomalous',
    'normal',
    'auroc_before',
    'auroc_after',
    'difference',
    'p_delong_holm',
    'p_permutation_holm',
    'normals',
    'normals_median_before',
    'normals_median_after',
    'normals_95_before',
    'normals_95_after',
  ] as const;
  const rows = scores.flatMap(({ score, differences, normals: own }) =>
    pairs.map(({ anomalous: kind, normal: baseline }, pair) => {
      const found = differences[pair] ?? null;
      return {
        score,
        kind,
        baseline,
        before_run: before.run.id,
        after_run: after.run.id,
        anomalous: found?.anomalous ?? null,
        normal: found?.normal ?? null,
        auroc_before: found?.second ?? null,
        auroc_after: found?.first ?? null,
        difference: found?.difference ?? null,
        p_delong_holm: found?.delong ?? null,
        p_permutation_holm: found?.permutation ?? null,
        normals: own.images,
        normals_median_before: own.before.median,
        normals_median_after: own.after.median,
        normals_95_before: own.before.upper,
        normals_95_after: own.after.upper,
      };
    }),
  );
  return formatCsv(columns, rows);
}

/** HTML without scripts and without anything loaded; no image and no file is named. */
export function beforeAfterReport(compared: BeforeAfter): string {
  const { before, after, scores } = compared;
  const titleOf = ({ run }: RunDetail) => `run ${run.id}: ${run.title}`;
  const all = scores.map((score) => ofKinds(compared, score));
  const tables = [...all, means(compared), normals(compared)].map(
    ({ title, header, rows }) => `<h2>${escaped(title)}</h2>${htmlTable(header, rows)}`,
  );
  const lines = [alarmLine(compared), ...compared.referenceNormals.map(referenceLine)].filter((line) => line !== null);
  const sections = [
    `<h1>Before and after</h1>
<p class="remark">Before: ${escaped(titleOf(before))}. After: ${escaped(titleOf(after))}. Residua ${escaped(version)}, ${new Date().toISOString()}. Research use only: not a medical device.</p>
<p>Both runs on the images that both have scored: the same anomalous images against the same normal ones. p-values that the AUROC differs: DeLong's, which takes images as
independent, and of a paired permutation, which exchanges all images of a patient together; adjusted by Holm over the kinds.</p>`,
    ...tables,
    ...lines.map((line) => `<p class="remark">${escaped(line)}</p>`),
    `<h2>Where this comes from</h2>${[before, after].map(provenance).join('')}`,
  ];
  return htmlPage('Residua: before and after', sections.join('\n'));
}
