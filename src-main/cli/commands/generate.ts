// residua generate: the published generate.py, images of a network for seeds or projected latents.
import { join } from 'node:path';
import { z } from 'zod';
import { encodePng } from '../../archive/raster/encode-png.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { Problem } from '../../platform/errors.ts';
import { type GenerateSupplier, nodeLauncher, withEngine } from '../../workbench/engine.ts';
import { defineCommand, number, option, text, whole } from '../command.ts';
import { deviceOption } from '../shared-options.ts';

/** More images than one command is meant for: a guard against a slip of the keyboard. */
const mostSeeds = 1_000_000;

/** `85,265,297-303` as the seeds it means. */
const seedList = z.string().transform((text, context) => {
  const seeds: number[] = [];
  for (const part of text.split(',')) {
    const [, first, last = first] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(part.trim()) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === undefined || from > to || to > 0xffffffff || to - from + seeds.length >= mostSeeds) {
      context.addIssue({ code: 'custom', message: `"${part}" is no seed and no range of seeds` });
      return z.NEVER;
    }
    for (let seed = from; seed <= to; seed++) seeds.push(seed);
  }
  return seeds;
});

export const generate = defineCommand({
  details: `Example: residua generate --network network.pkl --outdir out --seeds 85,265,297-303 --trunc 0.7
Writes seed0085.png and so on; with --projected-w proj00.png and so on. The same seeds give the images of the published
generate.py.`,
  options: {
    network: option('--network <file>', 'network pickle or checkpoint', text),
    seeds: option('--seeds <list>', 'random seeds, such as 85,265,297-303', seedList.optional()),
    trunc: option('--trunc <psi>', 'truncation: 0 draws the mean image, 1 draws freely', number.default(1)),
    class: option('--class <number>', 'class of a conditional network', whole.optional()),
    noiseMode: option(
      '--noise-mode <mode>',
      'noise of the network, new noise for each image, or none',
      z.enum(['const', 'random', 'none']).default('const'),
    ),
    projectedW: option('--projected-w <file>', 'draw these latents (.npz of residua project) instead', text.optional()),
    outdir: option('--outdir <folder>', 'where the images go', text),
    device: deviceOption,
  },
  async run(values, context) {
    const { network, seeds, trunc, noiseMode, projectedW, outdir, device } = values;
    if (seeds === undefined && projectedW === undefined) {
      throw new Problem('usage', { message: '--seeds is required when not using --projected-w' });
    }
    const { images, remarks } = await withEngine<GenerateSupplier, { images: number; remarks: readonly string[] }>(
      nodeLauncher,
      {
        'generate.store': async ({ name, resolution, channels, bytes }) => {
          await writeFileAtomic(join(outdir, `${name}.png`), await encodePng(resolution, resolution, channels, bytes));
          return null;
        },
      },
      (engine) =>
        engine.call(
          'generate',
          {
            networkFile: network,
            seeds: seeds ?? [],
            truncation: trunc,
            class: values.class ?? null,
            noiseMode,
            latentsFile: projectedW ?? null,
            device,
          },
          context,
        ),
    );
    for (const remark of remarks) context.remark(remark);
    context.print(`${images} images: ${outdir}`);
  },
});
