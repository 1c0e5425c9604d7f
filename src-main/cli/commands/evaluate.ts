// residua evaluate: how well the scores of a run find each kind of anomaly, with intervals, and whether patches hit them.
import { z } from 'zod';
import type { Workbench } from '../../../src-preload/contract.ts';
import type { Detection } from '../../../src-preload/schemas/catalog.ts';
import type { Filter, ScoreName } from '../../../src-preload/schemas/image.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { formatCsv } from '../../platform/csv.ts';
import { Problem } from '../../platform/errors.ts';
import { count, defineCommand, option, text } from '../command.ts';
import { textTable } from '../text-table.ts';
import { cohortNamed, scoredRun, withCatalog } from '../with-catalog.ts';

/** `anomalous=normal`: which kind is compared with which. */
const pair = z
  .string()
  .regex(/^[^=]+=[^=]+$/, 'expected two kinds, such as pneumonia=normal_pa')
  .transform((text) => text.split('=') as [string, string]);

export const evaluate = defineCommand({
  details: `Example: residua evaluate --baseline normal --pair nih_pneumonia_pa=normal_nih_pa --csv detection.csv
Intervals are 95 %, by a stratified bootstrap over patients where these are known. Where anomalies are annotated, the share of
images whose highest patch overlaps one is told beside that of a random patch.`,
  options: {
    run: option('--run <id>', 'the run to judge (without it: the newest that has scores)', count.optional()),
    baseline: option('--baseline <kind>', 'the kind of the normal images', text.default('normal')),
    pair: option(
      '--pair <kind=kind>',
      'compare this kind with another baseline; may be given several times',
      z.array(pair).optional(),
    ),
    cohort: option('--cohort <name>', 'only images of this cohort', text.optional()),
    csv: option('--csv <file>', 'write the figures to this file', text.optional()),
  },
  async run(values, context) {
    await withCatalog(context, { create: false }, async (workbench) => {
      const { run, scores } = await scoredRun(workbench, values.run);
      const within: Filter = {
        // What the run has not scored, its normals for example, is not judged.
        score: { name: scores[0]! },
        ...(values.cohort === undefined ? {} : { cohort: await cohortNamed(workbench, values.cohort) }),
      };
      const comparisons = await comparedKinds(workbench, within, values.baseline, new Map(values.pair));
      const groups = comparisons.map(([anomalous, normal]) => ({
        anomalous: { ...within, kinds: [anomalous] },
        normal: { ...within, kinds: [normal] },
      }));
      const { detections } = await workbench.call('statistics.detection', { scores, groups });
      context.print(`AUROC in run ${run.id}: ${run.title}`);
      context.print(detectionTable(comparisons, scores, detections));
      for (const score of scores) {
        const { images, summary } = await workbench.call('statistics.localisation', { score, filter: within });
        if (summary === null) continue;
        const { share, interval, byChance } = summary.overlap;
        const percent = (part: number) => `${Math.round(100 * part)} %`;
        const range = `${percent(interval.lower)} to ${percent(interval.upper)}`;
        context.print(
          `${score.score}: highest patch on the anomaly in ${percent(share)} (${range}) of ${images} images, by chance ${percent(byChance)}`,
        );
      }
      if (values.csv !== undefined) {
        await writeFileAtomic(values.csv, detectionCsv(comparisons, scores, detections));
        context.print(values.csv);
      }
    });
  },
});

type Pairs = readonly (readonly [anomalous: string, normal: string])[];

/** Every kind but the baselines, with the baseline that it is compared with. Throws `missing` when there is none. */
async function comparedKinds(
  workbench: Workbench,
  filter: Filter,
  baseline: string,
  pairs: ReadonlyMap<string, string>,
): Promise<Pairs> {
  const { kinds } = await workbench.call('images.facets', { filter });
  const known = kinds.flatMap(({ value }) => value ?? []);
  const baselines = new Set([baseline, ...pairs.values()]);
  for (const kind of [...baselines, ...pairs.keys()]) {
    if (!known.includes(kind)) throw new Problem('missing', { what: 'kind of images', name: kind });
  }
  const anomalous = known.filter((kind) => !baselines.has(kind)).sort();
  if (anomalous.length === 0) throw new Problem('missing', { what: 'images of another kind than', name: baseline });
  return anomalous.map((kind) => [kind, pairs.get(kind) ?? baseline]);
}

function detectionTable(
  pairs: Pairs,
  scores: readonly ScoreName[],
  detections: readonly (readonly Detection[])[],
): string {
  const rows = pairs.map(([anomalous, normal], pair) => [
    anomalous,
    normal,
    `${detections[0]![pair]!.anomalous}:${detections[0]![pair]!.normal}`,
    ...scores.map((_, score) => {
      const { auroc, lower, upper } = detections[score]![pair]!;
      return `${auroc.toFixed(2)} (${lower.toFixed(2)}-${upper.toFixed(2)})`;
    }),
  ]);
  return textTable(['kind', 'baseline', 'images', ...scores.map(({ score }) => score)], rows);
}

function detectionCsv(
  pairs: Pairs,
  scores: readonly ScoreName[],
  detections: readonly (readonly Detection[])[],
): string {
  const columns = [
    'run',
    'score',
    'kind',
    'baseline',
    'anomalous',
    'normal',
    'auroc',
    'lower',
    'upper',
    'sensitivity_at_95_specificity',
  ] as const;
  const rows = scores.flatMap(({ run, score }, index) =>
    pairs.map(([kind, baseline], pair) => {
      const { auroc, lower, upper, sensitivity, anomalous, normal } = detections[index]![pair]!;
      return {
        run,
        score,
        kind,
        baseline,
        anomalous,
        normal,
        auroc,
        lower,
        upper,
        sensitivity_at_95_specificity: sensitivity,
      };
    }),
  );
  return formatCsv(columns, rows);
}
