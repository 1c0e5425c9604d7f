// Exports chosen images: complete or not at all, with a manifest, checksums, and identities removed unless retained.
import { join } from 'node:path';
import { type ExportFormat, exportConflict } from '../../../src-preload/export-formats.ts';
import { type DataCard, noCard, type Splits } from '../../../src-preload/jobs/export.ts';
import type { DecodedImage } from '../../archive/decoded-image.ts';
import type { Recipe } from '../../archive/recipe.ts';
import type { AuditHead } from '../../catalog/audit-heads.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { appendAudit, auditEntries } from '../../catalog/tables/audit.ts';
import { type ImageRecord, imageRecords } from '../../catalog/tables/images.ts';
import type { ScoreName } from '../../catalog/tables/scores.ts';
import { isProblem, Problem } from '../../platform/errors.ts';
import { hashOfFile } from '../../platform/hash-of-file.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import { confirmedText, unjudgedText } from '../annotations/judge-text.ts';
import { blackened } from '../deidentification/black-out.ts';
import { blackOutFile } from '../deidentification/black-out-file.ts';
import { type Deidentification, deidentify, heldBack, statement } from '../deidentification/deidentify.ts';
import { equipmentOf } from '../deidentification/dicom.ts';
import { cardFacts } from './card/card-facts.ts';
import { croissant, croissantName } from './card/croissant.ts';
import { dataCard, dataCardName } from './card/data-card.ts';
import { checksums, checksumsName } from './checksums.ts';
import { type ImageMap, writeDicomResults } from './dicom/write-results.ts';
import { concernsOneFile, missingFiles, reasonOf, saysGone } from './file-fault.ts';
import type { FormatContext, Labels, Original } from './formats/format.ts';
import { formatWriters } from './formats/writers.ts';
import { manifests } from './manifest.ts';
import { metadataOf } from './metadata.ts';
import { splitsOf } from './splits.ts';
import { StagingFolder } from './staging-folder.ts';
import { exportEvent, readManifest } from './verify-export.ts';

/** What to export, and how. */
export interface ExportRequest {
  /** The run that asks, by which an export is recognised that was complete when a crash cut off its run. */
  readonly run?: number;
  /** The folder to be made; it must not exist. */
  readonly target: string;
  readonly images: ArrayLike<number>;
  readonly format: ExportFormat;
  /** Columns of the manifest. */
  readonly scores: readonly ScoreName[];
  /** Columns of metadata in the manifest, by name. */
  readonly columns?: readonly string[] | undefined;
  /** Null only when somebody has decided that identities stay. */
  readonly deidentification: Deidentification | null;
  /** For formats that need a model. */
  readonly recipe?: Recipe | undefined;
  /** What the data set is called, and under which licence it may be used. */
  readonly card?: DataCard | undefined;
  /** Masks, score maps and verdicts about DICOM images as DICOM objects too. */
  readonly dicomResults?: boolean | undefined;
  /** Images that are in none of its cohorts are left out. */
  readonly splits?: Splits | undefined;
  /** An image whose file is gone ends the export, which names it; else such an image is skipped. */
  readonly refusesMissing?: boolean | undefined;
  /** Name and version, such as `Residua 0.1.0`. */
  readonly program: string;
  readonly actor: string;
  readonly at: string;
}

/** How an export gets at images; both throw what is wrong with a file as a Problem. */
export interface ImageSources {
  /** The original file with its SHA-256 (as at import: of a .hdr and then its .img). */
  readonly read: (record: ImageRecord) => Promise<Original & { readonly sha256: string }>;
  /** The frame of the image; done in a process that a broken file may kill. */
  readonly decode: (record: ImageRecord) => Promise<DecodedImage>;
  /** The reference segmentation of the image; undefined where the catalog has none. */
  readonly labels: (record: ImageRecord) => Promise<Labels | undefined>;
  /** The score maps of the image, by the runs whose scores are exported; none where absent. */
  readonly maps?: (record: ImageRecord) => Promise<readonly ImageMap[]>;
}

/** What came of an export. */
export interface ExportReport {
  readonly folder: string;
  readonly images: number;
  readonly files: number;
  readonly skipped: readonly { readonly image: number; readonly reason: string }[];
  /** The entry of the audit log about this export: its hash, written down elsewhere, proves later what the log was. */
  readonly auditHead: AuditHead;
}

/**
 * Exports images into a new folder: `images/` (named by our numbers), manifest.json, manifest.csv and SHA256SUMS. An
 * image that vanished, changed, cannot be read or must be held back is skipped with the reason. The folder appears only
 * when it is complete; when the export fails, is cancelled or killed, there is none. Throws `missing` for a column that the catalog does not have, `file` when the target exists
 * or the disk refuses, `usage` for what cannot be combined, `cancelled`.
 */
export async function exportImages(
  catalog: Catalog,
  request: ExportRequest,
  sources: ImageSources,
  control: JobControl,
): Promise<ExportReport> {
  const { format, deidentification } = request;
  const message = exportConflict(format, {
    deidentified: deidentification !== null,
    model: request.recipe !== undefined,
  });
  if (message !== undefined) throw new Problem('usage', { message });
  const finished = await finishedBefore(catalog, request);
  if (finished !== undefined) return finished;
  const splits = splitsOf(catalog, request.splits);
  const skipped: { image: number; reason: string }[] = [];
  const scanners = new Map<number, string>();
  const requested = imageRecords(catalog, request.images);
  const records = requested.filter(({ id }) => splits?.has(id) ?? true);
  for (const { id } of requested) {
    if (splits?.has(id) === false) skipped.push({ image: id, reason: 'is in none of the cohorts of the split' });
  }
  const staging = await StagingFolder.open(request.target);
  try {
    // Where identities stay, text does.
    const textOf = (record: ImageRecord) => (deidentification === null ? [] : confirmedText(catalog, record.id));
    const read = oncePerFile((record) => readUnchanged(record, sources));
    const clean = oncePerFile(async (record) => {
      const original = await read(record);
      return deidentification === null ? original : deidentify(record, original, deidentification, request.program);
    });
    const context: FormatContext = {
      ...{ catalog, staging, control, recipe: request.recipe, labels: sources.labels },
      decode: async (record) => blackened(await sources.decode(record), textOf(record)),
      ...{ card: request.card ?? noCard, at: request.at, splits, pseudonyms: deidentification?.pseudonyms },
      original: async (record) =>
        blackOutFile(record, await clean(record), textOf(record), (frame) => sources.decode({ ...record, frame })),
      attempt: async (record, work) => {
        checkpoint(control, 'export');
        try {
          checkPresent(record);
          if (deidentification?.reviewed.has(record.id) === false) refuseUnjudgedText(catalog, record);
          await lookAtFile(record, read, deidentification, scanners);
          return await work();
        } catch (error) {
          if (!concernsOneFile(error)) throw error;
          if (request.refusesMissing === true && saysGone(error)) throw missingFiles([record.path], records.length);
          skipped.push({ image: record.id, reason: reasonOf(error) });
          return undefined;
        }
      },
    };
    const places = await formatWriters[format](records, context);
    if (places.size === 0)
      throw new Problem('missing', { what: 'images that can be exported', name: whyNone(skipped) });
    const dicomResults =
      request.dicomResults === true
        ? await writeDicomResults(records, places, {
            ...context,
            program: request.program,
            header: clean,
            maps: sources.maps ?? noMaps,
          })
        : undefined;
    const facts = {
      ...{ program: request.program, at: request.at, format, scores: request.scores, skipped },
      deidentification: deidentification === null ? null : statement(deidentification),
      ...(dicomResults === undefined ? {} : { dicom_results: dicomResults }),
    };
    const metadata = await metadataOf(
      catalog,
      records.filter(({ id }) => places.has(id)),
      { wanted: request.columns ?? [], deidentified: deidentification !== null },
      clean,
    );
    const { json, csv, columns, runs } = manifests(catalog, records, places, { ...facts, splits, metadata });
    await staging.write('manifest.json', json);
    await staging.write('manifest.csv', csv);
    const said = cardFacts(catalog, request.card ?? noCard, requested, places, { ...facts, scanners, runs, splits });
    await staging.write(dataCardName, dataCard(said));
    await staging.write(croissantName, croissant(said, staging.files, columns));
    const sums = await staging.write(checksumsName, checksums(staging.files));
    checkpoint(control, 'export');
    const counts = { images: places.size, files: staging.files.length };
    const { run, at, actor } = request;
    // Audited first: rather an entry about an export that a crash has prevented than an export that nobody has noted.
    const deidentified = deidentification !== null;
    const details = { ...counts, skipped: skipped.length, run, format, deidentified, checksums: sums.sha256 };
    const { number, hash } = appendAudit(catalog, { at, actor, event: exportEvent, details });
    await staging.commit();
    return { ...counts, folder: staging.target, skipped, auditHead: { number, hash } };
  } catch (error) {
    await staging.discard();
    throw error;
  }
}

const noMaps = async (): Promise<readonly ImageMap[]> => [];

/** `3 skipped, the first because it is vanished`. */
function whyNone(skipped: readonly { readonly reason: string }[]): string {
  return skipped.length === 0 ? 'none was requested' : `${skipped.length} skipped, the first: ${skipped[0]!.reason}`;
}

/** What this run exported already, when the folder is there and it is the one that the audit log tells of. */
async function finishedBefore(catalog: Catalog, { run, target }: ExportRequest): Promise<ExportReport | undefined> {
  if (run === undefined) return undefined;
  const sums = await hashOfFile(join(target, checksumsName)).catch(() => undefined);
  const entry = auditEntries(catalog).findLast(({ event, details }) => event === exportEvent && details.run === run);
  if (sums === undefined || entry?.details.checksums !== sums.sha256) return undefined;
  const { images, skipped } = await readManifest(target);
  const { number, hash, details } = entry;
  return { folder: target, images: images.length, files: Number(details.files), skipped, auditHead: { number, hash } };
}

/** Frames of a file follow each other: what was made of its content last is kept for the next. */
function oncePerFile(make: (record: ImageRecord) => Promise<Original>): (record: ImageRecord) => Promise<Original> {
  let [last, made]: [string, Promise<Original> | undefined] = ['', undefined];
  return (record) => {
    const file = JSON.stringify([record.file, record.inside, record.sha256]);
    if (made === undefined || file !== last) [last, made] = [file, make(record)];
    return made;
  };
}

async function readUnchanged(record: ImageRecord, { read }: ImageSources): Promise<Original> {
  const original = await read(record);
  if (record.sha256 === null || original.sha256 === record.sha256) return original;
  throw new Problem('file', { file: record.path, reason: 'has other content than at import' });
}

function checkPresent({ state, path, reason }: ImageRecord): void {
  if (state === 'present') return;
  throw new Problem('file', { file: path, reason: reason ?? `is ${state}` });
}

/** Throws `file` where text was found that nobody has confirmed or allowed. */
function refuseUnjudgedText(catalog: Catalog, record: ImageRecord): void {
  const lines = unjudgedText(catalog, record.id).length;
  if (lines === 0) return;
  const what = lines === 1 ? 'a line of text' : `${lines} lines of text`;
  const reason = `held back for review: ${what} in its pixels that nobody has confirmed or allowed`;
  throw new Problem('file', { file: record.path, reason });
}

/** Notes the scanner that a DICOM file names. Throws `file` when the image must be held back. */
async function lookAtFile(
  record: ImageRecord,
  read: (record: ImageRecord) => Promise<Original>,
  options: Deidentification | null,
  scanners: Map<number, string>,
): Promise<void> {
  if (record.format !== 'DICOM') return;
  const original = await read(record);
  if (options !== null && !options.reviewed.has(record.id)) {
    const reason = heldBack(record, original);
    if (reason !== undefined) throw new Problem('file', { file: record.path, reason });
  }
  const scanner = scannerOf(record, original);
  if (scanner !== undefined) scanners.set(record.id, scanner);
}

/** Undefined also for a file that is not well formed, which may leave as it is. */
function scannerOf({ path }: ImageRecord, { bytes }: Original): string | undefined {
  try {
    return equipmentOf(bytes, path);
  } catch (error) {
    if (isProblem(error, 'content')) return undefined;
    throw error;
  }
}
