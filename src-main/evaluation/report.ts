// The report of an evaluation: one HTML file with tables, plots, the highest and lowest images, and where it all comes from.

import { intervalText } from '../../src-preload/interval-text.ts';
import type { ImageRow } from '../../src-preload/schemas/image.ts';
import type { RunDetail } from '../../src-preload/schemas/run.ts';
import { version } from '../platform/version.ts';
import type { Asked, Pair } from './asked.ts';

import { percent, pText, referenceLine } from './figures.ts';
import { embeddedPng, escaped, htmlPage, htmlTable } from './html.ts';
import type { JudgedScore, Judgement } from './judgement.ts';
import { colourOf, distributionPlot, rocPlot } from './plots.ts';

/** Images shown from each end of the ranking. */
const shown = 12;
const thumbnailSize = 160;

/**
 * HTML without scripts and without anything loaded. Images are named by their number in the catalog, never by their file:
 * names may tell who somebody is.
 */
export async function evaluationReport(
  workbench: Asked,
  judgement: Judgement,
  runs: readonly RunDetail[],
): Promise<string> {
  const { pairs, scores, best } = judgement;
  const titles = runs.map(({ run }) => `run ${run.id}: ${run.title}`).join('; ');
  const [anomalous, normal] = [new Set(pairs.map((pair) => pair.anomalous)), new Set(pairs.map((pair) => pair.normal))];
  const sections = [
    `<h1>How well anomalies are found</h1>
<p class="remark">${escaped(titles)}. Residua ${escaped(version)}, ${new Date().toISOString()}. Research use only: not a medical device.</p>`,
    `<h2>Area under the ROC curve</h2>
<p>Each kind of anomalous images against normal ones; 0.5 is chance. Below it the 95&nbsp;% interval of a stratified bootstrap (2,000
draws) over patients where these are known, over images otherwise. Where no image of one group scores between those of the other, every draw
says so too: such an interval has no width, whatever more images would show. Of a single patient there is no interval. Highest mean: <b>${escaped(best.name.score)}</b>.</p>
${aurocs(judgement)}${judgement.referenceNormals.map((normals) => `<p class="remark">${escaped(referenceLine(normals))}</p>`).join('')}`,
    `<h2>Curves</h2>${legend(pairs)}<div class="plots">${scores.map((score) => roc(score, pairs)).join('')}</div>`,
    `<h2>Sensitivity at a specificity of 95 %</h2>
<p>Share of the anomalous images above the score that 95&nbsp;% of the normal ones stay below, with its 95&nbsp;% interval.</p>${sensitivities(judgement)}`,
    `<h2>Is it chance?</h2>
<p>p-values that an AUROC differs from 0.5 (DeLong), then for each score how much its AUROC differs from that of ${escaped(best.name.score)} on the
same images, and below it the p-values of that difference: DeLong's, and in brackets by paired permutation. All are adjusted by Holm over the kinds of a score.
DeLong takes images as independent; the permutation exchanges all images of a patient together where patients are known.</p>${tests(judgement)}${comparisons(judgement)}`,
    `<h2>Where the highest patches lie</h2>${localisations(scores)}`,
    `<h2>Distribution of ${escaped(best.name.score)}</h2>${distribution(best, pairs)}`,
    `<h2>Highest by ${escaped(best.name.score)}</h2>${await pictures(workbench, best.rows.slice(0, shown))}`,
    `<h2>Lowest by ${escaped(best.name.score)}</h2>${await pictures(workbench, best.rows.slice(-shown).toReversed())}`,
    `<h2>Missed: anomalous images with the lowest ${escaped(best.name.score)}</h2>${await pictures(workbench, ofKinds(best, anomalous).slice(-shown).toReversed())}`,
    `<h2>False alarms: normal images with the highest ${escaped(best.name.score)}</h2>${await pictures(workbench, ofKinds(best, normal).slice(0, shown))}`,
    `<h2>Where this comes from</h2>${runs.map(provenance).join('')}`,
  ];
  return htmlPage('Residua: evaluation', sections.join('\n'));
}

const kindsOf = (pairs: readonly Pair[]) => pairs.map(({ anomalous, normal }) => `${anomalous} / ${normal}`);

function aurocs({ pairs, scores }: Judgement): string {
  const rows = kindsOf(pairs).map((kind, pair) => {
    const { anomalous, normal } = scores[0]!.detections[pair]!;
    const cells = scores.map(({ detections }) => {
      const { auroc, lower, upper } = detections[pair]!;
      return `${auroc.toFixed(2)}\n${intervalText(lower, upper, '–')}`;
    });
    return [kind, `${anomalous} : ${normal}`, ...cells];
  });
  const means = ['mean', '', ...scores.map(({ meanAuroc }) => meanAuroc.toFixed(2))];
  return htmlTable(['kind / normal', 'images', ...scores.map(({ name }) => name.score)], [...rows, means]);
}

function sensitivities({ pairs, scores }: Judgement): string {
  const rows = kindsOf(pairs).map((kind, pair) => [
    kind,
    ...scores.map(({ detections }) => {
      const { sensitivity, sensitivityLower, sensitivityUpper } = detections[pair]!;
      return `${sensitivity.toFixed(2)}\n${intervalText(sensitivityLower, sensitivityUpper, '–')}`;
    }),
  ]);
  return htmlTable(['kind / normal', ...scores.map(({ name }) => name.score)], rows);
}

function tests({ pairs, scores }: Judgement): string {
  const rows = kindsOf(pairs).map((kind, pair) => [
    kind,
    ...scores.map(({ detections }) => pText(detections[pair]!.adjusted)),
  ]);
  return `<h3>Against 0.5</h3>${htmlTable(['kind / normal', ...scores.map(({ name }) => name.score)], rows)}`;
}

function comparisons({ pairs, scores, best }: Judgement): string {
  const others = scores.filter(({ differences }) => differences !== null);
  if (others.length === 0) return '';
  const rows = kindsOf(pairs).map((kind, pair) => [
    kind,
    ...others.map(({ differences }) => {
      const found = differences?.[pair] ?? null;
      if (found === null) return '-';
      const sign = found.difference > 0 ? '+' : found.difference < 0 ? '−' : '';
      const size = Math.abs(found.difference).toFixed(2);
      return `${sign}${size}\n${pText(found.delong)}\n(${pText(found.permutation)})`;
    }),
  ]);
  return `<h3>Against ${escaped(best.name.score)}</h3>${htmlTable(['kind / normal', ...others.map(({ name }) => name.score)], rows)}`;
}

/** Share of images whose highest patch overlaps an annotated anomaly, and the share of it that is covered. */
function localisations(scores: readonly JudgedScore[]): string {
  const rows = scores.flatMap(({ name, localisation }) => {
    if (localisation === null) return [];
    const { images, overlap, covered } = localisation;
    const cells = [overlap, covered].flatMap(({ share, interval, byChance }) => [
      `${percent(share)} (${interval === null ? '-' : `${Math.round(100 * interval.lower)}–${percent(interval.upper)}`})`,
      percent(byChance),
    ]);
    return [[name.score, `${images}`, ...cells]];
  });
  if (rows.length === 0) return '<p>No anomaly is annotated.</p>';
  return `<p>Of the images with an annotated anomaly: how many have their highest patch on it, and how much of it that patch covers, with 95 %
intervals (bootstrap) and what a patch at a random place would reach.</p>${htmlTable(['score', 'images', 'on the anomaly', 'by chance', 'area covered', 'by chance'], rows)}`;
}

/** The judged images of some kinds, highest score first. */
const ofKinds = ({ rows }: JudgedScore, kinds: ReadonlySet<string>): readonly ImageRow[] =>
  rows.filter(({ kind }) => kind !== null && kinds.has(kind));

function legend(pairs: readonly Pair[]): string {
  const items = kindsOf(pairs).map(
    (kind, index) =>
      `<li><svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" fill="${colourOf(index)}"/></svg> ${escaped(kind)}</li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}

function seriesOf({ rows }: JudgedScore, kind: string) {
  return { name: kind, values: rows.flatMap((row) => (row.kind === kind && row.score !== null ? [row.score] : [])) };
}

function roc(score: JudgedScore, pairs: readonly Pair[]): string {
  const curves = pairs.map(({ anomalous, normal }) => ({
    anomalous: seriesOf(score, anomalous),
    normal: seriesOf(score, normal),
  }));
  return `<figure><h3>${escaped(score.name.score)}</h3>${rocPlot(curves)}</figure>`;
}

function distribution(score: JudgedScore, pairs: readonly Pair[]): string {
  const plots = pairs.map(
    ({ anomalous, normal }, index) =>
      `<figure><h3>${escaped(anomalous)}</h3>${distributionPlot([seriesOf(score, normal), seriesOf(score, anomalous)], index)}</figure>`,
  );
  return `<p class="remark">Grey: normal images.</p><div class="plots">${plots.join('')}</div>`;
}

async function pictures(workbench: Asked, rows: readonly ImageRow[]): Promise<string> {
  const figures = await Promise.all(
    rows.map(async ({ id, kind, score, why }) => {
      const value = Number((score ?? Number.NaN).toPrecision(4));
      const caption = [`image ${id}`, kind ?? '', value, why ?? ''].map((part) => escaped(`${part}`)).join('<br>');
      const picture = await workbench
        .call('images.thumbnail', { id, size: thumbnailSize })
        .then(({ png }) => embeddedPng(png, `image ${id}`))
        .catch(() => '<p class="remark">cannot be read any more</p>');
      return `<figure>${picture}<figcaption>${caption}</figcaption></figure>`;
    }),
  );
  return `<div class="images">${figures.join('')}</div>`;
}

/** Everything that is known of how a run was made. */
export function provenance({ run, parameters, provenance: known }: RunDetail): string {
  const text = JSON.stringify({ parameters, provenance: known }, null, 2);
  return `<h3>Run ${run.id}: ${escaped(run.title)}</h3><p class="remark">${escaped(run.startedAt ?? '')} to ${escaped(run.endedAt ?? '')}</p><pre>${escaped(text)}</pre>`;
}
