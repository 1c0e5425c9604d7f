// Style mixing and walks through the latents, on the small published pickle.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { generateJob } from '../../src-main/engine/generate-job.ts';
import type { GeneratedImage, GenerateParameters } from '../../src-main/engine/protocol.ts';
import { quiet } from '../../src-main/platform/job.ts';

const networkFile = fileURLToPath(new URL('../golden/stylegan2/tiny.pkl', import.meta.url));
const plain: GenerateParameters = {
  networkFile,
  seeds: [],
  truncation: 0.7,
  class: null,
  noiseMode: 'const',
  latentsFile: null,
  mixing: null,
  walkFrames: null,
  device: 'cpu',
};

async function drawn(asked: Partial<GenerateParameters>): Promise<ReadonlyMap<string, Uint8Array>> {
  const images = new Map<string, Uint8Array>();
  const store = async ({ name, bytes }: GeneratedImage) => images.set(name, bytes);
  const { images: count } = await generateJob({ ...plain, ...asked }, store, quiet);
  expect(count).toBe(images.size);
  return images;
}

describe('style mixing', () => {
  it('draws every seed and every pair once, and takes only the asked layers of the columns', async () => {
    const rows = [85, 55];
    const columns = [55, 293];
    const coarse = await drawn({ mixing: { rows, columns, layers: [0, 1] } });
    expect([...coarse.keys()]).toEqual(['85-85', '55-55', '293-293', '85-55', '85-293', '55-293']);
    const own = await drawn({ seeds: [85, 55, 293] });
    for (const seed of [85, 55, 293])
      expect(coarse.get(`${seed}-${seed}`)).toEqual(own.get(`seed${`${seed}`.padStart(4, '0')}`));
    const all = await drawn({ mixing: { rows, columns, layers: [0, 1, 2, 3, 4, 5, 6, 7] } });
    const published = await drawn({ mixing: { rows, columns, layers: null } });
    const seventh = await drawn({ mixing: { rows, columns, layers: [0, 1, 2, 3, 4, 5, 6] } });
    expect(published).toEqual(seventh);
    expect(all.get('85-293')).toEqual(all.get('293-293'));
    const none = await drawn({ mixing: { rows, columns, layers: [] } });
    expect(none.get('85-293')).toEqual(none.get('85-85'));
    expect(coarse.get('85-293')).not.toEqual(all.get('85-293'));
    expect(coarse.get('85-293')).not.toEqual(none.get('85-293'));
  });

  it('refuses layers that the network lacks', async () => {
    await expect(drawn({ mixing: { rows: [1], columns: [2], layers: [0, 40] } })).rejects.toThrow('layers 0 to');
  });
});

describe('a walk', () => {
  it('passes through each latent and comes back to the first', async () => {
    const frames = await drawn({ seeds: [3, 4, 5], walkFrames: 4 });
    const own = await drawn({ seeds: [3, 4, 5] });
    expect(frames.size).toBe(12);
    for (const [stop, seed] of [3, 4, 5].entries())
      expect(frames.get(`frame${`${stop * 4}`.padStart(4, '0')}`)).toEqual(own.get(`seed000${seed}`));
    expect(frames.get('frame0001')).not.toEqual(frames.get('frame0000'));
    const step = (a: number, b: number) => {
      const [from, to] = [a, b].map((at) => frames.get(`frame${`${at}`.padStart(4, '0')}`)!);
      return from!.reduce((sum, level, at) => sum + Math.abs(level - to![at]!), 0);
    };
    expect(step(11, 0)).toBeLessThan(step(8, 0));
  });

  it('needs two stops', async () => {
    await expect(drawn({ seeds: [3], walkFrames: 4 })).rejects.toThrow('at least two');
  });
});
