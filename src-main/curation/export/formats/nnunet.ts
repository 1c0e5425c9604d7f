// Export format `nnunet`: a data set for nnU-Net v2 and MONAI, images as NIfTI with the reference masks as labels.
import { gzipSync } from 'node:zlib';
import type { DecodedImage } from '../../../archive/decoded-image.ts';
import { modalityValues } from '../../../archive/grey.ts';
import type { ImageRecord } from '../../../catalog/tables/images.ts';
import { Problem } from '../../../platform/errors.ts';
import { labelNames } from '../label-names.ts';
import { niftiOfFrame } from '../nifti-frame.ts';
import type { SplitName } from '../splits.ts';
import { checkSize, type FormatContext, type FormatWriter, refusal } from './format.ts';

const fileEnding = '.nii.gz';

/** An image of the data set: its files, and whether it has labels. */
interface Case {
  readonly name: string;
  readonly record: ImageRecord;
  /** Whether nnU-Net trains with it: it has labels and is not kept for testing. */
  readonly training: boolean;
  readonly images: readonly string[];
  readonly labels: string | undefined;
}

/**
 * The layout of nnU-Net v2 (documentation/dataset_format.md): `imagesTr/CASE_0000.nii.gz` with one file for each channel,
 * `labelsTr/CASE.nii.gz` of the same geometry, and dataset.json, which also lists the files as MONAI's
 * `load_decathlon_datalist` reads them. Images without a reference mask go to `imagesTs`, and so do those of the split `test`
 * (their labels to `labelsTs`); with a split `validation`, `splits_final.json` tells nnU-Net which images those are. Labels become consecutive
 * integers. An image whose mask has another size, or whose channels differ from the first one's, is skipped.
 * Throws `usage` when no mask marks anything.
 */
export const writeNnunet: FormatWriter = async (records, context) => {
  const labelled = await readLabels(records, context);
  const { numberOf, names } = labelNames([...labelled.values()].flatMap((labels) => labels ?? []));
  if (names.length === 0) {
    throw new Problem('usage', { message: 'an nnU-Net data set needs reference masks: none of the images has one' });
  }

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
  const ofSplit = (split: SplitName) =>
    cases.filter((each) => each.training && context.splits?.get(each.record.id) === split);
  const validation = ofSplit('validation');
  const description = dataSetDescription(cases, validation, channels ?? 1, names);
  await context.staging.write('dataset.json', `${JSON.stringify(description, null, 2)}\n`);
  if (validation.length > 0) {
    const fold = { train: ofSplit('train').map(({ name }) => name), val: validation.map(({ name }) => name) };
    await context.staging.write('splits_final.json', `${JSON.stringify([fold], null, 2)}\n`);
  }
  return new Map(cases.map(({ record, images }) => [record.id, images[0]!]));
};

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

async function writeCase(
  record: ImageRecord,
  image: DecodedImage,
  hasLabels: boolean,
  numberOf: ReadonlyMap<number, number>,
  { labels, staging, splits }: FormatContext,
): Promise<Case> {
  const name = `case${String(record.id).padStart(8, '0')}`;
  const mask = hasLabels ? await labels(record) : undefined;
  const training = hasLabels && splits?.get(record.id) !== 'test';
  const part = training ? 'Tr' : 'Ts';
  const images: string[] = [];
  for (let channel = 0; channel < image.channels; channel++) {
    const path = `images${part}/${name}_${String(channel).padStart(4, '0')}${fileEnding}`;
    await staging.write(path, gzipSync(niftiOfFrame(channelOf(image, channel))));
    images.push(path);
  }
  if (mask === undefined) return { name, record, training, images, labels: undefined };
  const path = `labels${part}/${name}${fileEnding}`;
  const samples = mask.samples.map((value) => (value === 0 ? 0 : numberOf.get(value)!));
  await staging.write(path, gzipSync(niftiOfFrame(labelImage(image, samples))));
  return { name, record, training, images, labels: path };
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
function dataSetDescription(
  cases: readonly Case[],
  validation: readonly Case[],
  channels: number,
  structures: readonly string[],
): object {
  const modalities = new Set(cases.map(({ record }) => record.modality));
  const modality = modalities.size === 1 ? [...modalities][0] : null;
  const channelNames = channels === 3 ? ['R', 'G', 'B'] : [modality ?? 'image'];
  const files = ({ images }: Case) => (images.length === 1 ? `./${images[0]}` : images.map((path) => `./${path}`));
  const training = cases.filter((each) => each.training);
  const pair = (each: Case) => ({ image: files(each), label: `./${each.labels}` });
  return {
    name: 'Residua export',
    description: 'images and reference masks exported by Residua, for research only',
    channel_names: Object.fromEntries(channelNames.map((name, index) => [String(index), name])),
    labels: Object.fromEntries([['background', 0], ...structures.map((name, index) => [name, index + 1])]),
    numTraining: training.length,
    file_ending: fileEnding,
    training: training.filter((each) => !validation.includes(each)).map(pair),
    ...(validation.length > 0 ? { validation: validation.map(pair) } : {}),
    test: cases.filter((each) => !each.training).map(files),
  };
}
