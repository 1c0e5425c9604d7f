// Draws images of a network for published seeds or projected latents, as the published generate.py.
import { constant, input } from '../../native/graph/build.ts';
import { sizeOf, type Tensor } from '../../native/graph/operations.ts';
import { constantParameters } from '../../native/networks/parameter-source.ts';
import { broadcastLatent, generatorMapping, truncate } from '../../native/networks/stylegan2/mapping.ts';
import {
  fedNoise,
  latentCount,
  type NoiseSource,
  noNoise,
  storedNoise,
  synthesis,
} from '../../native/networks/stylegan2/synthesis.ts';
import { selectDevice } from '../../native/runtime/devices.ts';
import { compile } from '../../native/runtime/program.ts';
import { readNumpyFile } from '../../native/weights/npy.ts';
import { toFloatTensor } from '../../native/weights/tensor.ts';
import { Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { numpyRandom } from '../platform/random/numpy-random.ts';
import { randomFrom } from '../platform/random/random.ts';
import type { GeneratorNetwork } from '../projection/projector.ts';
import { loadNetwork } from './load-network.ts';
import type { GeneratedImage, GenerateParameters, GenerateResponse, NoiseMode } from './protocol.ts';

const noiseSources: { readonly [M in NoiseMode]: (network: GeneratorNetwork) => NoiseSource } = {
  const: ({ tensors }) => storedNoise(constantParameters(tensors)),
  random: () => fedNoise(1),
  none: () => noNoise,
};

/** What is drawn: a name for each image, the seed of its noise, and what the program is fed with. */
interface Drawing {
  readonly name: string;
  readonly seed: number;
  readonly feeds: Readonly<Record<string, Float32Array>>;
}

/**
 * Draws one image after the other and hands each to `store`. z of a seed is NumPy's `RandomState(seed).randn`, so that a
 * published network draws its published images. Progress counts images. Throws `usage` for a class that is missing or not
 * there, `mismatch` for latents that do not fit, and what reading the files throws.
 */
export async function generateJob(
  parameters: GenerateParameters,
  store: (image: GeneratedImage) => Promise<unknown>,
  control: JobControl,
): Promise<GenerateResponse> {
  const device = await selectDevice(parameters.device);
  const { generator } = await loadNetwork(parameters.networkFile);
  const { arguments_, tensors } = generator;
  const fromLatents = parameters.latentsFile !== null;
  const drawings = fromLatents
    ? await projectedLatents(parameters.latentsFile, generator)
    : seededCodes(parameters, generator);
  const ws = fromLatents ? input('ws', [1, latentCount(arguments_), arguments_.w_dim]) : mapped(parameters, generator);
  const noise = noiseSources[parameters.noiseMode](generator);
  const image = synthesis(constantParameters(tensors), arguments_, ws, noise);
  const program = await compile(device, { outputs: { image } });
  const noiseInputs = program.inputs.filter((leaf) => leaf.name.startsWith('noise.'));
  const { img_resolution: resolution, img_channels: channels } = arguments_;
  try {
    for (const [done, { name, seed, feeds }] of drawings.entries()) {
      checkpoint(control, 'generating');
      control.report({ stage: 'generating', done, total: drawings.length });
      const random = randomFrom(seed).fork('noise');
      const noise = noiseInputs.map((leaf) => [leaf.name, random.gaussians(sizeOf(leaf.shape))] as const);
      const drawn = await program.run({ ...feeds, ...Object.fromEntries(noise) });
      await store({ name, resolution, channels, bytes: generatedBytes(drawn.image!, channels) });
    }
  } finally {
    await program.release();
  }
  const ignored = [
    ...(parameters.class !== null && arguments_.c_dim === 0
      ? ['--class: ignored, the network is not conditional']
      : []),
    ...(fromLatents && parameters.seeds.length > 0 ? ['--seeds: ignored, the latents are given'] : []),
  ];
  return { images: drawings.length, remarks: ignored };
}

/** The latents of a fed code, moved towards the mean by the truncation. */
function mapped({ truncation }: GenerateParameters, { arguments_, tensors }: GeneratorNetwork): Tensor {
  const { z_dim, c_dim, w_dim } = arguments_;
  const label = c_dim > 0 ? input('c', [1, c_dim]) : undefined;
  const w = generatorMapping(constantParameters(tensors), arguments_, input('z', [1, z_dim]), label);
  const ws = broadcastLatent(w, latentCount(arguments_));
  if (truncation === 1) return ws;
  return truncate(ws, constant(tensors.get('mapping.w_avg')!.data, [w_dim]), truncation);
}

function seededCodes(
  { seeds, class: label }: GenerateParameters,
  { arguments_ }: GeneratorNetwork,
): readonly Drawing[] {
  const { z_dim, c_dim } = arguments_;
  const c = new Float32Array(c_dim);
  if (c_dim > 0) {
    if (label === null || label >= c_dim) {
      const message = `the network is conditional: --class must be from 0 to ${c_dim - 1}`;
      throw new Problem('usage', { message });
    }
    c[label] = 1;
  }
  return seeds.map((seed) => {
    const z = Float32Array.from(numpyRandom(seed).gaussians(z_dim));
    return { name: `seed${String(seed).padStart(4, '0')}`, seed, feeds: c_dim > 0 ? { z, c } : { z } };
  });
}

/** Latents [N, L, w_dim] as `project` writes them; one for all layers (L = 1) is repeated. */
async function projectedLatents(file: string, { arguments_ }: GeneratorNetwork): Promise<readonly Drawing[]> {
  const stored = (await readNumpyFile(file)).get('w');
  if (stored === undefined) throw new Problem('content', { file, reason: 'has no array w' });
  const { shape, data } = toFloatTensor(stored);
  const [count, layers, width] = shape as [number, number, number];
  const wanted = latentCount(arguments_);
  if (shape.length !== 3 || width !== arguments_.w_dim || (layers !== wanted && layers !== 1)) {
    const expected = `[N, ${wanted}, ${arguments_.w_dim}]`;
    throw new Problem('mismatch', { what: `latents in ${file}`, expected, found: `[${shape.join(', ')}]` });
  }
  return Array.from({ length: count }, (_, index) => {
    const own = data.subarray(index * layers * width, (index + 1) * layers * width);
    const ws = new Float32Array(wanted * width);
    for (let layer = 0; layer < wanted; layer++) {
      const from = layers === 1 ? 0 : layer * width;
      ws.set(own.subarray(from, from + width), layer * width);
    }
    return { name: `proj${String(index).padStart(2, '0')}`, seed: index, feeds: { ws } };
  });
}

/** Model space [C, R, R] as interleaved bytes [R, R, C]: x 127.5 + 128, cut to 0..255, as generate.py truncates it. */
function generatedBytes(image: Float32Array, channels: 1 | 3): Uint8Array {
  const plane = image.length / channels;
  const bytes = new Uint8Array(image.length);
  for (let i = 0; i < image.length; i++) {
    const level = Math.fround(Math.fround(image[i]! * 127.5) + 128);
    bytes[(i % plane) * channels + Math.floor(i / plane)] = Math.max(0, Math.min(255, level));
  }
  return bytes;
}
