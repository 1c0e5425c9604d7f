// The three ways a StyleGAN2-ADA model comes in give the same networks; own checkpoints give back what was written.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Checkpoint, writeCheckpoint } from '../../native/weights/checkpoint.ts';
import { generatorOf } from '../../native/weights/network-weights.ts';
import { readNetworks } from '../../native/weights/read-networks.ts';
import { safetensorsParts } from '../../native/weights/safetensors.ts';
import { isProblem } from '../../src-main/platform/errors.ts';

const golden = join(import.meta.dirname, '../golden/stylegan2');
const folder = mkdtempSync(join(tmpdir(), 'residua-weights-'));
afterAll(() => rmSync(folder, { recursive: true }));

function place(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function refusal(path: string): Promise<{ kind: string; values: object }> {
  const error: unknown = await readNetworks(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isProblem(error)) throw error ?? new Error('nothing was thrown');
  return { kind: error.kind, values: error.values };
}

describe('readNetworks', () => {
  it('reads the published pickle bit for bit as the reference wrote it', async () => {
    const pickle = await readNetworks(join(golden, 'tiny.pkl'));
    const reference = await readNetworks(join(golden, 'tiny-weights.safetensors'));
    for (const name of ['G', 'D'] as const) {
      const found = pickle.networks[name]!;
      const expected = reference.networks[name]!;
      expect(found.className).toBe(expected.className);
      expect(found.constructorArguments).toEqual(expected.constructorArguments);
      expect([...found.tensors.keys()].sort()).toEqual([...expected.tensors.keys()].sort());
      for (const [key, { shape, data }] of expected.tensors) {
        const tensor = found.tensors.get(key)!;
        expect(tensor.shape, key).toEqual(shape);
        expect(new Uint32Array(tensor.data.slice().buffer), key).toEqual(new Uint32Array(data.slice().buffer));
      }
    }
    expect(pickle.networks.G_ema).toBe(pickle.networks.G);
    expect(pickle.recipe).toBeNull();
    expect(pickle.provenance).toEqual({
      training_set_kwargs: {
        class_name: 'training.dataset.ImageFolderDataset',
        path: 'chest.zip',
        use_labels: false,
        resolution: 32,
      },
    });
    expect(generatorOf(pickle.networks, 'tiny.pkl').constructorArguments).toEqual({
      z_dim: 64,
      c_dim: 0,
      w_dim: 64,
      img_resolution: 32,
      img_channels: 1,
      mapping_kwargs: { num_layers: 2 },
      synthesis_kwargs: { channel_base: 768, channel_max: 48, num_fp16_res: 0, conv_clamp: null },
    });
  });

  it('refuses an own checkpoint in which a single bit has changed, and reads one without a checksum', async () => {
    const { networks } = await readNetworks(join(golden, 'tiny.pkl'));
    const path = join(folder, 'flipped.safetensors');
    await writeCheckpoint(path, { networks: { G_ema: networks.G! }, recipe: { fit: 'pad' }, provenance: {} });
    const whole = readFileSync(path);
    expect(Object.keys((await readNetworks(path)).networks)).toEqual(['G_ema']);
    for (const at of [whole.length - 1, whole.length >> 1, whole.indexOf('"pad') + 1]) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1;
      writeFileSync(path, bytes);
      expect(await refusal(path)).toMatchObject({
        kind: 'content',
        values: { reason: 'is damaged: its weights are not those that were written' },
      });
    }
    // As the first versions wrote it.
    writeFileSync(path, whole.toString('latin1').replace('residua-sha256', 'residua-before'), 'latin1');
    expect(Object.keys((await readNetworks(path)).networks)).toEqual(['G_ema']);
  });

  it('gives back an own checkpoint, state of the training included', async () => {
    const { networks } = await readNetworks(join(golden, 'tiny.pkl'));
    const checkpoint: Checkpoint = {
      networks: { G_ema: networks.G!, D: networks.D! },
      recipe: { fit: 'pad', window: [-110, 190] },
      provenance: { kimg: 48, command: 'residua train', finished: null },
      state: {
        tensors: new Map([['adam.G.m', { dtype: 'F32', shape: [1], data: new Uint8Array(4) }]]),
        values: { random: [1, 2, 3], ada: 0.25 },
      },
    };
    const path = join(folder, 'model.safetensors');
    await writeCheckpoint(path, checkpoint);
    const read = await readNetworks(path);
    expect(read.networks.G).toBeUndefined();
    for (const name of ['G_ema', 'D'] as const) {
      const { tensors, ...described } = checkpoint.networks[name]!;
      expect(read.networks[name]).toMatchObject(described);
      expect(read.networks[name]!.tensors.size).toBe(tensors.size);
      for (const [key, tensor] of tensors) expect(read.networks[name]!.tensors.get(key), key).toEqual(tensor);
    }
    expect([read.recipe, read.provenance]).toEqual([checkpoint.recipe, checkpoint.provenance]);
    expect(read.state?.values).toEqual(checkpoint.state!.values);
    expect(read.state?.tensors.get('adam.G.m')?.shape).toEqual([1]);
  });

  it('names what it refuses', async () => {
    const header = (metadata: Record<string, string>, names: readonly string[]) =>
      Buffer.concat(
        safetensorsParts(
          new Map(names.map((name) => [name, { dtype: 'U8', shape: [1], data: new Uint8Array(1) }])),
          metadata,
        ),
      );
    const own = (change: object) => ({
      residua: JSON.stringify({
        format: 'residua-checkpoint',
        version: 1,
        networks: {},
        recipe: null,
        provenance: {},
        ...change,
      }),
    });
    const cases: readonly (readonly [string, Uint8Array | string, string])[] = [
      ['empty', '', 'format'],
      ['picture.png', '\x89PNG', 'format'],
      ['state.pt', 'PK\x03\x04', 'format'],
      ['state.pth', readFileSync(join(golden, '../weights/state-legacy.pth')), 'format'],
      ['stray', header(own({}), ['G.a']), 'content'],
      ['newer', header(own({ version: 2 }), []), 'content'],
      ['broken', header({ residua: '{' }, []), 'content'],
      ['nothing', header({}, ['vgg.weight']), 'missing'],
      ['unnamed', header({ z_dim: '64' }, ['G.a']), 'content'],
      ['half.pkl', readFileSync(join(golden, 'tiny.pkl')).subarray(0, 700_000), 'content'],
    ];
    for (const [name, content, kind] of cases) {
      const path = place(name, content);
      const problem = await refusal(path);
      expect(problem.kind, name).toBe(kind);
      expect(JSON.stringify(problem.values), name).toContain(path);
    }
    expect(await refusal(folder)).toEqual({ kind: 'file', values: { file: folder, reason: 'is no regular file' } });
    await expect(readNetworks(join(folder, 'absent.pkl'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('has no generator to give when the file has none', () => {
    expect(() => generatorOf({}, 'only-d.pkl')).toThrow('only-d.pkl');
  });
});
