// residua project: the published projector.py on a plain folder of images.
import { z } from 'zod';
import { valuesOf } from '../../../src-preload/parameters/parameter.ts';
import { projection } from '../../../src-preload/parameters/projection.ts';
import { skippedLine } from '../../decoder/folder-images.ts';
import { nodeLauncher } from '../../engine/start-engine.ts';
import { projectFolder } from '../../folder-tools/folder-projection.ts';
import { defaultWeightsFolder } from '../../platform/default-folders.ts';
import { Problem } from '../../platform/errors.ts';
import { defineClusterCommand } from '../cluster-command.ts';
import { flag, option, text } from '../command.ts';
import { optionsOf } from '../parameter-options.ts';
import { weightsOption } from '../shared-options.ts';

export const project = defineClusterCommand({
  details: `Example: residua project --network network.pkl --target images --outdir reconstructions --num-steps 200
OUTDIR gets one image per target, its latents, and projection.csv with the settings of each. A second run with the same
settings continues where the first one stopped. residua eval-recon scores the result.`,
  options: {
    network: option('--network <file>', 'network pickle or checkpoint', text),
    target: option('--target <folder>', 'the images to reconstruct: a folder, a zip or one file', text),
    outdir: option('--outdir <folder>', 'where the reconstructions go', text),
    ...optionsOf(projection),
    weights: weightsOption,
    mode: option(
      '--mode <name>',
      'write grey or colour files (without it: as the target)',
      z.enum(['L', 'RGB']).optional(),
    ),
    normals: option(
      '--normals <folder>',
      'normal images that --loss discriminator is balanced on (without it: images that the network generates)',
      text.optional(),
    ),
    saveTargets: option('--save-targets [flag]', 'also save each target as the network saw it', flag),
  },
  async run(values, context) {
    const { projected, kept, skipped, agreement } = await projectFolder(
      {
        targets: values.target,
        outdir: values.outdir,
        mode: values.mode ?? null,
        normals: values.normals,
        saveTargets: values.saveTargets,
        projecting: {
          networkFile: values.network,
          weightsFolder: values.weights ?? defaultWeightsFolder(),
          ...valuesOf(projection, values),
        },
      },
      nodeLauncher,
      context,
      { onSkipped: (skipped) => context.remark(skippedLine(skipped)), onNote: (note) => context.remark(note) },
    );
    context.print(`${projected} images projected: ${values.outdir}`);
    if (kept > 0) context.print(`${kept} kept from an earlier run`);
    if (skipped > 0) context.print(`${skipped} skipped`);
    if (agreement !== null) context.print(agreement);
    if (projected + kept === 0) {
      throw new Problem('missing', { what: 'images that can be projected', name: values.target });
    }
  },
});
