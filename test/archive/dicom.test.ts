// Synthetic DICOM images in every transfer syntax and pixel layout: pixels, windows, geometry, metadata as written.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import type { DecodedImage, ImageFile } from '../../src-main/archive/decoded-image.ts';
import { displayValues, toGrey8 } from '../../src-main/archive/grey.ts';
import { isProblem } from '../../src-main/platform/errors.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { mutations } from './mutate.ts';
import { dicomStyles, element, part10, smallPixelModule } from './write-dicom.ts';

const folder = new URL('../golden/archive/dicom/', import.meta.url);
/** SHA-256 per program; see test/golden/archive/synthetic_dicom.py. */
const expected: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
  readFileSync(new URL('expected.json', folder), 'utf8'),
);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.dcm'))
  .map((name) => name.slice(0, -4));
const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(`${name}.dcm`, folder)));
const open = (name: string): Promise<ImageFile> => openImageFile({ name, bytes: bytesOf(name) });
const first = async (name: string): Promise<DecodedImage> => (await open(name)).frame(0);

async function hashOf(file: ImageFile): Promise<string> {
  const hash = createHash('sha256');
  for (let index = 0; index < file.frameCount; index++) {
    hash.update(new Uint8Array(new Float64Array((await file.frame(index)).samples).buffer));
  }
  return hash.digest('hex');
}

describe('pixels', () => {
  it('there are files for every transfer syntax', () => {
    expect(names.toSorted()).toEqual(Object.keys(expected).toSorted());
    expect(names.length).toBeGreaterThan(40);
  });

  it.each(names)('%s', async (name) => {
    expect(Object.values(expected[name]!)).toContain(await hashOf(await open(name)));
  });

  it.each([
    'implicit-12',
    'big-endian-12',
    'deflated-12',
    'explicit-12-high-bit',
    'rle',
    'jpeg-lossless-57',
    'jpeg-lossless-70',
    'jpeg-lossless-57-predictor-7',
    'jpeg-ls-80',
    'jpeg-2000-90',
    'htj2k-201',
    'deflated-frame',
  ])('%s is lossless', async (name) => {
    expect((await first(name)).samples).toEqual((await first('explicit-12')).samples);
  });

  it('samples stay as they are while other files are decoded', async () => {
    const images: DecodedImage[] = [];
    for (const name of names) images.push(await first(name));
    const kept = images.map(({ samples }) => samples.slice());
    for (const name of names.toReversed()) await first(name);
    expect(images.map(({ samples }) => samples)).toEqual(kept);
    expect(new Set(images.map(({ samples }) => samples.buffer)).size).toBe(images.length);
  });
});

describe('what the samples mean', () => {
  it('MONOCHROME1 stays as stored and is inverted for display, its windows are kept', async () => {
    const image = await first('monochrome1-window');
    expect(image.samples).toEqual((await first('explicit-12')).samples);
    expect(image.windows).toEqual([
      { center: 2000, width: 1000, function: 'LINEAR' },
      { center: 1500, width: 300, function: 'LINEAR' },
    ]);
    const shown = displayValues(image);
    const [stored, level] = [image.samples[5]!, shown[5]!];
    expect(level).toBeCloseTo(255 - Math.min(255, Math.max(0, ((stored - 1999.5) / 999 + 0.5) * 255)), 9);
  });

  it('modality and VOI tables are applied one after the other', async () => {
    const image = await first('lookup-tables');
    const modality = image.samples[100]! ** 2;
    const level = Math.floor(255 * (modality / 4095) ** 2);
    expect(toGrey8(image)[100]).toBe(level);
    expect(image.voiLuts[0]?.explanation).toBe('STEEP');
  });

  it('32-bit samples keep their rescale', async () => {
    expect((await first('explicit-32')).rescale).toEqual({ slope: 0.001, intercept: -5 });
  });

  it('enhanced objects have their own geometry, window and rescale per frame', async () => {
    const second = await (await open('enhanced')).frame(1);
    expect(second).toMatchObject({
      rescale: { slope: 2, intercept: -1001 },
      windows: [{ center: 41, width: 400 }],
      geometry: { spacing: { row: 0.5, column: 0.25 }, sliceSpacing: 2, position: [-10, -20, 32] },
      frame: { index: 1, count: 2 },
    });
  });

  it('overlays are kept apart from the pixels', async () => {
    const { overlays, samples, width } = await first('overlay');
    expect(overlays).toHaveLength(1);
    expect(overlays[0]).toMatchObject({ rows: 14, columns: 20, origin: [0, 0], kind: 'graphics' });
    expect(overlays[0]!.bits.every((bit, at) => bit === Number(at % width > Math.floor(at / width)))).toBe(true);
    expect(samples).toEqual((await first('explicit-8')).samples);
  });

  it('metadata are opaque text in the character set of the file', async () => {
    expect((await first('explicit-8')).metadata).toMatchObject({
      modality: 'OT',
      patientId: 'PHANTOM-1',
      seriesUid: '2.25.4',
    });
    expect((await first('iso-2022-patient-id')).metadata.patientId).toBe('山田-7');
  });
});

describe('broken DICOM', () => {
  it('mutated and cut files end as a whole image or as a Problem, and never leak what is in them', async () => {
    let [tried, decoded] = [0, 0];
    for (const name of names) {
      for (const { bytes, cut } of mutations(bytesOf(name), 8)) {
        tried++;
        const result = await openImageFile({ name, bytes })
          .then(async (file) => ({ file, image: await file.frame(file.frameCount - 1) }))
          .catch((error: unknown) => error);
        if (isProblem(result)) {
          expect(inWords(result)).not.toMatch(/PHANTOM|Phantom/);
          continue;
        }
        const { image } = result as { image: DecodedImage };
        decoded++;
        expect(image.samples.length).toBe(image.width * image.height * image.channels);
        expect(cut && !/^overlay$/.test(name), `${name} cut to ${bytes.length}`).toBe(false);
      }
    }
    expect(tried).toBeGreaterThan(300);
    // Most mutations must be noticed or harmless; some must hit bytes that say nothing.
    expect(decoded).toBeGreaterThan(10);
  });
});

describe('a broken header', () => {
  it('tells nothing of what the file holds, whatever length the transfer syntax claims', async () => {
    const style = dicomStyles[0]!;
    const file = part10(
      style,
      Buffer.concat([element(style, 0x0010_0010, 'PN', 'DOE^JANE'), ...smallPixelModule(style)]),
    );
    const length = file.indexOf(style.syntax) - 2;
    for (const claimed of [40, 70, file.length - length - 2]) {
      file.writeUInt16LE(claimed, length);
      const words = await openImageFile({ name: 'a.dcm', bytes: file }).then(() => 'opened', inWords);
      expect(words).toBe('a.dcm: its transfer syntax is no identifier');
    }
  });
});
