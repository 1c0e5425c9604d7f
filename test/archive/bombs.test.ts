// Small files that would grow without end, and broken volumes: refused, within limits, one line each.
import { readFileSync } from 'node:fs';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import type { DecodedImage } from '../../src-main/archive/decoded-image.ts';
import { emptyNiftiHeader, encodeNifti } from '../../src-main/archive/nifti/write-nifti.ts';
import { isProblem } from '../../src-main/platform/errors.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { mutations } from './mutate.ts';
import { levels } from './synthetic.ts';

const golden = (name: string) => new Uint8Array(readFileSync(new URL(`../golden/archive/${name}`, import.meta.url)));
const firstFrame = async (bytes: Uint8Array, companion?: Uint8Array): Promise<DecodedImage> =>
  (await openImageFile({ name: 'file', bytes, ...(companion === undefined ? {} : { companion }) })).frame(0);
const words = (bytes: Uint8Array) => firstFrame(bytes).then(() => 'decoded', inWords);

const finishFlush = constants.Z_FULL_FLUSH;

/** `times` copies of a gzip member that inflates to 64 MiB of zeros; a decoder reads them as one stream. */
function zeros(times: number): Buffer {
  const member = gzipSync(new Uint8Array(64 * 2 ** 20), { level: 1 });
  return Buffer.concat(Array.from({ length: times }, () => member));
}

describe('bombs', () => {
  it('a NIfTI of a few bytes with a gigabyte of zeros behind it is read as far as its header says, and no further', async () => {
    const { raw, version, littleEndian } = emptyNiftiHeader([1, 1, 1]);
    const whole = encodeNifti({ raw, version, littleEndian }, { shape: [8, 8, 1], voxels: levels(64) });
    const before = process.memoryUsage().arrayBuffers;
    const image = await firstFrame(Buffer.concat([whole, zeros(16)]));
    expect(image.samples).toEqual(levels(64));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(256 * 2 ** 20);
  });

  it('a NIfTI that claims more than the limit is refused by its header', async () => {
    const { raw, version, littleEndian } = emptyNiftiHeader([1, 1, 1]);
    const small = encodeNifti({ raw, version, littleEndian }, { shape: [8, 8, 1], voxels: levels(64) });
    const file = new Uint8Array(await inflate(small));
    new DataView(file.buffer).setInt16(42, 30_000, true);
    new DataView(file.buffer).setInt16(44, 30_000, true);
    expect(await words(gzipSync(file))).toMatch(/^volume size in bytes is 900000000, more than the limit/);
  });

  it('a deflated DICOM that inflates beyond the limit is refused', async () => {
    const file = golden('dicom/deflated-12.dcm');
    const start = 128 + 4 + 12 + new DataView(file.buffer).getUint32(140, true);
    // Blocks that end on a byte and can be repeated: nine of 64 MiB each, behind the header of one long element.
    const header = deflateRawSync(Buffer.from([9, 0, 17, 0, 0x55, 0x4e, 0, 0, 0, 0, 0, 0x28]), { finishFlush });
    const block = deflateRawSync(new Uint8Array(64 * 2 ** 20), { finishFlush, level: 1 });
    const bomb = Buffer.concat([header, ...Array.from({ length: 9 }, () => block)]);
    expect(bomb.length).toBeLessThan(4 * 2 ** 20);
    expect(await words(Buffer.concat([file.subarray(0, start), bomb]))).toBe('file: inflates beyond the limit');
  });

  it('a gzip of something else is named after its first bytes, without inflating the rest', async () => {
    expect(await words(Buffer.concat([gzipSync('%PDF-1.7'), zeros(8)]))).toBe(
      'file: not a format that Residua reads (gzip of PDF document)',
    );
  });
});

describe('NIfTI headers that contradict themselves', () => {
  const change = (edit: (view: DataView) => void) => {
    const bytes = golden('preparation/scaled.nii');
    edit(new DataView(bytes.buffer));
    return words(bytes);
  };

  it.each([
    ['no axes', (view: DataView) => view.setInt16(40, 0, true), /it has 0 axes/],
    ['eight axes', (view: DataView) => view.setInt16(40, 8, true), /it has 8 axes/],
    ['a negative length', (view: DataView) => view.setInt16(42, -5, true), /an axis has no length/],
    ['more voxels than bytes', (view: DataView) => view.setInt16(42, 50, true), /the volume holds 244 of 2400 bytes/],
    ['an unknown datatype', (view: DataView) => view.setInt16(70, 77, true), /datatype 77 is unknown/],
    ['complex numbers', (view: DataView) => view.setInt16(70, 32, true), /complex numbers are not read/],
    ['bits that do not fit', (view: DataView) => view.setInt16(72, 8, true), /bits per voxel do not fit/],
    ['data inside the header', (view: DataView) => view.setFloat32(108, 100, true), /begins inside the header/],
    ['data nowhere', (view: DataView) => view.setFloat32(108, Number.NaN, true), /data offset is impossible/],
    [
      'an extension of negative size',
      (view: DataView) => {
        view.setUint8(348, 1);
        view.setInt32(352, -16, true);
      },
      /^decoded$/,
    ],
  ] as const)('%s', async (_, edit, reason) => {
    expect(await change(edit)).toMatch(reason);
  });
});

describe('mutated and cut volumes', () => {
  it('end as a whole slice or as a Problem', async () => {
    let tried = 0;
    for (const name of ['scaled.nii', 'big-endian.nii', 'nifti2.nii']) {
      const plain = golden(`preparation/${name}`);
      for (const file of [plain, gzipSync(plain)]) {
        for (const { bytes, cut } of mutations(file, 30)) {
          tried++;
          const result: unknown = await firstFrame(bytes).catch((error: unknown) => error);
          if (isProblem(result)) continue;
          const { samples, width, height, channels } = result as DecodedImage;
          expect(samples.length).toBe(width * height * channels);
          expect(cut, `${name} cut to ${bytes.length}`).toBe(false);
        }
      }
    }
    expect(tried).toBe(180);
  });
});

async function inflate(bytes: Uint8Array): Promise<ArrayBuffer> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).arrayBuffer();
}
