// residua eval-frd: the published frd-score: how far apart two sets of images are in their radiomic features.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeNpz } from '../../archive/numpy-file.ts';
import { skippedLine } from '../../decoder/folder-images.ts';
import {
  folderRadiomics,
  type RadiomicTable,
  readRadiomicTable,
  writeRadiomicTable,
} from '../../folder-tools/folder-radiomics.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { formatCsv } from '../../platform/csv.ts';
import { Problem } from '../../platform/errors.ts';
import { featureMoments } from '../../statistics/frechet-distance.ts';
import type { Matrix } from '../../statistics/matrix.ts';
import {
  frechetRadiomicDistance,
  publishedNormalisations,
} from '../../statistics/radiomics/frechet-radiomic-distance.ts';
import { defineClusterCommand } from '../cluster-command.ts';
import { count, flag, number, option, text } from '../command.ts';
import type { Context } from '../context.ts';

const groups = ['firstorder', 'glcm', 'glrlm', 'gldm', 'glszm', 'ngtdm', 'shape', 'shape2D'] as const;

/** What each word of --exclude-features stands for. */
const categories: Readonly<Record<'textural' | 'firstorder' | 'shape', readonly string[]>> = {
  textural: ['glcm', 'glrlm', 'gldm', 'glszm', 'ngtdm'],
  firstorder: ['firstorder'],
  shape: ['shape', 'shape2D'],
};

const options = {
  frdVersion: option('--frd-version <name>', 'as frd-score', z.enum(['v0', 'v1']).default('v0')),
  pathsMasks: option(
    '-m, --paths-masks <folders...>',
    'two folders with masks of the same names as the images (255, or 1, is inside)',
    z.array(text).length(2, 'expected two folders, after DIR1 DIR2').optional(),
  ),
  featureGroups: option('-f, --feature-groups <names...>', 'only these features', z.array(z.enum(groups)).optional()),
  excludeFeatures: option(
    '--exclude-features <names...>',
    'leave these out',
    z.array(z.enum(['textural', 'firstorder', 'shape'])).optional(),
  ),
  resizeSize: option(
    '-r, --resize-size <pixels...>',
    'bring images to this side, or width and height, first',
    z.array(count).max(2, 'expected a side, or width and height').optional(),
  ),
  normType: option('-T, --norm-type <name>', 'minmax (v0) or zscore (v1)', z.enum(['minmax', 'zscore']).optional()),
  normRange: option(
    '-R, --norm-range <values...>',
    'the range of normalised features (v0: 0 7.45670747756958; v1: 0 1)',
    z.array(number).length(2, 'expected two numbers').optional(),
  ),
  normRef: option(
    '--norm-ref <name>',
    'whose range or mean counts: both sets together (v0), the first one (v1), or each its own',
    z.enum(['joint', 'd1', 'independent']).optional(),
  ),
  normAcross: option('-A, --norm-across [flag]', 'the same as --norm-ref joint', flag),
  numWorkers: option('-w, --num-workers <number>', 'accepted, without effect', count.optional()),
  saveStats: option(
    '-s, --save-stats [flag]',
    'write mean and covariance of the features of DIR1 as they are to the file DIR2 (.npz), and stop',
    flag,
  ),
  meansOnly: option('--means-only [flag]', 'only the distance of the means', flag),
  binWidth: option(
    '--bin-width <levels>',
    'grey values in one level of texture features',
    number.pipe(z.number().positive()).default(25),
  ),
  saveFeatures: option(
    '-F, --save-features <folder>',
    'keep both feature tables here; each can take the place of its folder later',
    text.optional(),
  ),
  outPath: option('-o, --out-path <csv>', 'write the result to this file', text.optional()),
};

type Values = { readonly [N in keyof typeof options]: z.output<(typeof options)[N]['schema']> };

export const evalFrd = defineClusterCommand({
  details: `Example: residua eval-frd normals generated --save-features features
Features are pyradiomics' (first order, GLCM, GLRLM, GLSZM, GLDM, NGTDM, shape2D: 102) with its defaults, of the whole image or inside masks.
Without --frd-version it is FRD v0. v1 standardises by the first set and takes the logarithm; frd-score's own v1 also measures images
filtered by wavelets and Laplacians of Gaussians, which this command does not, so that its v1 is not comparable with published ones.`,
  aliases: { '-v': 'verbose' },
  arguments: {
    path1: option('<dir1>', 'images, or a feature table (.csv) that --save-features wrote', text),
    path2: option('<dir2>', 'the images to compare with them', text),
  },
  options,
  async run({ path1, path2, ...values }, context) {
    if (values.numWorkers !== undefined)
      context.remark('--num-workers: without effect, images are measured one by one');
    if (values.normAcross && values.normRef !== undefined && values.normRef !== 'joint') {
      throw new Problem('usage', { message: `--norm-across means --norm-ref joint, not ${values.normRef}` });
    }
    const [masks1, masks2] = values.pathsMasks ?? [];
    const first = await tableOf(path1, masks1, values, context);
    if (values.saveStats) return saveStatistics(first, path2, values, context);
    const second = await tableOf(path2, masks2, values, context);
    if (values.saveFeatures !== undefined)
      for (const [index, table] of [first, second].entries()) {
        const file = join(values.saveFeatures, `radiomics_set${index}_results.csv`);
        await writeRadiomicTable(file, table);
        context.remark(file);
      }
    const features = chosenFeatures(first.features, values);
    const absent = features.find((name) => !second.features.includes(name));
    if (absent !== undefined) throw new Problem('missing', { what: `feature in ${path2}`, name: absent });
    const published = publishedNormalisations[values.frdVersion];
    const normalisation = {
      type: values.normType ?? published.type,
      reference: values.normRef ?? (values.normAcross ? 'joint' : published.reference),
      range: (values.normRange as [number, number] | undefined) ?? published.range,
    };
    const [a, b] = [matrixOf(first, features), matrixOf(second, features)];
    const { frdVersion: version, meansOnly } = values;
    const distance = await frechetRadiomicDistance(a, b, { version, normalisation, meansOnly });
    const procedure = [
      normalisation.type,
      normalisation.reference,
      ...normalisation.range,
      ...(meansOnly ? ['means only'] : []),
    ].join(' ');
    if (version === 'v1') context.remark('features of unfiltered images only: not comparable with FRD v1 of frd-score');
    if (Math.min(a.rows, b.rows) <= features.length)
      context.remark(
        `${Math.min(a.rows, b.rows)} images do not determine the covariance of ${features.length} features: compare only distances of sets as large`,
      );
    if (values.outPath !== undefined) {
      const row = {
        set1: path1,
        set2: path2,
        images1: a.rows,
        images2: b.rows,
        features: features.length,
        version,
        normalisation: procedure,
        frd: distance,
      };
      await writeFileAtomic(values.outPath, formatCsv(Object.keys(row) as (keyof typeof row)[], [row]));
    }
    const same = version === 'v1' && distance === 0;
    context.print(
      `FRD (${version}): ${distance}${same ? ' (the sets are the same: the logarithm of 0 is no distance)' : ''}`,
    );
    context.print(`${a.rows} and ${b.rows} images, ${features.length} features, normalised ${procedure}`);
  },
});

/** frd-score's `--save_stats`: `mu` and `sigma` of the features of one set. Throws `file` when the file is there. */
async function saveStatistics(table: RadiomicTable, file: string, values: Values, context: Context): Promise<void> {
  if (existsSync(file)) throw new Problem('file', { file, reason: 'exists already' });
  const matrix = matrixOf(table, chosenFeatures(table.features, values));
  const { mean, covariance } = await featureMoments(matrix);
  const n = matrix.columns;
  await writeNpz(file, { mu: { shape: [n], data: mean }, sigma: { shape: [n, n], data: covariance } });
  context.print(`${matrix.rows} images, ${n} features: ${file}`);
}

/** Measures a folder, or reads what was measured before. Throws `usage` for options that a finished table contradicts. */
async function tableOf(
  path: string,
  masks: string | undefined,
  values: Values,
  context: Context,
): Promise<RadiomicTable> {
  if (/\.csv$/i.test(path)) {
    if (masks !== undefined || values.resizeSize !== undefined)
      throw new Problem('usage', {
        message: `${path} is measured already: --paths-masks and --resize-size come too late`,
      });
    return readRadiomicTable(path);
  }
  const [width, height = width] = values.resizeSize ?? [];
  const resize = width === undefined ? undefined : ([width, height!] as const);
  const asked = { folder: path, masks, resize, binWidth: values.binWidth };
  return folderRadiomics(asked, context, (skipped) => context.remark(skippedLine(skipped)));
}

function chosenFeatures(all: readonly string[], { featureGroups, excludeFeatures }: Values): readonly string[] {
  const excluded = new Set((excludeFeatures ?? []).flatMap((category) => categories[category]));
  const chosen = all.filter((name) => {
    const group = name.slice(0, name.indexOf('_'));
    return (
      !excluded.has(group) && (featureGroups === undefined || (featureGroups as readonly string[]).includes(group))
    );
  });
  if (chosen.length === 0) throw new Problem('usage', { message: 'no feature is left to compare' });
  return chosen;
}

function matrixOf({ features, images }: RadiomicTable, chosen: readonly string[]): Matrix {
  const places = chosen.map((name) => features.indexOf(name));
  const data = Float64Array.from(images.flatMap(({ values }) => places.map((place) => values[place]!)));
  return { rows: images.length, columns: chosen.length, data };
}
