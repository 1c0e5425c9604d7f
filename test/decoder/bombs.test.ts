// Bombs: small files that would grow without end are refused within 5 seconds and 1 GB of the decoder process.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, crc32, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { ArchiveEntry } from '../../src-main/archive/entry.ts';
import { emptyNiftiHeader, encodeNifti } from '../../src-main/archive/nifti/write-nifti.ts';
import { walk } from '../../src-main/archive/walk.ts';
import { openDecoderPool } from '../../src-main/decoder/decoder-pool.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { launchNode } from '../../src-main/platform/process.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { type RawEntry, rawZip } from '../archive/raw-zip.ts';
import { levels } from '../archive/synthetic.ts';
import { dicomStyles, element, part10, uint16 } from '../archive/write-dicom.ts';

const folder = mkdtempSync(join(tmpdir(), 'residua-bombs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MiB = 2 ** 20;
const zeros = new Uint8Array(64 * MiB);
/** Deflated blocks that end on a byte: `count` of them are a stream of 64 MiB each, in half a megabyte altogether. */
const block = deflateRawSync(zeros, { finishFlush: constants.Z_FULL_FLUSH, level: 9 });
const blocks = (count: number) => Buffer.concat(Array.from({ length: count }, () => block));
const lastBlock = deflateRawSync(new Uint8Array());

/** A NIfTI whose header declares as much as is allowed and whose gzip holds twice that. */
async function gzipBomb(): Promise<Uint8Array> {
  const { raw, version, littleEndian } = emptyNiftiHeader([1, 1, 1]);
  const small = await encodeNifti({ raw, version, littleEndian }, { shape: [8, 8, 1], voxels: levels(64) });
  const header = Buffer.from(
    await new Response(
      new Blob([small as BlobPart]).stream().pipeThrough(new DecompressionStream('gzip')),
    ).arrayBuffer(),
  );
  header.writeInt16LE(30_000, 42);
  header.writeInt16LE(30_000, 44);
  const member = gzipSync(zeros, { level: 1 });
  return Buffer.concat([gzipSync(header), ...Array.from({ length: 16 }, () => member)]);
}

function deflatedDicom(): Uint8Array {
  const style = { ...dicomStyles[0]!, syntax: '1.2.840.10008.1.2.1.99' };
  const short = (tag: number, value: number) => element(style, tag, 'US', uint16(value, true));
  const head = Buffer.concat([
    short(0x0028_0010, 8),
    short(0x0028_0011, 8),
    element(style, 0x7fe0_0010, 'OW', '', 2 ** 30),
  ]);
  const deflated = deflateRawSync(head, { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([part10(style, Buffer.alloc(0)), deflated, blocks(16), lastBlock]);
}

function png(side: number, chunks: readonly (readonly [name: string, content: Uint8Array])[]): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 8;
  const all = [['IHDR', header] as const, ...chunks, ['IEND', Buffer.alloc(0)] as const];
  const parts = all.map(([name, content]) => {
    const body = Buffer.concat([Buffer.from(name), content]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  });
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts]);
}

/** An entry of zeros that keeps its word: `count` times 64 MiB. */
const entryOf = (count: number): RawEntry => ({
  name: `${count}.dcm`,
  content: new Uint8Array(),
  method: 8,
  stored: Buffer.concat([blocks(count), lastBlock]),
  declaredSize: count * zeros.length,
});

function nested(): Uint8Array {
  let bomb: Uint8Array = rawZip([entryOf(16)]);
  for (let depth = 0; depth < 5; depth++) {
    bomb = rawZip(['x.zip', 'y.zip', 'z.zip'].map((name) => ({ name, content: bomb, method: 8 })));
  }
  return bomb;
}

const bombs: Readonly<Record<string, Uint8Array>> = {
  'gzip.nii.gz': await gzipBomb(),
  'deflated.dcm': deflatedDicom(),
  'wide.png': png(60_000, [['IDAT', deflateSync(new Uint8Array(1000))]]),
  'text.png': png(8, [
    ['zTXt', Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), deflateSync(Buffer.alloc(256 * MiB), { level: 1 })])],
    ['IDAT', deflateSync(new Uint8Array(72))],
  ]),
  'large.zip': rawZip([entryOf(16)]),
  // As much as an entry may be.
  'largest.zip': rawZip([entryOf(8)]),
  'nested.zip': nested(),
};

async function small(): Promise<ArchiveEntry> {
  const file = join(folder, 'small.png');
  writeFileSync(file, png(8, [['IDAT', deflateSync(new Uint8Array(72))]]));
  const { size, mtimeMs: modified } = statSync(file);
  return { path: 'small.png', file, inside: [], size, modified };
}

/** What became of every file in the archive, and the most that a decoder process took for it. */
async function open(path: string) {
  let memory = 0;
  let seconds = 0;
  const file = fileURLToPath(new URL('./measured-decoder.ts', import.meta.url));
  const measure = (line: string) => {
    const [, kilobytes, microseconds] = /^taken (\d+) (\d+)$/.exec(line) ?? [];
    if (kilobytes === undefined) return;
    memory = Math.max(memory, Number(kilobytes) * 1024);
    seconds = Math.max(seconds, Number(microseconds) / 1e6);
  };
  // The time that it computes is what is asked for: other tests may keep the machine busy.
  const decoder = openDecoderPool({
    secondsPerFrame: 110,
    launch: (program) => launchNode(program, measure, { file }),
  });
  // What every process takes to start is no part of it.
  await decoder.describe(await small());
  const begun = seconds;
  const outcomes: string[] = [];
  for await (const item of walk(path, { ...quiet, listedIn: null })) {
    if (item.kind === 'refused') outcomes.push(inWords(item.problem));
    else outcomes.push(await decoder.describe(item.entry).then(() => 'read', inWords));
  }
  await decoder.close();
  return { outcomes: [...new Set(outcomes)], memory, seconds: seconds - begun };
}

describe('bombs', () => {
  it.each([
    ['gzip.nii.gz', /^volume size in bytes is 900000000, more than the limit/],
    ['deflated.dcm', /inflates beyond the limit/],
    ['wide.png', /^image size in bytes is \d+, more than the limit/],
    ['text.png', /^(read$|text\.png: )/],
    ['large.zip', /^entry size in bytes is 1073741824, more than the limit/],
    ['largest.zip', /^largest\.zip\/8\.dcm: /],
    ['nested.zip', /^zips inside zips is 4, more than the limit of 3/],
  ] as const)(
    '%s',
    async (name, outcome) => {
      const bytes = bombs[name]!;
      expect(bytes.length).toBeLessThan(8 * MiB);
      const path = join(folder, name);
      writeFileSync(path, bytes);
      const before = process.cpuUsage();
      const { outcomes, memory, seconds } = await open(path);
      const { user, system } = process.cpuUsage(before);
      expect(outcomes).toEqual([expect.stringMatching(outcome)]);
      expect(memory).toBeLessThan(1024 ** 3);
      expect(seconds).toBeLessThan(5);
      expect((user + system) / 1e6).toBeLessThan(5);
    },
    120_000,
  );
});
