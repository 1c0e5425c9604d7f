// residua eval-fd: PyTorch-StudioGAN's evaluate.py on two folders of images.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { skippedLine } from '../../decoder/folder-images.ts';
import { backboneNames, type FeatureDistances, nodeLauncher } from '../../engine/start-engine.ts';
import { compareFolders } from '../../folder-tools/folder-distance.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { defaultWeightsFolder } from '../../platform/default-folders.ts';
import { Problem } from '../../platform/errors.ts';
import { defineClusterCommand } from '../cluster-command.ts';
import { count, flag, option, text, whole } from '../command.ts';
import { deviceOption, weightsOption } from '../shared-options.ts';

const metricNames = ['fid', 'is', 'prdc'] as const;

/** Published options that share out the work or seed it: nothing here is drawn at random, and one device does it all. */
const withoutEffect = {
  seed: option('--seed <number>', 'accepted, without effect: nothing is drawn at random', whole.optional()),
  numWorkers: option('--num-workers <number>', 'accepted, without effect', whole.optional()),
  distributedDataParallel: option('--distributed-data-parallel', 'accepted, without effect', flag),
  backend: option('--backend <name>', 'accepted, without effect', text.optional()),
  totalNodes: option('--total-nodes <number>', 'accepted, without effect', whole.optional()),
  currentNode: option('--current-node <number>', 'accepted, without effect', whole.optional()),
};

export const evalFd = defineClusterCommand({
  details: `Example: residua eval-fd --dset1 real --dset2 generated --eval_backbone SwAV_torch -metrics fid prdc --out_path fsd.txt
The Fréchet distance of the features (FID, with SwAV_torch FSD), precision, recall, density and coverage with 5 neighbours,
and the Inception score in one part. The networks need their published weights: residua weights lists them.`,
  aliases: {
    '-metrics': 'eval-metrics',
    '-DDP': 'distributed-data-parallel',
    '-tn': 'total-nodes',
    '-cn': 'current-node',
  },
  options: {
    dset1: option('--dset1 <folder>', 'the real images: a folder or zip', text.optional()),
    dset2: option('--dset2 <folder>', 'the generated images', text),
    evalBackbone: option('--eval-backbone <name>', 'the network', z.enum(backboneNames).default('InceptionV3_tf')),
    postResizer: option(
      '--post-resizer <name>',
      "how images are resized: PyTorch's bilinear, Pillow's bicubic, or the network's own filter",
      z.enum(['legacy', 'clean', 'friendly']).default('legacy'),
    ),
    evalMetrics: option(
      '--eval-metrics <names...>',
      'of fid, is, prdc; or none',
      z.array(z.enum([...metricNames, 'none'])).default(['fid']),
    ),
    batchSize: option('--batch-size <number>', 'batch size', count.default(64)),
    dset1Feats: option('--dset1-feats <npz>', 'features of dset1: read if there, else written', text.optional()),
    dset1Moments: option('--dset1-moments <npz>', 'moments of dset1: read if there, else written', text.optional()),
    outPath: option('--out-path <file>', 'a text file that the results are added to', text.optional()),
    ...withoutEffect,
    device: deviceOption,
    weights: weightsOption,
  },
  async run(values, context) {
    const { dset1, dset2, dset1Feats: features, dset1Moments: moments, weights } = values;
    for (const [name, { flags }] of Object.entries(withoutEffect)) {
      const given = values[name as keyof typeof withoutEffect];
      if (given !== undefined && given !== false) {
        context.remark(
          `${flags.split(' ')[0]}: without effect, one device does the work and nothing is drawn at random`,
        );
      }
    }
    const metrics = values.evalMetrics.filter((name) => name !== 'none');
    if (metrics.length === 0) {
      context.print('no metric was requested');
      return;
    }
    for (const [metric, stored] of [
      ['fid', features ?? moments],
      ['prdc', features],
    ] as const) {
      if (metrics.includes(metric) && dset1 === undefined && stored === undefined) {
        const message = `-metrics ${metric} needs --dset1, or its features from an earlier run`;
        throw new Problem('usage', { message });
      }
    }
    const distances = await compareFolders(
      {
        first: dset1 ?? null,
        second: dset2,
        backbone: values.evalBackbone,
        resizer: values.postResizer,
        batch: values.batchSize,
        metrics,
        features: features ?? null,
        moments: moments ?? null,
        weightsFolder: weights ?? defaultWeightsFolder(),
        device: values.device,
      },
      nodeLauncher,
      context,
      (skipped) => context.remark(skippedLine(skipped)),
    );
    const lines = linesOf(distances);
    for (const line of lines) context.print(line);
    if (values.outPath === undefined) return;
    // As published: results of several comparisons gather in one file.
    const before = await readFile(values.outPath, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const start = before === '' || before.endsWith('\n') ? before : `${before}\n`;
    await writeFileAtomic(values.outPath, `${start}${lines.join('\n')}\n`);
  },
});

/** The published sentences. */
function linesOf({ images: [first, second], fid, inceptionScores, prdc }: FeatureDistances): readonly string[] {
  const real = first === null ? 'pre-calculated dset1 features' : 'dset1';
  const counts = first === null ? `dset2: ${second} images` : `dset1: ${first} images, dset2: ${second} images`;
  const scores = (inceptionScores ?? []).flatMap((score, index) =>
    score === null ? [] : [`Inception score of dset${index + 1} (${[first, second][index]} images): ${score}`],
  );
  const distances = fid === null ? [] : [`FID between ${real} and dset2 (${counts}): ${fid}`];
  const named = [
    ['Improved Precision', prdc?.precision],
    ['Improved Recall', prdc?.recall],
    ['Density', prdc?.density],
    ['Coverage', prdc?.coverage],
  ] as const;
  const neighbourhoods = named.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} between ${real} (ref) and dset2 (target) (${counts}): ${value}`],
  );
  return [...scores, ...distances, ...neighbourhoods];
}
