// PyTorch files against what PyTorch itself holds in them (test/golden/weights/make.py), and files that lie.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { readNetworkPickle } from '../../native/weights/network-pickle.ts';
import { type StoredTensor, toNumbers } from '../../native/weights/tensor.ts';
import { readTorchFile, torchTensors } from '../../native/weights/torch-file.ts';
import { isProblem } from '../../src-main/platform/errors.ts';

const golden = join(import.meta.dirname, '../golden/weights');
const bytesOf = (name: string) => readFileSync(join(golden, name));
type Expected = Readonly<Record<string, Readonly<Record<string, readonly [number[], number[]]>>>>;
const expected = JSON.parse(readFileSync(join(golden, 'expected.json'), 'utf8')) as Expected;

function plain(tensors: ReadonlyMap<string, StoredTensor>): Record<string, [readonly number[], number[]]> {
  return Object.fromEntries([...tensors].map(([name, tensor]) => [name, [tensor.shape, [...toNumbers(tensor)]]]));
}

async function refusal(run: () => unknown): Promise<{ kind: string; values: object }> {
  try {
    await run();
  } catch (error) {
    if (isProblem(error)) return { kind: error.kind, values: error.values };
    throw error;
  }
  throw new Error('nothing was thrown');
}

async function zipOf(entries: readonly (readonly [string, Uint8Array | string])[]): Promise<Uint8Array> {
  const archive = new ZipFile();
  for (const [name, content] of entries) archive.addBuffer(Buffer.from(content), name, { compress: false });
  archive.end();
  const parts: Uint8Array[] = [];
  for await (const part of archive.outputStream) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

describe('torch files', () => {
  it.each(['state-zip.pth', 'state-legacy.pth', 'scripted.pt', 'traced.pt'])(
    'reads %s as PyTorch does',
    async (name) => {
      expect(plain(await readTorchFile(join(golden, name)))).toEqual(expected[name]);
    },
  );

  it('keeps element types and does not copy what is contiguous', async () => {
    const bytes = bytesOf('state-zip.pth');
    const tensors = await torchTensors(bytes, 'x');
    const types = ['f16', 'bf16', 'f64', 'i64', 'i32', 'i16', 'i8', 'u8', 'bool'].map(
      (name) => tensors.get(`model.${name}`)!.dtype,
    );
    expect(types).toEqual(['F16', 'BF16', 'F64', 'I64', 'I32', 'I16', 'I8', 'U8', 'BOOL']);
    for (const name of ['shared', 'row', 'weight'])
      expect(tensors.get(`model.${name}`)!.data.buffer).toBe(bytes.buffer);
    expect(tensors.get('model.transposed')!.data.buffer).not.toBe(bytes.buffer);
  });

  it.each([2, 3, 4, 5])('reads a network pickle of protocol %i without its source text', (protocol) => {
    const name = `network-protocol${protocol}.pkl`;
    const { networks, trainingSetArguments } = readNetworkPickle(bytesOf(name), name);
    const found = (['G', 'D'] as const).flatMap((network) =>
      [...networks[network]!.tensors].map(([key, { shape, data }]) => [`${network}.${key}`, [shape, [...data]]]),
    );
    expect(Object.fromEntries(found)).toEqual(expected[name]);
    expect(networks.G_ema).toBe(networks.G);
    expect(networks.G?.constructorArguments).toEqual({
      z_dim: 4,
      c_dim: 0,
      w_dim: 4,
      img_resolution: 8,
      img_channels: 1,
      synthesis_kwargs: { gain: 0.1 },
    });
    expect(networks.D?.constructorArguments).toMatchObject({ c_dim: 0, epilogue_kwargs: { mbstd_group_size: null } });
    expect(trainingSetArguments).toMatchObject({ path: 'x.zip', max_size: 9 });
  });

  it('refuses every truncation of its files, as a problem that names the file', async () => {
    for (const name of ['state-zip.pth', 'state-legacy.pth', 'traced.pt', 'network-protocol3.pkl']) {
      const whole = bytesOf(name);
      const read = (bytes: Uint8Array) =>
        name.endsWith('.pkl') ? readNetworkPickle(bytes, name) : torchTensors(bytes, name);
      for (let length = 0; length < whole.length; length += 101) {
        const { values } = await refusal(() => read(whole.subarray(0, length)));
        expect(JSON.stringify(values)).toContain(name);
      }
    }
  });

  it('never ends otherwise than with tensors or a problem, whatever byte is wrong', async () => {
    for (const name of ['state-legacy.pth', 'network-protocol4.pkl', 'scripted.pt']) {
      const whole = bytesOf(name);
      for (let at = 0; at < whole.length; at += 41) {
        const bytes = Uint8Array.from(whole);
        bytes[at]! ^= 0x55;
        try {
          await (name.endsWith('.pkl') ? readNetworkPickle(bytes, name) : torchTensors(bytes, name));
        } catch (error) {
          expect(isProblem(error), `${name} byte ${at}: ${error}`).toBe(true);
        }
      }
    }
  });

  it('refuses what is no PyTorch file', async () => {
    const cases: readonly (readonly [Uint8Array, string])[] = [
      [Buffer.from('GIF89a'), 'format'],
      [new Uint8Array(), 'format'],
      [await zipOf([['a/readme', 'x']]), 'format'],
      [
        await zipOf([
          ['a/data.pkl', '\x80\x02}.'],
          ['a/byteorder', 'big'],
        ]),
        'format',
      ],
      [bytesOf('network-protocol2.pkl'), 'format'],
      [bytesOf('state-zip.pth').fill(0xff, 2000, 2050), 'content'],
    ];
    for (const [bytes, kind] of cases) expect((await refusal(() => torchTensors(bytes, 'file.pth'))).kind).toBe(kind);
  });

  it.each([
    ['a storage that is not there', { key: 'K1\x01', size: 4 }],
    ['a storage of another size', { size: 5 }],
    ['a view that reaches too far', { stride: 2 }],
    ['an offset behind the end', { offset: 1 }],
    ['more elements than the storage has', { shape: 200, stride: 0 }],
  ])('refuses %s', async (_, change) => {
    const part = { size: 4, shape: 4, stride: 1, offset: 0, ...change };
    const number = (value: number) => `K${String.fromCharCode(value)}`;
    const pickle =
      `\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\n` +
      `X\x01\x00\x00\x00${'key' in change ? '9' : '0'}X\x03\x00\x00\x00cpu${number(part.size)}tQ` +
      `${number(part.offset)}${number(part.shape)}\x85${number(part.stride)}\x85\x89}tR.`;
    const bytes = await zipOf([
      ['a/data.pkl', Buffer.from(pickle, 'latin1')],
      ['a/data/0', new Uint8Array(16)],
    ]);
    expect(await refusal(() => torchTensors(bytes, 'lie.pth'))).toMatchObject({
      kind: 'content',
      values: { file: 'lie.pth' },
    });
  });

  it('refuses legacy storages that claim more than the file has', async () => {
    const bytes = bytesOf('state-legacy.pth');
    const lengths = [-1n, 2n ** 62n, 10n ** 6n];
    // The first storage follows the pickled list of keys: its length is the int64 before the first 18 weights.
    const weights = Buffer.from(Float32Array.from(expected['state-legacy.pth']!['model.weight']![1]).buffer);
    const at = bytes.indexOf(weights) - 8;
    expect(bytes.readBigInt64LE(at)).toBe(54n);
    for (const length of lengths) {
      const lie = Buffer.from(bytes);
      lie.writeBigInt64LE(length, at);
      expect((await refusal(() => torchTensors(lie, 'x'))).kind).toBe('content');
    }
  });
});

describe('zip archives', () => {
  const folder = mkdtempSync(join(tmpdir(), 'residua-zip-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('refuses an entry that inflates beyond its declared size, and one that is not stored or deflated', async () => {
    const whole = bytesOf('traced.pt');
    const central = whole.indexOf('PK\x01\x02', 0, 'latin1');
    const changes: readonly ((bytes: Buffer) => void)[] = [
      (bytes) => bytes.writeUInt32LE(3, central + 24),
      (bytes) => bytes.writeUInt32LE(0x7fffffff, central + 24),
      (bytes) => bytes.writeUInt16LE(12, central + 10),
      (bytes) => bytes.writeUInt32LE(0, central + 16),
      (bytes) => bytes.writeUInt32LE(0x7fffffff, central + 42),
    ];
    for (const [index, change] of changes.entries()) {
      const bytes = Buffer.from(whole);
      change(bytes);
      const path = join(folder, `lie${index}.pt`);
      writeFileSync(path, bytes);
      const { values } = await refusal(() => readTorchFile(path));
      expect(JSON.stringify(values)).toContain(path);
    }
  });

  it('refuses a name twice', async () => {
    const bytes = await zipOf([
      ['a/data.pkl', '.'],
      ['a/data.pkl', '.'],
    ]);
    expect((await refusal(() => torchTensors(bytes, 'x'))).kind).toBe('content');
  });
});
