// What the catalog notes of a frame that the decoder has described: name, label, place in the patient.
import { dirname } from 'node:path';
import { columnOfTag } from '../archive/dicom/keywords.ts';
import { slicePosition, stackKey } from '../archive/dicom/series.ts';
import type { ArchiveEntry } from '../archive/entry.ts';
import { formatNamed } from '../archive/formats/formats.ts';
import type { ImportedImage } from '../catalog/tables/files.ts';
import type { Origin } from '../catalog/tables/origins.ts';
import type { FileDescription } from '../decoder/protocol.ts';
import { storedFacts } from './slice-facts.ts';

type Description = FileDescription['frames'][number]['image'];

/** The chosen frames of a file; `kind` is the label of all, null: the name of their folder. */
export function imagesOf(
  entry: ArchiveEntry,
  file: FileDescription,
  frames: readonly number[],
  kind: string | null,
): readonly ImportedImage[] {
  return frames.map((frame) => imageOf(entry, file, frame, kind));
}

function imageOf(
  entry: ArchiveEntry,
  { format, sha256, frames }: FileDescription,
  frame: number,
  kind: string | null,
): ImportedImage {
  const { image, pixelFingerprint, perceptualHash } = frames[frame]!;
  const { metadata } = image;
  const name = nameInArchive(entry);
  return {
    frame,
    name: frames.length === 1 ? name : `${name} #${frame + 1}`,
    width: image.width,
    height: image.height,
    bits: image.bitsStored,
    kind: kind ?? labelOf(name, format),
    modality: metadata.modality,
    bodyPart: metadata.bodyPart,
    view: metadata.viewPosition,
    pixelFingerprint,
    perceptualHash,
    ...patientFacts(metadata),
    patient: metadata.patientId,
    study: metadata.studyUid,
    series: metadata.seriesUid,
    instance: metadata.instanceUid,
    ...placeInScan(image, sha256, frames.length),
    geometry: storedFacts(image),
    origin: originOf(metadata),
    attributes: Object.entries(metadata.attributes ?? {}).map(([tag, text]) => ({ ...columnOfTag(tag), text })),
  };
}

/** Who was imaged on what, by which the balance of a split is seen; nothing that the file does not say. */
function patientFacts(metadata: Description['metadata']): Pick<ImportedImage, 'sex' | 'age' | 'scanner'> {
  const { patientSex, patientAge, manufacturer, model } = metadata;
  const scanner = [manufacturer, model].filter((name) => name !== undefined && name !== '').join(' ');
  return {
    sex: patientSex?.trim() || undefined,
    age: yearsOf(patientAge),
    scanner: scanner.slice(0, 128) || undefined,
  };
}

const daysOfUnit: Readonly<Record<string, number>> = { D: 1, W: 7, M: 30.4375, Y: 365.25 };

/** An Age String (PS3.5 6.2: `045Y`, `018M`) in years. */
function yearsOf(age: string | undefined): number | undefined {
  const [, count, unit] = /^(\d{3})([DWMY])$/.exec(age?.trim() ?? '') ?? [];
  if (count === undefined) return undefined;
  return unit === 'Y' ? Number(count) : (Number(count) * daysOfUnit[unit!]!) / daysOfUnit.Y!;
}

/** The path below the source, without the zip around it. */
function nameInArchive({ path, inside }: ArchiveEntry): string {
  return inside.at(-1)?.replaceAll('\\', '/') ?? path;
}

/** The folder whose name labels an image: see `labelFolder` of the formats. */
function labelOf(name: string, format: string): string | undefined {
  const folders = dirname(name)
    .split('/')
    .filter((part) => part !== '.' && part !== '');
  return formatNamed(format)?.labelFolder === 'outermost' ? folders[0] : folders.at(-1);
}

/** Slices of one series or of one file belong together, in the order in which they lie in the patient. */
function placeInScan(image: Description, sha256: string, frames: number): Pick<ImportedImage, 'scan' | 'position'> {
  const position = slicePosition(image.geometry);
  if (frames > 1) return { scan: `file ${sha256}`, position };
  return image.metadata.seriesUid === undefined || position === undefined
    ? {}
    : { scan: `series ${stackKey(image)}`, position };
}

/** Undefined where the file says nothing of it. A date is YYYYMMDD in DICOM; what is none counts as not said. */
function originOf({
  manufacturer,
  model,
  station,
  institution,
  acquisitionDate = '',
}: Description['metadata']): Origin | undefined {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(acquisitionDate.trim()) ?? [];
  const written = year === undefined ? undefined : `${year}-${month}-${day}`;
  const acquired = written !== undefined && !Number.isNaN(Date.parse(written)) ? written : undefined;
  const origin = { manufacturer, model, station, institution, acquired };
  return Object.values(origin).some((value) => value !== undefined) ? origin : undefined;
}
