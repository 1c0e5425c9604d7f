// The encoder as graph: where it begins, what it shares with the discriminator, its gradient against finite differences.
import { describe, expect, it } from 'vitest';
import { input, multiply, sum } from '../../native/graph/build.ts';
import { gradients } from '../../native/graph/gradients.ts';
import { constantParameters } from '../../native/networks/parameter-source.ts';
import {
  parseDiscriminatorArguments,
  parseEncoderArguments,
  parseGeneratorArguments,
} from '../../native/networks/stylegan2/arguments.ts';
import { discriminatorTrunk, hiddenLayer } from '../../native/networks/stylegan2/discriminator.ts';
import { encoder, encoderArguments, encoderParameters, encoderStart } from '../../native/networks/stylegan2/encoder.ts';
import { discriminatorParameters, initialise } from '../../native/networks/stylegan2/parameters.ts';
import { evaluate } from '../../native/runtime/program.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { oneThread } from '../training/tiny-training.ts';

const side = 16;
const generator = parseGeneratorArguments(
  { z_dim: 6, c_dim: 0, w_dim: 6, img_resolution: side, img_channels: 3 },
  'test',
);
const random = randomFrom('encoder');
const images = random.gaussians(2 * 3 * side ** 2).map((x) => Math.tanh(x));
const shape = [2, 3, side, side];

describe.each(['resnet', 'skip', 'orig'])('an encoder of architecture %s', { timeout: 60_000 }, (architecture) => {
  const discriminator = parseDiscriminatorArguments(
    {
      c_dim: 2,
      img_resolution: side,
      img_channels: 3,
      architecture,
      channel_base: 128,
      channel_max: 8,
      conv_clamp: 256,
    },
    'test',
  );
  const arguments_ = encoderArguments(generator, discriminator);
  const values = initialise(discriminatorParameters(discriminator), random.gaussian);
  const latents = { mean: random.gaussians(6), deviation: 3 };
  const start = encoderStart(arguments_, values, latents);
  // A head that says something.
  const { shape: headShape, data } = start.get('head.weight')!;
  const tensors = new Map([...start, ['head.weight', { data: random.gaussians(data.length), shape: headShape }]]);
  const pixels = input('images', shape);

  it('has the tensors that it asks for, and arguments that a file can hold', () => {
    expect([...start].map(([name, tensor]) => [name, tensor.shape])).toEqual(
      encoderParameters(arguments_).map((parameter) => [parameter.name, parameter.shape]),
    );
    expect(parseEncoderArguments(JSON.parse(JSON.stringify(arguments_)), 'test')).toEqual(arguments_);
    expect(() => parseEncoderArguments({ ...arguments_, w_dim: 0 }, 'file.safetensors')).toThrow('file.safetensors');
  });

  it('begins at the mean, in every layer', async () => {
    const ws = encoder(constantParameters(start), arguments_, pixels);
    expect(ws.shape).toEqual([2, 6, 6]);
    const found = await evaluate(oneThread, { ws }, { images });
    expect(found.ws!.every((value, i) => value === latents.mean[i % 6])).toBe(true);
  });

  it('reads the same hidden layer as the discriminator, but for the statistics of the batch', async () => {
    // Of one image alone the deviation over the batch is nearly 0.
    const one = images.subarray(0, images.length / 2);
    const image = input('images', [1, 3, side, side]);
    const source = constantParameters(values);
    const trunk = discriminatorTrunk(source, discriminator, image);
    const expected = hiddenLayer(source, discriminator, trunk);
    const own = constantParameters(start);
    const { discriminator_kwargs } = arguments_;
    const found = hiddenLayer(own, discriminator_kwargs, discriminatorTrunk(own, discriminator_kwargs, image));
    const result = await evaluate(oneThread, { expected, found }, { images: one });
    const size = Math.max(...result.expected!.map(Math.abs));
    for (const [i, value] of result.expected!.entries())
      expect(Math.abs(result.found![i]! - value)).toBeLessThan(size * 1e-3);
  });

  it("does not let an image's latents depend on the others of its batch", async () => {
    const { ws } = await evaluate(
      oneThread,
      { ws: encoder(constantParameters(tensors), arguments_, pixels) },
      { images },
    );
    const image = input('image', [1, 3, side, side]);
    const alone = await evaluate(
      oneThread,
      { ws: encoder(constantParameters(tensors), arguments_, image) },
      {
        image: images.subarray(images.length / 2),
      },
    );
    for (const [i, value] of alone.ws!.entries()) expect(ws![36 + i]).toBeCloseTo(value, 4);
  });

  it('has the gradient that finite differences have', async () => {
    const ws = encoder(constantParameters(tensors), arguments_, pixels);
    const direction = random.gaussians(images.length);
    const weight = random.gaussians(72);
    const loss = sum(multiply(ws, input('weight', [2, 6, 6])));
    const slope = sum(multiply(gradients(loss, [pixels])[0]!, input('direction', shape)));
    const at = async (t: number) => {
      const moved = images.map((x, i) => x + t * direction[i]!);
      return await evaluate(oneThread, { loss, slope }, { images: moved, direction, weight });
    };
    const step = 1e-3;
    const [before, here, after] = [await at(-step), await at(0), await at(step)];
    const difference = (after.loss![0]! - before.loss![0]!) / (2 * step);
    expect(here.slope![0]! / difference).toBeCloseTo(1, 1);
  });
});
