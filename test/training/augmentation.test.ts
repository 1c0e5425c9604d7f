// Augmentation: every published transform in output and gradient, second derivatives, draws by their statistics, ADA.
import { describe, expect, it } from 'vitest';
import { constant, input, multiply, square, sum, tanh } from '../../native/graph/build.ts';
import { gradients } from '../../native/graph/gradients.ts';
import { bandMatrices } from '../../native/networks/augmentation/wavelet-matrices.ts';
import { evaluate } from '../../native/runtime/program.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { adapted, firstAugmentation } from '../../src-main/training/adaptive-augmentation.ts';
import { augmentationFeeds, augmented, transformFeeds } from '../../src-main/training/augmentation-inputs.ts';
import { type AugmentationTransforms, augmentationPipelines } from '../../src-main/training/augmentation-pipelines.ts';
import { drawTransform, type ImageTransform, identity, spreads } from '../../src-main/training/image-transform.ts';
import { golden, relativeDistance } from '../networks/golden.ts';
import { oneThread } from './tiny-training.ts';

const pipelines = augmentationPipelines;
const only = (name: keyof AugmentationTransforms): AugmentationTransforms => ({
  ...pipelines.noise,
  noise: 0,
  [name]: 1,
});

/** erf^-1 at the percentiles of the golden file (its stand-in for a normal draw), NIST DLMF 7.17. */
const inverseErf: Readonly<Record<number, number>> = {
  [-0.6]: -0.5951160814499948,
  0.3: 0.2724627147267544,
  [-0.3]: -0.2724627147267544,
};

/** Each transform with every draw replaced by a percentile, as the golden file was made. */
function atPercentile(p: number): { readonly [T in keyof AugmentationTransforms]?: Partial<ImageTransform> } {
  const signed = 2 * p - 1;
  const normal = inverseErf[Number(signed.toFixed(6))]!;
  const flipped = p >= 0.5;
  const power = (spread: number) => 2 ** (normal * spread);
  return {
    xflip: { flipped },
    rotate90: { quarterTurns: Math.floor(4 * p) },
    xint: { wholeShift: [signed * spreads.wholeShift, signed * spreads.wholeShift] },
    scale: { scale: power(spreads.scale) },
    rotate: { rotationBefore: signed * spreads.rotation },
    aniso: { anisotropy: power(spreads.anisotropy) },
    xfrac: { shift: [normal * spreads.shift, normal * spreads.shift] },
    brightness: { brightness: normal * spreads.brightness },
    contrast: { contrast: power(spreads.contrast) },
    lumaflip: { lumaFlipped: flipped },
    hue: { hue: signed * spreads.hue },
    saturation: { saturation: power(spreads.saturation) },
    imgfilter: { bands: [power(1), power(1), power(1), power(1)] },
    cutout: { cutout: [p, p], cutoutSize: spreads.cutoutSize },
  };
}

describe('every transform equals the published one, and its gradient', () => {
  const { tensors } = golden('stylegan2/augment.safetensors');
  const names = Object.keys(atPercentile(0.2)) as (keyof AugmentationTransforms)[];
  const cases = [1, 3].flatMap((channels) => [
    ...names.flatMap((name) => [0.2, 0.65].map((p) => [name, channels, p] as const)),
    ['bgc', channels, 0.35] as const,
  ]);

  it.each(cases)('%s with %i channels at %f', async (name, channels, p) => {
    const x = tensors.get(`x${channels}`)!;
    const transforms = name === 'bgc' ? pipelines.bgc : only(name);
    const chosen = names.filter((each) => transforms[each] > 0).map((each) => atPercentile(p)[each]);
    const transform: ImageTransform = Object.assign({ ...identity }, ...chosen);
    const size = { channels: channels as 1 | 3, side: 32 };
    const images = input('x', x.shape);
    const y = augmented(transforms, images, 'real');
    const cotangent = constant(tensors.get(`cotangent${channels}`)!.data, x.shape);
    const [d] = gradients(sum(multiply(y, cotangent)), [images]);
    const feeds = transformFeeds(transforms, [transform, transform], size, 'real', randomFrom(0));
    const found = await evaluate(oneThread, { y, d: d! }, { ...feeds, x: x.data });
    const key = `${name}/ch${channels}/p${p}`;
    expect(relativeDistance(found.y!, tensors.get(key)!.data)).toBeLessThan(1e-4);
    expect(relativeDistance(found.d!, tensors.get(`d_${key}`)!.data)).toBeLessThan(1e-3);
  });
});

it('lets the gradient of a squared gradient through, as the R1 penalty needs it', async () => {
  const shape = [2, 1, 8, 8];
  const random = randomFrom(3);
  const [x, direction, weights] = [random.gaussians(128), random.gaussians(128), random.gaussians(128)];
  const transforms = pipelines.bgcf;
  const feeds = augmentationFeeds(transforms, 0.9, { images: 2, channels: 1, side: 8 }, 'real', random);
  const images = input('x', shape);
  const scores = sum(multiply(tanh(augmented(transforms, images, 'real')), constant(weights, shape)));
  const penalty = sum(square(gradients(scores, [images])[0]!));
  const [second] = gradients(penalty, [images]);
  const at = async (t: number) => {
    const moved = x.map((value, i) => value + t * direction[i]!);
    return evaluate(oneThread, { penalty, second: second! }, { ...feeds, x: moved });
  };
  const [before, here, after] = [await at(-1e-2), await at(0), await at(1e-2)];
  const slope = here.second!.reduce((total, value, i) => total + value * direction[i]!, 0);
  const difference = (after.penalty![0]! - before.penalty![0]!) / 2e-2;
  expect(Math.abs(slope - difference) / Math.abs(difference)).toBeLessThan(1e-2);
});

it('leaves images as they are with probability 0, but for the filters of motion', async () => {
  const random = randomFrom(5);
  const x = random.gaussians(3 * 256);
  const transforms = pipelines.bgcfnc;
  const feeds = augmentationFeeds(transforms, 0, { images: 1, channels: 3, side: 16 }, 'generated', random);
  const y = augmented(transforms, input('x', [1, 3, 16, 16]), 'generated');
  const found = await evaluate(oneThread, { y }, { ...feeds, x });
  // The wavelet's low-pass filters, one after the other, are the identity to about one part in thirty.
  expect(relativeDistance(found.y!, x)).toBeLessThan(0.05);
});

it('splits images into frequency bands that sum up to the image, borders included', () => {
  for (const side of [8, 16, 64]) {
    const bands = bandMatrices(side);
    for (let i = 0; i < side * side; i++) {
      const total = bands.reduce((sum, { data }) => sum + data[i]!, 0);
      expect(total).toBeCloseTo(i % (side + 1) === 0 ? 1 : 0, 10);
    }
  }
});

describe('draws', () => {
  const count = 4000;
  const draw = (probability: number, pick: (one: ImageTransform) => number, seed = 1) => {
    const random = randomFrom(seed);
    return Array.from({ length: count }, () => pick(drawTransform(pipelines.bgcfnc, probability, random)));
  };
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const share = (probability: number, happened: (one: ImageTransform) => boolean) =>
    mean(draw(probability, (one) => Number(happened(one))));

  it('are nothing at probability 0', () => {
    expect(drawTransform(pipelines.bgcfnc, 0, randomFrom(1))).toEqual({
      ...identity,
      cutout: [expect.any(Number), expect.any(Number)],
    });
  });

  it.each<[string, number, (one: ImageTransform) => boolean]>([
    // Of four quarter turns one is none; half of the flips are none.
    ['flips', 0.15, ({ flipped }) => flipped],
    ['quarter turns', 0.225, ({ quarterTurns }) => quarterTurns > 0],
    ['whole shifts', 0.3, ({ wholeShift: [x] }) => x !== 0],
    ['scales', 0.3, ({ scale }) => scale !== 1],
    ['rotations, before or after', 0.3, (one) => one.rotationBefore !== 0 || one.rotationAfter !== 0],
    ['anisotropic scales', 0.3, ({ anisotropy }) => anisotropy !== 1],
    ['shifts', 0.3, ({ shift: [, y] }) => y !== 0],
    ['brightness', 0.3, ({ brightness }) => brightness !== 0],
    ['contrast', 0.3, ({ contrast }) => contrast !== 1],
    ['luma flips', 0.15, ({ lumaFlipped }) => lumaFlipped],
    ['hues', 0.3, ({ hue }) => hue !== 0],
    ['saturations', 0.3, ({ saturation }) => saturation !== 1],
    ['amplified highest bands', 0.3, ({ bands }) => bands[3] !== 1],
    ['noises', 0.3, ({ noise }) => noise !== 0],
    ['cutouts', 0.3, ({ cutoutSize }) => cutoutSize === 0.5],
  ])('of %s happen as often as they should', (_, expected, happened) => {
    expect(Math.abs(share(0.3, happened) - expected)).toBeLessThan(0.03);
  });

  it('have the published spreads', () => {
    const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => value ** 2)));
    const near = (pick: (one: ImageTransform) => number, expected: number) => {
      const values = draw(1, pick);
      expect(Math.abs(mean(values))).toBeLessThan(0.08 * expected);
      expect(Math.abs(deviation(values) / expected - 1)).toBeLessThan(0.06);
    };
    near(({ scale }) => Math.log2(scale), 0.2);
    near(({ anisotropy }) => Math.log2(anisotropy), 0.2);
    near(({ shift }) => shift[0], 0.125);
    near(({ brightness }) => brightness, 0.2);
    near(({ contrast }) => Math.log2(contrast), 0.5);
    near(({ saturation }) => Math.log2(saturation), 1);
    near(({ bands }) => Math.log2(bands[0]), 1);
    // Uniform ones: the limit over sqrt(3).
    near(({ wholeShift }) => wholeShift[1], 0.125 / Math.sqrt(3));
    near(({ rotationBefore }) => rotationBefore, Math.PI / Math.sqrt(3));
    near(({ hue }) => hue, Math.PI / Math.sqrt(3));
  });

  it('of noise have its moments: a normal with a half-normal deviation of 0.1', () => {
    const size = { images: 400, channels: 1, side: 8 } as const;
    const feeds = augmentationFeeds(pipelines.noise, 1, size, 'real', randomFrom(2));
    const values = [...feeds['augment real noise']!];
    const moment = (power: number) => mean(values.map((value) => value ** power));
    expect(Math.abs(moment(1))).toBeLessThan(0.002);
    expect(Math.abs(moment(2) / 0.01 - 1)).toBeLessThan(0.15);
    expect(Math.abs(moment(4) / 9e-4 - 1)).toBeLessThan(0.35);
  });

  it('are other ones for real and generated images, and the same for the same stream', () => {
    const size = { images: 2, channels: 1, side: 8 } as const;
    const feeds = (which: 'real' | 'generated') => augmentationFeeds(pipelines.bgc, 0.5, size, which, randomFrom(1));
    expect(Object.keys(feeds('real'))).toEqual(['motion', 'matrix', 'offset'].map((name) => `augment real ${name}`));
    expect(feeds('real')).toEqual(feeds('real'));
    expect(feeds('generated')['augment generated motion']).toEqual(feeds('real')['augment real motion']);
  });
});

describe("ADA's controller", () => {
  const configuration = {
    transforms: pipelines.bgc,
    probability: 0,
    adaptive: { target: 0.6, interval: 4, kimg: 500 },
  } as const;
  const stateAfter = (answers: readonly number[], iterations: number, state = firstAugmentation(configuration)) => {
    let now = state;
    for (let i = 1; i <= iterations; i++) {
      now = adapted(now, configuration, { iterations: i, batch: 32 }, Float32Array.from(answers));
    }
    return now;
  };

  it('waits for its interval, then moves by what reaches 1 within its kimg', () => {
    expect(stateAfter([1, 1], 3)).toEqual({ probability: 0, signs: 6, answers: 6 });
    expect(stateAfter([1, 1], 4)).toEqual({ probability: (32 * 4) / 500_000, signs: 0, answers: 0 });
    expect(stateAfter([5, 0.1], 4 * 3906).probability).toBeCloseTo(1, 2);
  });

  it('takes less augmentation below the target, never less than none', () => {
    const half = { ...firstAugmentation(configuration), probability: 0.5 };
    // Mean sign 0.5 is below 0.6.
    expect(stateAfter([2, 2, 2, -1], 4, half).probability).toBe(0.5 - (32 * 4) / 500_000);
    expect(stateAfter([-1], 400).probability).toBe(0);
  });

  it('has nothing to do when the probability is fixed', () => {
    const fixed = { ...configuration, probability: 0.3, adaptive: null };
    const state = firstAugmentation(fixed);
    expect(adapted(state, fixed, { iterations: 4, batch: 32 }, Float32Array.of(1))).toBe(state);
  });
});
