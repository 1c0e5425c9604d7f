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
import { generatedBytes } from '../archive/target-bytes.ts';
import type { GeneratorNetwork } from '../networks/load-network.ts';
import { loadNetwork } from '../networks/load-network.ts';
import { Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { numpyRandom } from '../platform/random/numpy-random.ts';
import { randomFrom } from '../platform/random/random.ts';
import type { GeneratedImage, GenerateParameters, GenerateResponse, NoiseMode } from './protocol.ts';

const noiseSources: { readonly [M in NoiseMode]: (network: GeneratorNetwork) => NoiseSource } = {
  const: ({ tensors }) => storedNoise(constantParameters(tensors)),
  random: () => fedNoise(1),
  none: () => noNoise,
};

/** What is drawn: a name for each image, the seed of its noise, and the latents [L, w_dim]. */
interface Drawing {
  readonly name: string;
  readonly seed: number;
  readonly ws: Float32Array;
}

/** Drawings one by one, and how many there will be. */
interface Drawings {
  readonly total: number;
  readonly each: () => AsyncGenerator<Drawing>;
}

/** The latents of a seed. */
type LatentOf = (seed: number) => Promise<Float32Array>;

/**
 * Draws one image after the other and hands each to `store`. z of a seed is NumPy's `RandomState(seed).randn`, so that a
 * published network draws its published images. Progress counts images. Throws `usage` for a class or layers that are missing or
 * not there, `mismatch` for latents that do not fit, and what reading the files throws.
 */
export async function generateJob(
  parameters: GenerateParameters,
  store: (image: GeneratedImage) => Promise<unknown>,
  control: JobControl,
): Promise<GenerateResponse> {
  const device = await selectDevice(parameters.device);
  const { generator } = await loadNetwork(parameters.networkFile);
  const { arguments_, tensors } = generator;
  const ws = input('ws', [1, latentCount(arguments_), arguments_.w_dim]);
  const noise = noiseSources[parameters.noiseMode](generator);
  const image = synthesis(constantParameters(tensors), arguments_, ws, noise);
  const label = labelOf(parameters, generator);
  const mapping = await compile(device, { outputs: { ws: mapped(parameters, generator) } });
  const latentOf: LatentOf = async (seed) => {
    const z = Float32Array.from(numpyRandom(seed).gaussians(arguments_.z_dim));
    return (await mapping.run(label === undefined ? { z } : { z, c: label })).ws!;
  };
  const program = await compile(device, { outputs: { image } });
  const noiseInputs = program.inputs.filter((leaf) => leaf.name.startsWith('noise.'));
  const { img_resolution: resolution, img_channels: channels } = arguments_;
  let done = 0;
  try {
    const { total, each } = await drawingsOf(parameters, generator, latentOf);
    for await (const { name, seed, ws } of each()) {
      checkpoint(control, 'generating');
      control.report({ stage: 'generating', done, total });
      const random = randomFrom(seed).fork('noise');
      const noise = noiseInputs.map((leaf) => [leaf.name, random.gaussians(sizeOf(leaf.shape))] as const);
      const drawn = await program.run({ ws, ...Object.fromEntries(noise) });
      await store({ name, resolution, channels, bytes: generatedBytes(drawn.image!, channels) });
      done++;
    }
  } finally {
    await mapping.release();
    await program.release();
  }
  const ignored = [
    ...(parameters.class !== null && arguments_.c_dim === 0
      ? ['--class: ignored, the network is not conditional']
      : []),
    ...(parameters.latentsFile !== null && parameters.seeds.length > 0
      ? ['--seeds: ignored, the latents are given']
      : []),
  ];
  return { images: done, remarks: ignored };
}

async function drawingsOf(
  { seeds, latentsFile, mixing, walkFrames }: GenerateParameters,
  generator: GeneratorNetwork,
  latentOf: LatentOf,
): Promise<Drawings> {
  if (mixing !== null) return mixed(mixing, generator, latentOf);
  const drawings = latentsFile === null ? seeded(seeds, latentOf) : await projectedLatents(latentsFile, generator);
  return walkFrames === null ? drawings : walked(drawings, walkFrames);
}

const seeded = (seeds: readonly number[], latentOf: LatentOf): Drawings => ({
  total: seeds.length,
  async *each() {
    for (const seed of seeds) yield { name: `seed${String(seed).padStart(4, '0')}`, seed, ws: await latentOf(seed) };
  },
});

/** As the published style_mixing.py: every seed by itself, then each row with `layers` of each column. */
function mixed(
  { rows, columns, layers }: NonNullable<GenerateParameters['mixing']>,
  { arguments_ }: GeneratorNetwork,
  latentOf: LatentOf,
): Drawings {
  const [count, width] = [latentCount(arguments_), arguments_.w_dim];
  const outside = layers?.find((layer) => layer >= count);
  if (outside !== undefined)
    throw new Problem('usage', { message: `--styles: the network has layers 0 to ${count - 1}, not ${outside}` });
  const taken = layers ?? Array.from({ length: Math.min(7, count) }, (_, layer) => layer);
  const all = [...new Set([...rows, ...columns])];
  const pairs = new Set(
    rows.flatMap((row) => columns.filter((column) => column !== row).map((column) => `${row}-${column}`)),
  );
  return {
    total: all.length + pairs.size,
    async *each() {
      const latents = new Map<number, Float32Array>();
      for (const seed of all) {
        const ws = await latentOf(seed);
        latents.set(seed, ws);
        yield { name: `${seed}-${seed}`, seed, ws };
      }
      for (const name of pairs) {
        const [row, column] = name.split('-').map(Number) as [number, number];
        const ws = latents.get(row)!.slice();
        const source = latents.get(column)!;
        for (const layer of taken) ws.set(source.subarray(layer * width, (layer + 1) * width), layer * width);
        yield { name, seed: row, ws };
      }
    },
  };
}

/** A closed walk through latents on a Catmull-Rom spline: it passes through each of them without a corner. */
function walked({ total: stops, each }: Drawings, frames: number): Drawings {
  if (stops < 2) throw new Problem('usage', { message: '--video: a walk needs at least two seeds or latents' });
  return {
    total: stops * frames,
    async *each() {
      const keys: Float32Array[] = [];
      for await (const { ws } of each()) keys.push(ws);
      for (let frame = 0; frame < stops * frames; frame++) {
        const from = Math.floor(frame / frames);
        const t = (frame % frames) / frames;
        const [before, start, end, after] = [-1, 0, 1, 2].map((step) => keys[(from + step + stops) % stops]!);
        const ws = start!.map((here, at) => {
          const [a, c, d] = [before![at]!, end![at]!, after![at]!];
          const bend = 2 * a - 5 * here + 4 * c - d + t * (3 * (here - c) + d - a);
          return here + 0.5 * t * (c - a + t * bend);
        });
        yield { name: `frame${String(frame).padStart(4, '0')}`, seed: frame, ws };
      }
    },
  };
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

/** The class that is asked for, one-hot; undefined for a network without classes. */
function labelOf(
  { class: label, latentsFile }: GenerateParameters,
  { arguments_: { c_dim } }: GeneratorNetwork,
): Float32Array | undefined {
  if (c_dim === 0) return undefined;
  const c = new Float32Array(c_dim);
  if (latentsFile !== null) return c;
  if (label === null || label >= c_dim) {
    const message = `the network is conditional: --class must be from 0 to ${c_dim - 1}`;
    throw new Problem('usage', { message });
  }
  c[label] = 1;
  return c;
}

/** Latents [N, L, w_dim] as `project` writes them; one for all layers (L = 1) is repeated. */
async function projectedLatents(file: string, { arguments_ }: GeneratorNetwork): Promise<Drawings> {
  const stored = (await readNumpyFile(file)).get('w');
  if (stored === undefined) throw new Problem('content', { file, reason: 'has no array w' });
  const { shape, data } = toFloatTensor(stored);
  const [count, layers, width] = shape as [number, number, number];
  const wanted = latentCount(arguments_);
  if (shape.length !== 3 || width !== arguments_.w_dim || (layers !== wanted && layers !== 1)) {
    const expected = `[N, ${wanted}, ${arguments_.w_dim}]`;
    throw new Problem('mismatch', { what: `latents in ${file}`, expected, found: `[${shape.join(', ')}]` });
  }
  const drawings = Array.from({ length: count }, (_, index): Drawing => {
    const own = data.subarray(index * layers * width, (index + 1) * layers * width);
    const ws = new Float32Array(wanted * width);
    for (let layer = 0; layer < wanted; layer++) {
      const from = layers === 1 ? 0 : layer * width;
      ws.set(own.subarray(from, from + width), layer * width);
    }
    return { name: `proj${String(index).padStart(2, '0')}`, seed: index, ws };
  });
  return {
    total: count,
    async *each() {
      yield* drawings;
    },
  };
}
