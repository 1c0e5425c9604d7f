// residua eval-recon: the published eval_recon.py on two plain folders, with its errors corrected.
import { z } from 'zod';
import { skippedLine } from '../../decoder/folder-images.ts';
import { scoreFolder } from '../../folder-tools/folder-scoring.ts';
import { Problem } from '../../platform/errors.ts';
import { count, defineCommand, option, text } from '../command.ts';

export const evalRecon = defineCommand({
  details: `Example: residua eval-recon -o originals -r reconstructions -op scores.csv -d WD -reg patch -ps 32 -pp patches
The CSV has the columns filename and dist first. A second run with the same CSV keeps the rows of files that are gone.`,
  aliases: { '-op': 'out-path', '-reg': 'region', '-ps': 'patch-size', '-pp': 'patch-path', '-mp': 'map-path' },
  options: {
    origDir: option('-o, --orig-dir <folder>', 'the original images', text),
    reconDir: option('-r, --recon-dir <folder>', 'their reconstructions, of the same names', text),
    outPath: option('--out-path <csv>', 'where the scores go', text),
    distance: option(
      '-d, --distance <name>',
      'mean squared error or Wasserstein distance',
      z.enum(['MSE', 'WD']).default('MSE'),
    ),
    region: option(
      '--region <name>',
      'the part of the image that counts',
      z.enum(['full', 'body', 'patch', 'mask']).default('full'),
    ),
    patchSize: option('--patch-size <pixels>', 'side of a square patch', count.default(32)),
    patchPath: option(
      '--patch-path <folder>',
      'save the highest-scoring patches beside their reconstructions here',
      text.optional(),
    ),
    patches: option('--patches <number>', 'how many patches to save, none overlapping another', count.default(1)),
    mapPath: option(
      '--map-path <folder>',
      'save the score of every patch position here, as NumPy files',
      text.optional(),
    ),
    maskDir: option('--mask-dir <folder>', 'segmentations of the same names, for --region mask', text.optional()),
    compat: option('--compat <name>', 'follow the published procedure to the letter', z.enum(['published']).optional()),
  },
  async run(values, context) {
    const { scored, skipped } = await scoreFolder(
      {
        originals: values.origDir,
        reconstructions: values.reconDir,
        masks: values.maskDir,
        csv: values.outPath,
        distance: values.distance,
        region: values.region,
        patchSize: values.patchSize,
        patchCount: values.patches,
        patchFolder: values.patchPath,
        mapFolder: values.mapPath,
        published: values.compat === 'published',
      },
      context,
      (skipped) => context.remark(skippedLine(skipped)),
    );
    const procedure = values.compat === 'published' ? ' by the published procedure' : '';
    context.print(`${values.distance} ${values.region} of ${scored} images${procedure}: ${values.outPath}`);
    if (skipped > 0) context.print(`${skipped} skipped`);
    if (scored === 0) throw new Problem('missing', { what: 'pair of images that can be scored', name: values.origDir });
  },
});
