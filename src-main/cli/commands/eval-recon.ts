// residua eval-recon: the published eval_recon.py on two plain folders, with its errors corrected.
import { distance, region, scoring } from '../../../src-preload/parameters/scoring.ts';
import { skippedLine } from '../../decoder/folder-images.ts';
import { scoreFolder } from '../../folder-tools/folder-scoring.ts';
import { Problem } from '../../platform/errors.ts';
import { defineClusterCommand } from '../cluster-command.ts';
import { option, text } from '../command.ts';
import { optionOf } from '../parameter-options.ts';

export const evalRecon = defineClusterCommand({
  details: `Example: residua eval-recon -o originals -r reconstructions -op scores.csv -d WD -reg patch -ps 32 -pp patches
The CSV has the columns filename and dist first. A second run with the same CSV keeps the rows of files that are gone.`,
  aliases: { '-op': 'out-path', '-reg': 'region', '-ps': 'patch-size', '-pp': 'patch-path', '-mp': 'map-path' },
  options: {
    origDir: option('-o, --orig-dir <folder>', 'the original images', text),
    reconDir: option('-r, --recon-dir <folder>', 'their reconstructions, of the same names', text),
    outPath: option('--out-path <csv>', 'where the scores go', text),
    distance: option('-d, --distance <name>', 'mean squared error or Wasserstein distance', distance.default('MSE')),
    region: option('--region <name>', 'the part of the image that counts', region.default('full')),
    patchSize: optionOf(scoring.patchSize),
    patchPath: option(
      '--patch-path <folder>',
      'save the highest-scoring patches beside their reconstructions here',
      text.optional(),
    ),
    patches: optionOf(scoring.patchCount, { default: 1 }),
    mapPath: option(
      '--map-path <folder>',
      'save the score of every patch position here, as NumPy files',
      text.optional(),
    ),
    maskDir: option('--mask-dir <folder>', 'segmentations of the same names, for --region mask', text.optional()),
    published: optionOf(scoring.published),
  },
  async run(values, context) {
    const { scored, skipped, scaled } = await scoreFolder(
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
        published: values.published,
      },
      context,
      (skipped) => context.remark(skippedLine(skipped)),
    );
    const procedure = values.published ? ' by the published procedure' : '';
    context.print(`${values.distance} ${values.region} of ${scored} images${procedure}: ${values.outPath}`);
    if (scaled > 0) {
      const scale = values.published ? 'each image stretched by itself' : 'both images on the scale of the original';
      context.print(`${scaled} not of 8 bits: ${scale} (column scale)`);
    }
    if (skipped > 0) context.print(`${skipped} skipped`);
    if (scored === 0) throw new Problem('missing', { what: 'pair of images that can be scored', name: values.origDir });
  },
});
