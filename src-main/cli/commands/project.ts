// residua project: the published projector.py on a plain folder of images.
import { z } from 'zod';
import { Problem } from '../../platform/errors.ts';
import { nodeLauncher } from '../../workbench/engine.ts';
import { skippedLine } from '../../workbench/folder-images.ts';
import { projectFolder } from '../../workbench/folder-projection.ts';
import { count, defineCommand, flag, option, text, whole } from '../command.ts';
import { deviceOption } from '../shared-options.ts';

export const project = defineCommand({
  details: `Example: residua project --network network.pkl --target images --outdir reconstructions --num-steps 200
OUTDIR gets one image per target, its latents, and projection.csv with the settings of each. A second run with the same
settings continues where the first one stopped. residua eval-recon scores the result.`,
  options: {
    network: option('--network <file>', 'network pickle or checkpoint', text),
    target: option('--target <folder>', 'the images to reconstruct: a folder, a zip or one file', text),
    outdir: option('--outdir <folder>', 'where the reconstructions go', text),
    numSteps: option('--num-steps <number>', 'optimization steps', count.default(1000)),
    seed: option('--seed <number>', 'random seed', whole.default(303)),
    mode: option('--mode <name>', 'grey or colour files (without it: as the target)', z.enum(['L', 'RGB']).optional()),
    loss: option(
      '--loss <name>',
      'what makes images alike (without it: discriminator, or pixel for a network that has none)',
      z.enum(['lpips', 'discriminator', 'pixel']).optional(),
    ),
    space: option('--space <name>', 'one latent for all layers, or one for each', z.enum(['w', 'w+']).default('w')),
    batch: option('--batch <number>', 'images at once', count.default(1)),
    renderNoise: option(
      '--render-noise <name>',
      'draw the result with the noise of the network or with the optimised one',
      z.enum(['stored', 'optimised']).default('stored'),
    ),
    normals: option(
      '--normals <folder>',
      'normal images that --loss discriminator is balanced on (without it: images that the network draws)',
      text.optional(),
    ),
    saveTargets: option('--save-targets [flag]', 'also save each target as the network saw it', flag),
    device: deviceOption,
  },
  async run(values, context) {
    const { projected, kept, skipped } = await projectFolder(
      {
        targets: values.target,
        outdir: values.outdir,
        mode: values.mode ?? null,
        normals: values.normals,
        saveTargets: values.saveTargets,
        projecting: {
          networkFile: values.network,
          loss: values.loss ?? null,
          space: values.space,
          steps: values.numSteps,
          seed: values.seed,
          batch: values.batch,
          renderNoise: values.renderNoise,
          device: values.device,
        },
      },
      nodeLauncher,
      context,
      (skipped) => context.remark(skippedLine(skipped)),
    );
    context.print(`${projected} images projected: ${values.outdir}`);
    if (kept > 0) context.print(`${kept} kept from an earlier run`);
    if (skipped > 0) context.print(`${skipped} skipped`);
    if (projected + kept === 0) {
      throw new Problem('missing', { what: 'images that can be projected', name: values.target });
    }
  },
});
