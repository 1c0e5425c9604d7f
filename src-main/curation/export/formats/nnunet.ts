// Export format `nnunet`: a data set for nnU-Net v2 and MONAI, images as NIfTI with the reference masks as labels.
import { gzipSync } from 'node:zlib';
import type { DecodedImage } from '../../../archive/decoded-image.ts';
import { modalityValues } from '../../../archive/grey.ts';
import type { ImageRecord } from '../../../catalog/tables/images.ts';
import { Problem } from '../../../platform/errors.ts';
import { niftiOfFrame } from '../nifti-frame.ts';
import type { FormatContext, FormatWriter, Labels } from './format.ts';

const fileEnding = '.nii.gz';

/** An image of the data set: its files, and whether it has labels. */
interface Case {
  readonly record: ImageRecord;
  readonly images: readonly string[];
  readonly labels: string | undefined;
}

/**
 * The layout of nnU-Net v2 (documentation/dataset_format.md): `imagesTr/CASE_0000.nii.gz` with one file for each channel,
 * `labelsTr/CASE.nii.gz` of the same geometry, and dataset.json, which also lists the files as MONAI's
 * `load_decathlon_datalist` reads them. Images without a reference mask go to `imagesTs`. Labels become consecutive
 * integers. An image whose mask has another size, or whose channels differ from the first one's, is skipped.
 * Throws `usage` when no mask marks anything.
 */
export const writeNnunet: FormatWriter = async (records, context) => {
  const labelled = await readLabels(records, context);
  const values = [...new Set([...labelled.values()].flatMap((labels) => labels ?? []))].sort((a, b) => a - b);
  if (values.length === 0) {
    throw new Problem('usage', { message: 'an nnU-Net data set needs reference masks: none of the images has one' });
  }
  // 1 in one mask and 255 in another are two ways to write one structure; any other values are structures of their own.
  const several = values.length > 1 && !values.every((value) => value === 1 || value === 255);
  const numberOf = new Map(values.map((value, index) => [value, several ? index + 1 : 1]));
  const names = several ? values.map((value) => `label ${value}`) : ['foreground'];

  const cases: Case[] = [];
  const included = records.filter(({ id }) => labelled.has(id));
  let channels: number | undefined;
  for (const [index, record] of included.entries()) {
    const written = await context.attempt(record, async () => {
      const image = await context.decode(record);
      channels ??= image.channels;
      if (image.channels !== channels) {
        throw refusal(record, `has ${image.channels} channels where the data set has ${channels}`);
      }
      return await writeCase(record, image, labelled.get(record.id) !== undefined, numberOf, context);
    });
    if (written !== undefined) cases.push(written);
    context.control.report({ stage: 'exporting', done: index + 1, total: included.length });
  }
  const description = dataSetDescription(cases, channels ?? 1, names);
  await context.staging.write('dataset.json', `${JSON.stringify(description, null, 2)}\n`);
  return new Map(cases.map(({ record, images }) => [record.id, images[0]!]));
};

function refusal({ path }: ImageRecord, reason: string): Problem {
  return new Problem('file', { file: path, reason });
}

/** Image id -> the labels that its mask holds, undefined without a mask. Images that are skipped are not in it. */
async function readLabels(
  records: readonly ImageRecord[],
  { attempt, labels, control }: FormatContext,
): Promise<ReadonlyMap<number, readonly number[] | undefined>> {
  const found = new Map<number, readonly number[] | undefined>();
  for (const [index, record] of records.entries()) {
    const read = await attempt(record, async () => {
      const mask = await labels(record);
      if (mask !== undefined) checkSize(record, mask);
      return { values: mask && [...new Set(mask.samples)].filter((value) => value !== 0) };
    });
    if (read !== undefined) found.set(record.id, read.values);
    control.report({ stage: 'reading masks', done: index + 1, total: records.length });
  }
  return found;
}

function checkSize(record: ImageRecord, { width, height }: Labels): void {
  if (width === record.width && height === record.height) return;
  const sizes = `${width}x${height} where the image has ${record.width}x${record.height}`;
  throw refusal(record, `its mask has ${sizes}`);
}

async function writeCase(
  record: ImageRecord,
  image: DecodedImage,
  training: boolean,
  numberOf: ReadonlyMap<number, number>,
  { labels, staging }: FormatContext,
): Promise<Case> {
  const name = `case${String(record.id).padStart(8, '0')}`;
  const mask = training ? await labels(record) : undefined;
  const images: string[] = [];
  for (let channel = 0; channel < image.channels; channel++) {
    const path = `images${training ? 'Tr' : 'Ts'}/${name}_${String(channel).padStart(4, '0')}${fileEnding}`;
    await staging.write(path, gzipSync(niftiOfFrame(channelOf(image, channel))));
    images.push(path);
  }
  if (mask === undefined) return { record, images, labels: undefined };
  const path = `labelsTr/${name}${fileEnding}`;
  const samples = mask.samples.map((value) => (value === 0 ? 0 : numberOf.get(value)!));
  await staging.write(path, gzipSync(niftiOfFrame(labelImage(image, samples))));
  return { record, images, labels: path };
}

/** One channel; nnU-Net refuses NaN, so values that are not finite become the darkest, as everywhere in Residua. */
function channelOf(image: DecodedImage, channel: number): DecodedImage {
  const samples =
    image.channels === 1 ? image.samples : image.samples.filter((_, index) => index % image.channels === channel);
  const plain: DecodedImage = { ...image, channels: 1, samples };
  if (samples.every(Number.isFinite)) return plain;
  return { ...plain, samples: Float32Array.from(modalityValues(plain)), rescale: { slope: 1, intercept: 0 } };
}

/** Labels in the geometry of their image, without its rescale. */
function labelImage(image: DecodedImage, labels: Uint16Array): DecodedImage {
  const samples = labels.every((label) => label < 256) ? Uint8Array.from(labels) : labels;
  const { modalityLut: _, ...rest } = image;
  return { ...rest, channels: 1, samples, rescale: { slope: 1, intercept: 0 } };
}

/** The content of dataset.json. nnU-Net chooses the normalisation by the name of the channel: `CT` means Hounsfield units. */
function dataSetDescription(cases: readonly Case[], channels: number, structures: readonly string[]): object {
  const modalities = new Set(cases.map(({ record }) => record.modality));
  const modality = modalities.size === 1 ? [...modalities][0] : null;
  const channelNames = channels === 3 ? ['R', 'G', 'B'] : [modality ?? 'image'];
  const files = ({ images }: Case) => (images.length === 1 ? `./${images[0]}` : images.map((path) => `./${path}`));
  const training = cases.filter(({ labels }) => labels !== undefined);
  return {
    name: 'Residua export',
    description: 'images and reference masks exported by Residua, for research only',
    channel_names: Object.fromEntries(channelNames.map((name, index) => [String(index), name])),
    labels: Object.fromEntries([['background', 0], ...structures.map((name, index) => [name, index + 1])]),
    numTraining: training.length,
    file_ending: fileEnding,
    training: training.map((each) => ({ image: files(each), label: `./${each.labels}` })),
    test: cases.filter(({ labels }) => labels === undefined).map(files),
  };
}
