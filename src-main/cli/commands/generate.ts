// residua generate: the published generate.py, images of a network for seeds or projected latents.
import { z } from 'zod';
import { type GenerateSupplier, nodeLauncher, withEngine } from '../../engine/start-engine.ts';
import { Problem } from '../../platform/errors.ts';
import { count, defineCommand, flag, number, option, text, whole } from '../command.ts';
import { imageFiles, mixedImages, walkFilm } from '../generated-images.ts';
import { deviceOption } from '../shared-options.ts';

/** More images than one command is meant for: a guard against a slip of the keyboard. */
const mostSeeds = 1_000_000;

/** `85,265,297-303` as the numbers it means. */
const numberList = (what: string) =>
  z.string().transform((text, context) => {
    const numbers: number[] = [];
    for (const part of text.split(',')) {
      const [, first, last = first] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(part.trim()) ?? [];
      const [from, to] = [Number(first), Number(last)];
      if (first === undefined || from > to || to > 0xffffffff || to - from + numbers.length >= mostSeeds) {
        context.addIssue({ code: 'custom', message: `"${part}" is no ${what} and no range of ${what}s` });
        return z.NEVER;
      }
      for (let number = from; number <= to; number++) numbers.push(number);
    }
    return numbers;
  });

const options = {
  network: option('--network <file>', 'network pickle or checkpoint', text),
  seeds: option('--seeds <list>', 'random seeds, such as 85,265,297-303', numberList('seed').optional()),
  trunc: option('--trunc <psi>', 'truncation psi: 0 gives the mean image, 1 no truncation', number.default(1)),
  class: option('--class <number>', 'class of a conditional network', whole.optional()),
  noiseMode: option(
    '--noise-mode <mode>',
    'noise of the network, new noise for each image, or none',
    z.enum(['const', 'random', 'none']).default('const'),
  ),
  projectedW: option('--projected-w <file>', 'render these latents (.npz of residua project) instead', text.optional()),
  rows: option('--rows <list>', 'style mixing: seeds of the rows', numberList('seed').optional()),
  cols: option('--cols <list>', 'style mixing: seeds of the columns', numberList('seed').optional()),
  styles: option(
    '--styles <list>',
    'style mixing: layers taken from the columns (default: 0-6)',
    numberList('layer').optional(),
  ),
  video: option('--video [flag]', 'a video that moves from latent to latent and back to the first', flag),
  frames: option('--frames <number>', 'frames of the video from one latent to the next', count.default(60)),
  outdir: option('--outdir <folder>', 'where the images go', text),
  device: deviceOption,
};
type Values = { readonly [N in keyof typeof options]: z.output<(typeof options)[N]['schema']> };

export const generate = defineCommand({
  details: `Example: residua generate --network network.pkl --outdir out --seeds 85,265,297-303 --trunc 0.7
Writes seed0085.png and so on; with --projected-w proj00.png and so on. The same seeds give the images of the published
generate.py. With --rows and --cols it is the published style_mixing.py: 85-55.png has the fine styles of seed 85 and the coarse ones
(--styles) of seed 55, and grid.png shows all of them. With --video walk.mp4, 30 frames a second.`,
  options,
  async run(values, context) {
    const { network, trunc, noiseMode, projectedW, outdir, device } = values;
    const mixing = mixingOf(values);
    const sink = mixing !== null ? mixedImages(outdir, mixing) : values.video ? walkFilm(outdir) : imageFiles(outdir);
    const { images, remarks } = await withEngine<GenerateSupplier, { images: number; remarks: readonly string[] }>(
      nodeLauncher,
      { 'generate.store': async (image) => sink.store(image).then(() => null) },
      (engine) =>
        engine.call(
          'generate',
          {
            networkFile: network,
            seeds: values.seeds ?? [],
            truncation: trunc,
            class: values.class ?? null,
            noiseMode,
            latentsFile: projectedW ?? null,
            mixing,
            walkFrames: values.video ? values.frames : null,
            device,
          },
          context,
        ),
    );
    for (const remark of remarks) context.remark(remark);
    context.print(await sink.finish(images));
  },
});

/** What is mixed, or null. Throws `usage` when it is not clear what to draw. */
function mixingOf({ seeds, projectedW, rows, cols, styles, video }: Values) {
  const refuse = (message: string): never => {
    throw new Problem('usage', { message });
  };
  if (rows === undefined && cols === undefined) {
    if (styles !== undefined) refuse('--styles needs --rows and --cols');
    if (seeds === undefined && projectedW === undefined) refuse('--seeds is required when not using --projected-w');
    return null;
  }
  if (seeds !== undefined || projectedW !== undefined || video)
    refuse('--rows and --cols cannot be combined with --seeds, --projected-w or --video');
  if (rows === undefined || cols === undefined) return refuse('style mixing needs both --rows and --cols');
  return { rows, columns: cols, layers: styles ?? null };
}
