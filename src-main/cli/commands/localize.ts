// residua localize: whether the highest-scoring patches of eval-recon lie on the annotated anomalies.

import { skippedLine } from '../../decoder/folder-images.ts';
import { localiseFolder } from '../../folder-tools/folder-localisation.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { formatCsv } from '../../platform/csv.ts';
import { randomFrom } from '../../platform/random/random.ts';
import { count, defineCommand, flag, option, text, whole } from '../command.ts';

const resamples = 2000;
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

export const localize = defineCommand({
  details: `Example: residua eval-recon -o originals -r reconstructions -op scores.csv -d WD -reg patch -ps 32
         residua localize -s scores.csv -m masks -o localisation.csv
Masks have the names and the size of the scored images; the anomaly is what is not 0. An image whose mask is missing or
marks nothing is left out as normal. The share of hits stands beside that of a patch at a random place; intervals are 95 %, by
bootstrap. For the runs of a catalog, whose anomalies are annotated there, use residua evaluate.`,
  options: {
    scores: option('-s, --scores <csv>', 'what eval-recon wrote with --region patch', text),
    maskDir: option('-m, --mask-dir <folder>', 'masks of the true anomalies, a folder or zip', text),
    outPath: option('-o, --out-path <csv>', 'write the result of each image to this file', text.optional()),
    byPatient: option('--by-patient [flag]', 'draw whole patients (column patient of the CSV)', flag),
    resamples: option('--resamples <number>', 'of the bootstrap', count.default(resamples)),
    seed: option('--seed <number>', 'random seed', whole.default(0)),
  },
  async run(values, context) {
    const { images, summary, unmarked } = await localiseFolder(
      { csv: values.scores, masks: values.maskDir, byPatient: values.byPatient, resamples: values.resamples },
      randomFrom(values.seed),
      context,
      (skipped) => context.remark(skippedLine(skipped)),
    );
    if (unmarked > 0) context.remark(`${unmarked} images without a marked anomaly are left out`);
    const range = ({ share, interval, byChance }: typeof summary.overlap) =>
      `${percent(share)} (${interval === null ? 'no interval of one patient' : `95 % interval ${percent(interval.lower)} to ${percent(interval.upper)}`}; a random patch: ${percent(byChance)})`;
    context.print(`Highest patch on the anomaly: ${range(summary.overlap)} of ${images.length} images`);
    context.print(`Share of the anomaly that it covers: ${range(summary.covered)}`);
    if (values.outPath === undefined) return;
    const columns = ['filename', 'overlaps', 'covered', 'overlap_by_chance', 'covered_by_chance'] as const;
    const rows = images.map(({ filename, overlaps, covered, overlapByChance, coveredByChance }) => ({
      filename,
      overlaps: Number(overlaps),
      covered,
      overlap_by_chance: overlapByChance,
      covered_by_chance: coveredByChance,
    }));
    await writeFileAtomic(values.outPath, formatCsv(columns, rows));
    context.print(values.outPath);
  },
});
