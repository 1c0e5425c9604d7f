// The results about exported DICOM images as DICOM objects beside them: masks and score maps as SEG, verdicts as key objects.
import type { ImageRecord } from '../../../catalog/tables/images.ts';
import { currentVerdicts } from '../../../catalog/tables/verdicts.ts';
import { checkpoint } from '../../../platform/job.ts';
import { concernsOneFile, reasonOf } from '../file-fault.ts';
import { checkSize, type FormatContext, type Labels, type Original, type Places, refusal } from '../formats/format.ts';
import { type ImageReference, referenceOf } from './elements.ts';
import { type KeyObject, keyObjectFile } from './key-objects.ts';
import { type Segment, type Segmentation, segmentationFile } from './segmentation.ts';

/** A score of every pixel of an image, [height, width] as the image is stored, and where it comes from. */
export interface ImageMap {
  readonly family: string;
  readonly run: number;
  readonly values: Float32Array;
}

/** What was written, and of which images something could not be, and why. */
export interface DicomResults {
  readonly segmentations: number;
  readonly key_objects: number;
  readonly left_out: readonly { readonly image: number; readonly reason: string }[];
}

/**
 * Writes `dicom/` beside the images: `mask-IMAGE.dcm`, `map-IMAGE-RUN-FAMILY.dcm`, and `key-objects-N.dcm`, one for each study
 * and verdict. They refer to the images by the UIDs that the exported files have.
 */
export async function writeDicomResults(
  records: readonly ImageRecord[],
  places: Places,
  context: FormatContext & {
    readonly program: string;
    /** The file of an image under the identity with which it leaves; its pixels may still show text. */
    readonly header: (record: ImageRecord) => Promise<Original>;
    readonly maps: (record: ImageRecord) => Promise<readonly ImageMap[]>;
  },
): Promise<DicomResults> {
  const { catalog, staging, control, labels, maps, header } = context;
  const included = records.filter(({ id, format }) => places.has(id) && format === 'DICOM');
  const references = new Map<number, ImageReference>();
  const leftOut: { image: number; reason: string }[] = [];
  const attempt = async <T>({ id }: ImageRecord, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!concernsOneFile(error)) throw error;
      leftOut.push({ image: id, reason: reasonOf(error) });
      return undefined;
    }
  };
  let segmentations = 0;
  for (const [index, record] of included.entries()) {
    checkpoint(control, 'export');
    const reference = await attempt(record, async () => {
      const found = referenceOf((await header(record)).bytes, record.path, record.frame);
      if (found.instance !== '' && found.study !== '' && found.series !== '') return found;
      throw refusal(record, 'its file has no UIDs to refer to');
    });
    if (reference === undefined) continue;
    references.set(record.id, reference);
    const number = String(record.id).padStart(8, '0');
    await attempt(record, async () => {
      const mask = await labels(record);
      if (mask !== undefined) checkSize(record, mask);
      if (!mask?.samples.some((value) => value !== 0)) return;
      await staging.write(`dicom/mask-${number}.dcm`, segmentationFile(reference, maskOf(mask), context));
      segmentations += 1;
    });
    await attempt(record, async () => {
      for (const map of await maps(record)) {
        const path = `dicom/map-${number}-${map.run}-${map.family.replaceAll(/\W+/g, '-')}.dcm`;
        await staging.write(path, segmentationFile(reference, mapOf(record, map), context));
        segmentations += 1;
      }
    });
    control.report({ stage: 'writing DICOM results', done: index + 1, total: included.length });
  }
  const verdicts = currentVerdicts(catalog, [...references.keys()]);
  const decided = [...verdicts].map(([image, { decision, reason, reviewer }]) => {
    const object: KeyObject = { image: references.get(image)!, reason, reviewer };
    return { decision: decision!, object };
  });
  const documents = Map.groupBy(decided, ({ decision, object }) => JSON.stringify([object.image.study, decision]));
  for (const [index, own] of [...documents.values()].entries()) {
    const bytes = keyObjectFile(
      own[0]!.decision,
      own.map(({ object }) => object),
      context,
    );
    await staging.write(`dicom/key-objects-${index + 1}.dcm`, bytes);
  }
  return { segmentations, key_objects: documents.size, left_out: leftOut };
}

/** One segment for each label. */
function maskOf({ width, height, samples }: Labels): Segmentation {
  const values = [...new Set(samples)].filter((value) => value !== 0).sort((a, b) => a - b);
  const segments = values.map(
    (value): Segment => ({
      label: values.length === 1 ? 'foreground' : `label ${value}`,
      description: `pixels of value ${value} in the reference mask`,
      values: Uint8Array.from(samples, (sample) => (sample === value ? 1 : 0)),
    }),
  );
  return { kind: 'mask', name: 'reference mask', width, height, segments, algorithm: undefined };
}

/** From the least value (0) to the highest (255): what these are is in the description of the segment. */
function mapOf({ width, height }: ImageRecord, { family, run, values }: ImageMap): Segmentation {
  const finite = values.filter(Number.isFinite);
  const least = finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = finite.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const span = most > least ? most - least : 1;
  const levels = Uint8Array.from(values, (value) =>
    Number.isFinite(value) ? Math.round(((value - least) / span) * 255) : 0,
  );
  const description = `score map of ${family}, run ${run}: 0 is ${least.toPrecision(6)}, 255 is ${most.toPrecision(6)}`;
  const segment = { label: family, description, values: levels };
  return {
    kind: 'map',
    name: `${family} (run ${run})`,
    width,
    height,
    segments: [segment],
    algorithm: `Residua ${family}`,
  };
}
