// The preparation tools against nibabel, numpy and Pillow (test/golden/archive/preparation.py).
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import { readDicomdir } from '../../src-main/archive/dicom/dicomdir.ts';
import { EntryReader } from '../../src-main/archive/entry-reader.ts';
import { rangeOf } from '../../src-main/archive/grey.ts';
import { readNiftiVolume } from '../../src-main/archive/nifti/volume.ts';
import { emptyNiftiHeader, niftiBytes } from '../../src-main/archive/nifti/write-nifti.ts';
import { pixelFingerprint } from '../../src-main/archive/pixel-fingerprint.ts';
import { addNoise } from '../../src-main/archive/preparation/add-noise.ts';
import { dicomToNifti } from '../../src-main/archive/preparation/dicom-to-nifti.ts';
import { pngConversion } from '../../src-main/archive/preparation/png-conversion.ts';
import type { ImageReader } from '../../src-main/archive/preparation/preparation.ts';
import { preprocessMidrc } from '../../src-main/archive/preparation/preprocess-midrc.ts';
import { rescaleImages } from '../../src-main/archive/preparation/rescale-images.ts';
import { slice } from '../../src-main/archive/preparation/slice.ts';
import { splitDataset } from '../../src-main/archive/preparation/split-dataset.ts';
import { windowLevel } from '../../src-main/archive/preparation/window-level.ts';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { levels } from './synthetic.ts';

const golden = fileURLToPath(new URL('../golden/archive/preparation/', import.meta.url));
interface Volume {
  readonly values: number[];
  readonly windowed: number[];
  readonly slice0: { readonly values: number[]; readonly affine: number[][] };
  readonly slice2: { readonly values: number[]; readonly affine: number[][] };
  readonly png: { readonly size: number[]; readonly levels: number[] };
  readonly shape: number[];
  readonly affine: number[][];
}
type Volumes = Readonly<Record<'scaled' | 'big-endian' | 'nifti2' | 'axial' | 'coronal', Volume>>;
type Images = Readonly<Record<'rescaled' | 'rescaled16' | 'blurred', number[]>>;
const expected: Volumes & Images = JSON.parse(readFileSync(join(golden, 'expected.json'), 'utf8'));
const names = ['scaled', 'big-endian', 'nifti2'] as const;

const root = mkdtempSync(join(tmpdir(), 'residua-preparation-'));
afterAll(() => rmSync(root, { recursive: true }));
let counter = 0;
/** A folder with the named golden files, and one for the output. */
function folders(...files: string[]): { readonly inDir: string; readonly outDir: string } {
  const [inDir, outDir] = [join(root, `in${counter}`), join(root, `out${counter++}`)];
  mkdirSync(inDir);
  for (const file of files) cpSync(join(golden, file), join(inDir, file), { recursive: true });
  return { inDir, outDir };
}

const entries = new EntryReader();
const reader: ImageReader = {
  async describe(entry) {
    const file = await openImageFile(await entries.read(entry));
    const images = await Promise.all(Array.from({ length: file.frameCount }, (_, index) => file.frame(index)));
    return {
      format: file.format,
      frames: images.map((image) => ({ image, pixelFingerprint: pixelFingerprint(image) })),
    };
  },
  frame: async (entry, index) => ({ image: await (await openImageFile(await entries.read(entry))).frame(index) }),
  listed: async (entry) => readDicomdir((await entries.read(entry)).bytes, entry.path),
};
afterAll(() => entries.close());

async function volumeAt(path: string) {
  const { header, voxels } = await readNiftiVolume({ name: path, bytes: new Uint8Array(readFileSync(path)) });
  return { ...header, values: Array.from(voxels, (voxel) => voxel * header.slope + header.intercept) };
}
const pixelsAt = async (path: string) => (await openImageFile({ name: path, bytes: readFileSync(path) })).frame(0);
const close = (values: readonly number[] | readonly (readonly number[])[]) =>
  values.flat().map((value) => expect.closeTo(value, 4));

/** For folders without a DICOMDIR. */
const noDirectories = { listed: async () => [] };

describe('window-level', () => {
  it('clips in the units of the volume and keeps header, type and scaling', async () => {
    const { inDir, outDir } = folders('scaled.nii', 'big-endian.nii', 'nifti2.nii', 'grey.png');
    const options = { inDir, outDir, windowWidth: 80, windowLevel: 10 };
    const report = await windowLevel(options, reader, quiet);
    expect(report.written.toSorted()).toEqual(['big-endian.nii', 'nifti2.nii', 'scaled.nii']);
    expect(report.skipped).toEqual([{ path: 'grey.png', reason: 'grey.png: not a format that Residua reads (PNG)' }]);
    for (const name of names) {
      const before = await volumeAt(join(golden, `${name}.nii`));
      const after = await volumeAt(join(outDir, `${name}.nii`));
      expect(after.values).toEqual(close(expected[name].windowed));
      const { slope, intercept, datatype, affine, littleEndian, version } = before;
      expect(after).toMatchObject({ slope, intercept, datatype, affine, littleEndian, version });
    }
    expect((await windowLevel(options, reader, quiet)).kept).toHaveLength(3);
  });

  it('becomes floating point where the integers of a file hold nothing of the window', async () => {
    const { inDir, outDir } = folders('scaled.nii');
    const { slope, intercept, type } = await volumeAt(join(inDir, 'scaled.nii'));
    const beyond = 2 ** type.bits * Math.abs(slope) + Math.abs(intercept);
    await windowLevel({ inDir, outDir, windowWidth: 2, windowLevel: beyond + 1 }, reader, quiet);
    const after = await volumeAt(join(outDir, 'scaled.nii'));
    expect(after.datatype).toBe(16);
    expect(new Set(after.values.map((value) => Math.round(value)))).toEqual(new Set([Math.round(beyond)]));
  });

  it('keeps the name, the compression and the two axes of a file, and clips to a bound between two integers', async () => {
    const { inDir, outDir } = folders();
    const voxels = Int16Array.from({ length: 12 }, (_, at) => at * 100 - 600);
    const flat = niftiBytes(emptyNiftiHeader([1, 1, 1]), { shape: [4, 3], voxels });
    writeFileSync(join(inDir, 'v.nii'), flat);
    writeFileSync(join(inDir, 'v.nii.gz'), gzipSync(flat));
    const report = await windowLevel({ inDir, outDir, windowWidth: 401, windowLevel: 0 }, reader, quiet);
    expect(report.written.toSorted()).toEqual(['v.nii', 'v.nii.gz']);
    const [plain, zipped] = report.written.toSorted().map((name) => readFileSync(join(outDir, name)));
    expect(gunzipSync(zipped!).equals(plain!)).toBe(true);
    expect([plain!.readInt16LE(40), plain!.readInt16LE(42), plain!.readInt16LE(44)]).toEqual([2, 4, 3]);
    const { values } = await volumeAt(join(outDir, 'v.nii'));
    expect(values).toEqual([...voxels].map((value) => Math.max(-200.5, Math.min(200.5, value))));
  });

  it('takes DICOM straight in: the volumes of dicom-to-nifti, clipped', async () => {
    const { inDir, outDir } = folders('series', 'grey.png');
    const report = await windowLevel({ inDir, outDir, windowWidth: 80, windowLevel: 10 }, reader, quiet);
    expect(report.written).toEqual(['series.nii.gz']);
    expect(report.skipped.map(({ path }) => path)).toEqual(['grey.png', 'series_2.nii.gz']);
    const { values, affine, datatype } = await volumeAt(join(outDir, 'series.nii.gz'));
    const whole: number[] = expected.axial.values;
    expect(values).toEqual(whole.map((value) => Math.max(-30, Math.min(50, value))));
    expect(affine!.flat()).toEqual(close(expected.axial.affine));
    expect(datatype).toBe(4);
  });
});

describe('slice', () => {
  it.each([
    [2, 1, 'slice2'],
    [0, 3, 'slice0'],
  ] as const)('cuts across axis %d', async (axis, index, key) => {
    const { inDir, outDir } = folders('scaled.nii', 'nifti2.nii');
    const report = await slice({ inDir, outDir, axis }, noDirectories, quiet);
    expect(report.written).toHaveLength(2 * (axis === 2 ? 4 : 5));
    for (const name of ['scaled', 'nifti2'] as const) {
      const part = await volumeAt(join(outDir, `${name}_${index}.nii.gz`));
      expect(part.values).toEqual(close(expected[name][key].values));
      expect(part.affine!.flat()).toEqual(close(expected[name][key].affine));
    }
  });

  it('writes only slices that the mask touches; a missing or empty mask skips the volume', async () => {
    const { inDir, outDir } = folders('scaled.nii', 'nifti2.nii');
    const masks = folders('mask.nii');
    cpSync(join(masks.inDir, 'mask.nii'), join(masks.inDir, 'scaled.nii'));
    const report = await slice({ inDir, outDir, maskDir: masks.inDir, axis: 2 }, noDirectories, quiet);
    expect(report.written).toEqual(['scaled_1.nii.gz', 'scaled_3.nii.gz']);
    expect(report.skipped).toEqual([{ path: 'nifti2.nii', reason: 'mask not found: nifti2.nii' }]);
  });
});

describe('png-conversion', () => {
  it('turns and stretches as the published tool', async () => {
    const { inDir, outDir } = folders('scaled.nii', 'nifti2.nii');
    await pngConversion({ inDir, outDir, orientation: 'published' }, noDirectories, quiet);
    for (const name of ['scaled', 'nifti2'] as const) {
      const { width, height, samples } = await pixelsAt(join(outDir, `${name}_1.png`));
      expect([width, height]).toEqual(expected[name].png.size);
      expect(Array.from(samples)).toEqual(expected[name].png.levels);
    }
  });

  it('shows the patient upright by the affine: the published rows from the back, ours from the front', async () => {
    const { inDir, outDir } = folders('scaled.nii');
    await pngConversion({ inDir, outDir, orientation: 'affine' }, noDirectories, quiet);
    const { samples, width, height } = await pixelsAt(join(outDir, 'scaled_1.png'));
    const rows = Array.from({ length: height }, (_, row) => Array.from(samples.slice(row * width, (row + 1) * width)));
    expect(rows.reverse().flat()).toEqual(expected.scaled.png.levels);
  });
});

describe('dicom-to-nifti', () => {
  it('skips a series with a gap: no affine is true for it', async () => {
    const { inDir, outDir } = folders('series');
    const report = await dicomToNifti({ inDir, outDir }, reader, quiet);
    expect(report.written).toEqual(['series.nii.gz']);
    expect(report.skipped[0]!.reason).toMatch(
      /^series_2\.nii\.gz: slices are missing or unevenly spaced \((2\.50|5\.00) mm behind/,
    );
  });

  it('orders and orients each series; with allowed gaps an uneven one has the mean step', async () => {
    const { inDir, outDir } = folders('series', 'grey.png');
    const report = await dicomToNifti({ inDir, outDir, allowGaps: true }, reader, quiet);
    expect(report.written).toEqual(['series.nii.gz', 'series_2.nii.gz']);
    expect(report.skipped).toEqual([
      { path: 'grey.png', reason: 'grey.png: not a format that Residua reads (PNG, not DICOM)' },
    ]);
    for (const [file, name] of [
      ['series', 'axial'],
      ['series_2', 'coronal'],
    ] as const) {
      const volume = await volumeAt(join(outDir, `${file}.nii.gz`));
      expect(volume.shape).toEqual(expected[name].shape);
      expect(volume.values).toEqual(expected[name].values);
      expect(volume.affine!.flat()).toEqual(close(expected[name].affine));
      expect(volume.datatype).toBe(4);
    }
    expect(report.notes.map(({ note }) => note)).toEqual([
      expect.stringMatching(/^(2\.50|5\.00) mm behind slice \d, elsewhere/),
    ]);
  });
});

describe('rescale-images, add-noise', () => {
  it('resizes as Pillow, 8 and 16 bits', async () => {
    const { inDir, outDir } = folders('grey.png', 'wide.png', 'scaled.nii');
    const report = await rescaleImages({ inDir, outDir, resolution: 16, filter: 'bicubic' }, reader, quiet);
    expect(report.written).toEqual(['grey.png', 'wide.png']);
    expect(Array.from((await pixelsAt(join(outDir, 'grey.png'))).samples)).toEqual(expected.rescaled);
    const wide = (await pixelsAt(join(outDir, 'wide.png'))).samples;
    for (const [at, value] of expected.rescaled16.entries()) expect(Math.abs(wide[at]! - value)).toBeLessThanOrEqual(1);
  });

  it('blurs as OpenCV', async () => {
    const { inDir, outDir } = folders('grey.png');
    const disturbance = { type: 'blur', kernel: [5, 5], sigma: 0 } as const;
    await addNoise({ inDir, outDir, disturbance }, reader, randomFrom(0), quiet);
    expect(Array.from((await pixelsAt(join(outDir, 'grey.png'))).samples)).toEqual(expected.blurred);
  });

  it('adds noise of the wanted strength, the same for the same seed', async () => {
    const { inDir } = folders();
    writeFileSync(join(inDir, 'flat.png'), await encodePng(64, 64, 1, new Uint8Array(4096).fill(128)));
    const outs = ['one', 'two'].map((name) => join(root, name));
    const disturbance = { type: 'noise', mean: 0, variance: 0.01 } as const;
    for (const outDir of outs) await addNoise({ inDir, outDir, disturbance }, reader, randomFrom(5), quiet);
    const [one, two] = outs.map((outDir) => readFileSync(join(outDir, 'flat.png')));
    expect(one).toEqual(two);
    const { samples } = await pixelsAt(join(outs[0]!, 'flat.png'));
    const values = Array.from(samples, (sample) => (sample - 128) / 255);
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(variance).toBeGreaterThan(0.009);
    expect(variance).toBeLessThan(0.011);
  });
});

describe('split-dataset', () => {
  it('makes two halves of all images; patients stay together on demand', async () => {
    const { inDir, outDir } = folders();
    const png = await encodePng(4, 4, 1, levels(16));
    for (let index = 0; index < 12; index++) writeFileSync(join(inDir, `patient${index >> 2}_${index}.png`), png);
    writeFileSync(join(inDir, 'notes.txt'), 'not an image');
    const outDirs = [`${outDir}-a`, `${outDir}-b`] as const;
    const plain = await splitDataset({ inDir, outDirs, byPatient: false }, reader, randomFrom(1), quiet);
    expect(plain.skipped).toHaveLength(1);
    const halves = outDirs.map((folder) => readdirSync(folder));
    expect(halves.map((half) => half.length)).toEqual([6, 6]);
    expect(new Set(halves.flat()).size).toBe(12);
    const grouped = [`${outDir}-c`, `${outDir}-d`] as const;
    await splitDataset({ inDir, outDirs: grouped, byPatient: true }, reader, randomFrom(1), quiet);
    const patients = grouped.map((folder) => new Set(readdirSync(folder).map((name) => name.split('_')[0])));
    expect([...patients[0]!].some((patient) => patients[1]!.has(patient))).toBe(false);
    expect(patients[0]!.size + patients[1]!.size).toBe(3);
  });
});

describe('levels of png-conversion', () => {
  it('makes the brightest pixel white and every level that of numpy, for every range', async () => {
    const { inDir, outDir } = folders();
    // Of these ranges 255 times the quotient is not the quotient of 255.
    const tops = [49, 98, 103, 107, 161, 187, 196, 197, 206, 214, 237, 239, 1000, 1395, 4095];
    for (const top of tops) {
      const voxels = Int16Array.from({ length: 8 }, (_, at) => Math.trunc((top * at) / 7));
      writeFileSync(join(inDir, `t${top}.nii`), niftiBytes(emptyNiftiHeader([1, 1, 1]), { shape: [8, 1], voxels }));
    }
    await pngConversion({ inDir, outDir, orientation: 'published' }, noDirectories, quiet);
    for (const top of tops) {
      const { samples } = await pixelsAt(join(outDir, `t${top}.png`));
      const levels = Array.from({ length: 8 }, (_, at) => Math.trunc((Math.trunc((top * at) / 7) / top) * 255));
      expect([...samples].toSorted((a, b) => a - b)).toEqual(levels);
      expect(levels.at(-1)).toBe(255);
    }
  });
});

describe('preprocess-midrc', () => {
  it('labels by the place in the tree, squares, stretches and inverts MONOCHROME1', async () => {
    const { inDir, outDir } = folders();
    const dicom = fileURLToPath(new URL('../golden/archive/dicom/', import.meta.url));
    for (const [place, file] of [
      ['CHEST/CR', 'explicit-12'],
      ['CHEST/DX', 'monochrome1-window'],
      ['HAND/CR', 'two-frames'],
    ]) {
      mkdirSync(join(inDir, place!, 'case'), { recursive: true });
      cpSync(join(dicom, `${file}.dcm`), join(inDir, place!, 'case/image.dcm'));
    }
    cpSync(join(dicom, 'explicit-8.dcm'), join(inDir, 'loose.dcm'));
    const options = { inDir, outDir, fit: 'squash', published: false } as const;
    const report = await preprocessMidrc(options, reader, quiet);
    expect(report.written).toEqual(['CHEST_CR_0.png', 'CHEST_DX_0.png', 'HAND_CR_0_0.png', 'HAND_CR_0_1.png']);
    expect(report.skipped.map(({ path }) => path)).toEqual(['loose.dcm']);
    const plain = await pixelsAt(join(outDir, 'CHEST_CR_0.png'));
    const inverted = await pixelsAt(join(outDir, 'CHEST_DX_0.png'));
    expect([plain.width, plain.height, rangeOf(plain.samples)]).toEqual([512, 512, { low: 0, high: 255 }]);
    // The same pixels, bright where the other is dark.
    expect(inverted.samples[plain.samples.indexOf(255)]).toBe(0);
  });
});
