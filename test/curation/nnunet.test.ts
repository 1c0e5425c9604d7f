// Export for nnU-Net and MONAI: the layout, checked by the rules of nnU-Net's verify_dataset_integrity.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import type { DecodedImage } from '../../src-main/archive/decoded-image.ts';
import { EntryReader } from '../../src-main/archive/entry-reader.ts';
import { modalityValues } from '../../src-main/archive/grey.ts';
import type { Catalog } from '../../src-main/catalog/catalog.ts';
import { createCohort } from '../../src-main/catalog/tables/cohorts.ts';
import { importFiles } from '../../src-main/catalog/tables/files.ts';
import type { ImageRecord } from '../../src-main/catalog/tables/images.ts';
import { pseudonymsOf } from '../../src-main/curation/deidentification/pseudonyms.ts';
import { exportImages, type ImageSources } from '../../src-main/curation/export/export-images.ts';
import { verifyExport } from '../../src-main/curation/export/verify-export.ts';
import { quiet } from '../../src-main/platform/job.ts';
import type { Splits } from '../../src-preload/jobs/export.ts';
import { dicomStyles, element, part10, uint16 } from '../archive/write-dicom.ts';
import { emptyCatalog, noon } from '../catalog/sample-catalog.ts';

const [width, height] = [6, 4];
const style = dicomStyles[0]!;

/** A CT slice with a position, slope 2 and intercept -1000, and a patient's name. */
function ctSlice(seed: number): Buffer {
  const short = (tag: number, value: number) => element(style, tag, 'US', uint16(value, true));
  const stored = Uint16Array.from({ length: width * height }, (_, index) => (index * seed) % 1000);
  return part10(
    style,
    Buffer.concat([
      element(style, 0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
      element(style, 0x0008_0060, 'CS', 'CT'),
      element(style, 0x0010_0010, 'PN', 'SECRET^NAME'),
      element(style, 0x0018_0050, 'DS', '2.5'),
      element(style, 0x0020_0032, 'DS', '10\\20\\30'),
      element(style, 0x0020_0037, 'DS', '1\\0\\0\\0\\1\\0'),
      short(0x0028_0002, 1),
      element(style, 0x0028_0004, 'CS', 'MONOCHROME2'),
      short(0x0028_0010, height),
      short(0x0028_0011, width),
      element(style, 0x0028_0030, 'DS', '0.5\\0.75'),
      short(0x0028_0100, 16),
      short(0x0028_0101, 16),
      short(0x0028_0102, 15),
      short(0x0028_0103, 0),
      element(style, 0x0028_1052, 'DS', '-1000'),
      element(style, 0x0028_1053, 'DS', '2'),
      element(style, 0x7fe0_0010, 'OW', Buffer.from(stored.buffer)),
    ]),
  );
}

/** A catalog over files in a folder. */
function catalogOf(files: readonly (readonly [name: string, format: string, modality: string | null, Uint8Array])[]) {
  const catalog = emptyCatalog();
  const folder = join(catalog.folder, 'archive');
  for (const [name, format, modality, bytes] of files) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    const image = { frame: 0, name, width, height, bits: 8, ...(modality === null ? {} : { modality }) };
    const facts = { size: bytes.length, modified: statSync(file).mtimeMs, format };
    importFiles(catalog, [{ source: folder, path: name, file, inside: [], ...facts, images: [image] }], noon);
  }
  return catalog;
}

const reader = new EntryReader();
const entryOf = ({ path, file, inside, size, modified }: ImageRecord) => ({ path, file, inside, size, modified });

/** Sources whose masks are `masks[image id]`: the size, and the labels that are not background from the first pixel on. */
const sourcesOf = (
  masks: Readonly<Record<number, readonly number[]>>,
  wrongSize: readonly number[] = [],
): ImageSources => ({
  read: (record) => reader.read(entryOf(record)),
  decode: async (record) => (await openImageFile(await reader.read(entryOf(record)))).frame(record.frame),
  labels: async ({ id }) => {
    const labels = masks[id];
    if (labels === undefined) return undefined;
    const rows = wrongSize.includes(id) ? height + 1 : height;
    const samples = new Uint16Array(width * rows);
    samples.set(labels);
    return { width, height: rows, samples };
  },
});

const deidentification = {
  pseudonyms: pseudonymsOf(Buffer.alloc(32, 1)),
  retainDates: false,
  retainDevice: false,
  reviewed: new Set<number>(),
};

function exported(catalog: Catalog, images: readonly number[], sources: ImageSources, splits?: Splits) {
  const facts = { splits, scores: [], deidentification, program: 'Residua 0.1.0', actor: 'Ada', at: noon };
  const target = join(catalog.folder, 'Dataset001_Residua');
  return exportImages(catalog, { target, images, format: 'nnunet', ...facts }, sources, quiet);
}

async function niftiAt(file: string): Promise<DecodedImage> {
  return await (await openImageFile({ name: file, bytes: readFileSync(file) })).frame(0);
}

interface DataSet {
  readonly channel_names: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, number>>;
  readonly numTraining: number;
  readonly file_ending: string;
  readonly training: readonly { readonly image: string | readonly string[]; readonly label: string }[];
  readonly test: readonly (string | readonly string[])[];
}

/** The rules of nnunetv2/experiment_planning/verify_dataset_integrity.py; what breaks one, in words. */
async function brokenRules(folder: string): Promise<string[]> {
  const broken: string[] = [];
  const dataSet = JSON.parse(readFileSync(join(folder, 'dataset.json'), 'utf8')) as DataSet;
  const channels = Object.keys(dataSet.channel_names);
  const ending = dataSet.file_ending;
  // get_identifiers_from_splitted_dataset_folder: the name without `_0000` and the ending.
  const identifiers = new Set(
    readdirSync(join(folder, 'imagesTr')).map((name) => name.slice(0, -(ending.length + '_0000'.length))),
  );
  if (identifiers.size !== dataSet.numTraining) broken.push('numTraining');
  const values = Object.values(dataSet.labels);
  if (dataSet.labels.background !== 0) broken.push('background');
  if (values.some((value, index) => value !== index)) broken.push('labels are not consecutive');
  for (const identifier of identifiers) {
    const images: DecodedImage[] = [];
    for (const channel of channels) {
      images.push(await niftiAt(join(folder, 'imagesTr', `${identifier}_${channel.padStart(4, '0')}${ending}`)));
    }
    const label = await niftiAt(join(folder, 'labelsTr', `${identifier}${ending}`));
    if (label.samples.some((value) => !values.includes(value))) broken.push(`unexpected labels in ${identifier}`);
    if (label.rescale.slope !== 1 || label.rescale.intercept !== 0) broken.push(`scaled labels in ${identifier}`);
    for (const image of images) {
      if (image.samples.some((value) => !Number.isFinite(value))) broken.push(`NaN in ${identifier}`);
      if (image.width !== label.width || image.height !== label.height) broken.push(`shape of ${identifier}`);
      if (JSON.stringify(image.geometry) !== JSON.stringify(label.geometry)) broken.push(`geometry of ${identifier}`);
    }
  }
  return broken;
}

describe('nnU-Net data set', () => {
  it('has images, labels of the same geometry and consecutive labels; images without mask are for testing', async () => {
    const slices = [1, 2, 3, 4].map((seed) => [`secret/${seed}.dcm`, 'DICOM', 'CT', ctSlice(seed)] as const);
    const catalog = catalogOf(slices);
    const report = await exported(catalog, [1, 2, 3, 4], sourcesOf({ 1: [2, 7, 7], 2: [0, 2], 4: [9] }, [4]));
    expect(report.skipped).toEqual([{ image: 4, reason: 'its mask has 6x5 where the image has 6x4' }]);
    expect(await brokenRules(report.folder)).toEqual([]);
    expect(JSON.parse(readFileSync(join(report.folder, 'dataset.json'), 'utf8'))).toMatchObject({
      channel_names: { 0: 'CT' },
      labels: { background: 0, 'label 2': 1, 'label 7': 2 },
      numTraining: 2,
      file_ending: '.nii.gz',
      training: [
        { image: './imagesTr/case00000001_0000.nii.gz', label: './labelsTr/case00000001.nii.gz' },
        { image: './imagesTr/case00000002_0000.nii.gz', label: './labelsTr/case00000002.nii.gz' },
      ],
      test: ['./imagesTs/case00000003_0000.nii.gz'],
    });
    const image = await niftiAt(join(report.folder, 'imagesTr/case00000002_0000.nii.gz'));
    // Hounsfield units: slope and intercept are the header's.
    expect([...modalityValues(image)].slice(0, 3)).toEqual([-1000, -996, -992]);
    const label = await niftiAt(join(report.folder, 'labelsTr/case00000001.nii.gz'));
    expect([...label.samples].slice(0, 4)).toEqual([1, 2, 2, 0]);
    expect(label.geometry.spacing).toEqual({ row: 0.5, column: 0.75 });
    expect((await verifyExport(report.folder, quiet)).faults).toEqual([]);
    const everything = readdirSync(report.folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
    for (const { parentPath, name } of everything) {
      expect(readFileSync(join(parentPath, name)).includes('SECRET'), name).toBe(false);
      expect(name).not.toContain('secret');
    }
  });

  it('takes 1 in one mask and 255 in another for one structure', async () => {
    const slices = [1, 2].map((seed) => [`${seed}.dcm`, 'DICOM', 'CT', ctSlice(seed)] as const);
    const report = await exported(catalogOf(slices), [1, 2], sourcesOf({ 1: [1, 1], 2: [255] }));
    expect(await brokenRules(report.folder)).toEqual([]);
    const dataSet = JSON.parse(readFileSync(join(report.folder, 'dataset.json'), 'utf8')) as DataSet;
    expect(dataSet.labels).toEqual({ background: 0, foreground: 1 });
    const label = await niftiAt(join(report.folder, 'labelsTr/case00000002.nii.gz'));
    expect([...label.samples].slice(0, 2)).toEqual([1, 0]);
  });

  it('keeps structures apart that no mask has together', async () => {
    const slices = [1, 2].map((seed) => [`${seed}.dcm`, 'DICOM', 'CT', ctSlice(seed)] as const);
    const report = await exported(catalogOf(slices), [1, 2], sourcesOf({ 1: [1], 2: [2] }));
    expect(await brokenRules(report.folder)).toEqual([]);
    const dataSet = JSON.parse(readFileSync(join(report.folder, 'dataset.json'), 'utf8')) as DataSet;
    expect(dataSet.labels).toEqual({ background: 0, 'label 1': 1, 'label 2': 2 });
  });

  it('writes a file for each colour, and skips what has other channels than the first image', async () => {
    const levels = Uint8Array.from({ length: width * height * 3 }, (_, index) => index);
    const colour = await sharp(levels, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    const catalog = catalogOf([
      ['a.png', 'PNG', null, colour],
      ['b.dcm', 'DICOM', 'CT', ctSlice(1)],
    ]);
    const report = await exported(catalog, [1, 2], sourcesOf({ 1: [3], 2: [3] }));
    expect(report.skipped).toEqual([{ image: 2, reason: 'has 1 channels where the data set has 3' }]);
    expect(await brokenRules(report.folder)).toEqual([]);
    expect(readdirSync(join(report.folder, 'imagesTr')).sort()).toEqual(
      [0, 1, 2].map((channel) => `case00000001_000${channel}.nii.gz`),
    );
    const blue = await niftiAt(join(report.folder, 'imagesTr/case00000001_0002.nii.gz'));
    expect([...blue.samples].slice(0, 3)).toEqual([2, 5, 8]);
  });

  it('deals the images as cohorts say: nnU-Net takes the fold, MONAI the lists, and what is for testing stays apart', async () => {
    const slices = [1, 2, 3, 4, 5].map((seed) => [`${seed}.dcm`, 'DICOM', 'CT', ctSlice(seed)] as const);
    const catalog = catalogOf(slices);
    for (const [name, images] of Object.entries({ train: [1, 2], validation: [3], test: [4, 5] })) {
      createCohort(catalog, { name, definition: {}, images, at: noon });
    }
    const masks = { 1: [1], 2: [1], 3: [1], 4: [1] };
    const splits = { train: 1, validation: 2, test: 3 };
    const { folder } = await exported(catalog, [1, 2, 3, 4, 5], sourcesOf(masks), splits);
    expect(await brokenRules(folder)).toEqual([]);
    const dataSet = JSON.parse(readFileSync(join(folder, 'dataset.json'), 'utf8'));
    expect(dataSet.numTraining).toBe(3);
    const labelsOf = (list: string) => dataSet[list].map(({ label }: { label: string }) => label);
    expect(labelsOf('training')).toEqual(['./labelsTr/case00000001.nii.gz', './labelsTr/case00000002.nii.gz']);
    expect(labelsOf('validation')).toEqual(['./labelsTr/case00000003.nii.gz']);
    expect(dataSet.test).toEqual(['./imagesTs/case00000004_0000.nii.gz', './imagesTs/case00000005_0000.nii.gz']);
    expect(readdirSync(join(folder, 'labelsTs'))).toEqual(['case00000004.nii.gz']);
    expect(JSON.parse(readFileSync(join(folder, 'splits_final.json'), 'utf8'))).toEqual([
      { train: ['case00000001', 'case00000002'], val: ['case00000003'] },
    ]);
  });

  it('is refused when no mask marks anything', async () => {
    const catalog = catalogOf([['1.dcm', 'DICOM', 'CT', ctSlice(1)]]);
    await expect(exported(catalog, [1], sourcesOf({ 1: [0] }))).rejects.toMatchObject({
      kind: 'usage',
      values: { message: 'an nnU-Net data set needs reference masks: none of the images has one' },
    });
    expect(readdirSync(catalog.folder)).not.toContain('Dataset001_Residua');
  });
});
