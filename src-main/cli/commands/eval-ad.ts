// residua eval-ad: the published eval_ad.py: how well a score tells two groups of images apart, and how sure that is.
import { z } from 'zod';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { formatCsv, readCsv } from '../../platform/csv.ts';
import { Problem } from '../../platform/errors.ts';
import { randomFrom } from '../../platform/random/random.ts';
import { auroc } from '../../statistics/auroc.ts';
import { bootstrapAuroc, percentileInterval, subsampledAuroc } from '../../statistics/bootstrap.ts';
import type { ScoredGroup } from '../../statistics/scores.ts';
import { count, defineCommand, flag, option, text, whole } from '../command.ts';
import type { Context } from '../context.ts';

/** For the interval, however many resamples are written. */
const intervalResamples = 2000;

export const evalAd = defineCommand({
  details: `Example: residua eval-ad -a needles.csv -b normals.csv -o aurocs.csv
CSVs need a column dist (as eval-recon and rank --csv write it). Resamples keep the sizes of both groups and are drawn with
replacement; the published script draws subsamples of the smaller size without (--compat published).`,
  options: {
    anomaly: option('-a, --anomaly <csv>', 'distances of the anomalous images', text),
    baseline: option('-b, --baseline <csv>', 'distances of the baseline images', text),
    outPath: option('-o, --out-path <csv>', 'where the AUROC of every resample goes', text),
    numSamp: option('-n, --num-samp <number>', 'number of resamples', count.default(50)),
    seed: option('--seed <number>', 'random seed', whole.default(0)),
    byPatient: option('--by-patient [flag]', 'draw whole patients (column patient of both CSVs)', flag),
    compat: option('--compat <name>', 'resample as the published script does', z.enum(['published']).optional()),
  },
  async run(values, context) {
    const anomalous = await readGroup(values.anomaly, values.byPatient, context);
    const normal = await readGroup(values.baseline, values.byPatient, context);
    const random = randomFrom(values.seed);
    const aurocs =
      values.compat === 'published'
        ? subsampledAuroc(anomalous.scores, normal.scores, values.numSamp, random)
        : bootstrapAuroc(anomalous, normal, values.numSamp, random);
    await writeFileAtomic(
      values.outPath,
      formatCsv(
        ['AUROC'],
        Array.from(aurocs, (value) => ({ AUROC: value })),
      ),
    );
    const mean = aurocs.reduce((sum, value) => sum + value, 0) / aurocs.length;
    const deviation = Math.sqrt(aurocs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / aurocs.length);
    const { lower, upper } = percentileInterval(bootstrapAuroc(anomalous, normal, intervalResamples, random));
    const how = values.compat === 'published' ? 'subsamples by the published procedure' : 'bootstrap resamples';
    context.print(`Mean AUROC: ${mean}`);
    context.print(`Standard deviation: ${deviation} (${values.numSamp} ${how})`);
    const all = auroc(anomalous.scores, normal.scores).toFixed(4);
    context.print(`AUROC of all images: ${all}, 95 % interval ${lower.toFixed(4)} to ${upper.toFixed(4)} (bootstrap)`);
    context.print(`${anomalous.scores.length} anomalous, ${normal.scores.length} baseline images: ${values.outPath}`);
  },
});

/** Rows without a score (an image without a body) are left out, and counted. */
async function readGroup(csv: string, byPatient: boolean, { remark }: Context): Promise<ScoredGroup> {
  const rows = byPatient
    ? await readCsv(csv, { dist: 'optional-number', patient: 'optional-text' })
    : (await readCsv(csv, { dist: 'optional-number' })).map((row) => ({ ...row, patient: null }));
  const scored = rows.filter((row) => row.dist !== null);
  if (scored.length === 0) throw new Problem('content', { file: csv, reason: 'holds no score' });
  const absent = rows.length - scored.length;
  if (absent > 0) remark(`${csv}: left out ${absent} of ${rows.length} rows, which hold no score`);
  const scores = scored.map(({ dist }) => dist!);
  return byPatient ? { scores, patients: scored.map(({ patient }) => patient ?? undefined) } : { scores };
}
