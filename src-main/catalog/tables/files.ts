// Table `files` and, with each file, its rows of `images` and `scans`: what an import found, file by file.
import type { Catalog, Value } from '../catalog.ts';
import { type NewColumn, writeColumn } from './columns.ts';
import { noteOrigin, type Origin } from './origins.ts';
import type { PlainObject } from './runs.ts';

/** `quarantined`: could not be read. `vanished`: no longer there. `changed`: has other content since, see the newer row. */
export type FileState = 'present' | 'vanished' | 'changed' | 'quarantined';

/** Where a file is: on disk, or by its name in (nested) zips; `companion` is the .img file of a .hdr file. */
export interface FilePlace {
  readonly file: string;
  readonly inside: readonly string[];
  readonly companion?: string | undefined;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970 UTC. */
  readonly modified: number;
}

/** A file that was decoded, or one that was refused: then with the reason and without images. */
export interface ImportedFile extends FilePlace {
  /** The folder, zip or file that was imported, and the path below it as shown to people. */
  readonly source: string;
  readonly path: string;
  readonly format?: string | undefined;
  readonly sha256?: string | undefined;
  readonly quarantined?: string | undefined;
  /** Quarantined for what may not be its own fault: the next import tries it again, unchanged as it is. */
  readonly again?: boolean | undefined;
  /** What was odd but did not prevent reading. */
  readonly warnings?: readonly string[] | undefined;
  readonly images: readonly ImportedImage[];
  /** Frames of the file, where not all of them are images. */
  readonly frames?: number | undefined;
}

/** One frame. Texts are as in the file; `kind` is the folder label. */
export interface ImportedImage {
  /** From 0. */
  readonly frame: number;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly kind?: string | undefined;
  readonly modality?: string | undefined;
  readonly bodyPart?: string | undefined;
  readonly view?: string | undefined;
  /** 32 hex digits; of the stored samples. */
  readonly pixelFingerprint?: string | undefined;
  /** 16 lower-case hex digits. */
  readonly perceptualHash?: string | undefined;
  readonly patient?: string | undefined;
  /** As the file says it: M, F, O. */
  readonly sex?: string | undefined;
  /** Years. */
  readonly age?: number | undefined;
  /** Manufacturer and model. */
  readonly scanner?: string | undefined;
  readonly study?: string | undefined;
  readonly series?: string | undefined;
  readonly instance?: string | undefined;
  /** Key of the volume or multi-frame file, and the order within it. */
  readonly scan?: string | undefined;
  readonly position?: number | undefined;
  /** Where the frame lies in the patient; plain data whose meaning is the reader's. */
  readonly geometry?: PlainObject | undefined;
  /** Which device made it, where and when, as far as the file says. */
  readonly origin?: Origin | undefined;
  /** Attributes of a DICOM file: values of columns of metadata. */
  readonly attributes?: readonly (NewColumn & { readonly text: string })[] | undefined;
}

/** What became of an imported file, with the ids of its images in the order given, without those that were removed. `new`: also one in quarantine before. */
export interface ImportOutcome {
  readonly outcome: 'new' | 'known' | 'changed';
  readonly images: readonly number[];
}

/**
 * Takes in a batch in one transaction. A file that the catalog knows with the same content only gets its new size and
 * time; one with other content becomes a new row, and the old one, with all scores and verdicts, stays as `changed`.
 * `at` is the UTC time of the import.
 */
export function importFiles(catalog: Catalog, files: readonly ImportedFile[], at: string): readonly ImportOutcome[] {
  return catalog.transaction(() => files.map((file) => importFile(catalog, file, at)));
}

function importFile(catalog: Catalog, file: ImportedFile, at: string): ImportOutcome {
  const known = catalog.get<{ id: number; sha256: string | null }>(
    `SELECT id, sha256 FROM files WHERE file = @file AND inside = @inside AND state <> 'changed'`,
    place(file),
  );
  const columns = {
    ...place(file),
    at,
    source: file.source,
    path: file.path,
    companion: file.companion ?? null,
    size: file.size,
    modified: file.modified,
    sha256: file.sha256 ?? null,
    format: file.format ?? null,
    frames: file.frames ?? file.images.length,
    state: file.quarantined === undefined ? 'present' : 'quarantined',
    reason: file.quarantined ?? null,
    again: Number(file.again ?? false),
    warnings: file.warnings === undefined || file.warnings.length === 0 ? null : JSON.stringify(file.warnings),
  };
  const changed = known !== undefined && known.sha256 !== null && known.sha256 !== columns.sha256;
  if (changed) {
    catalog.run(`UPDATE files SET state = 'changed', reason = 'other content since ' || @at WHERE id = @id`, {
      id: known.id,
      at,
    });
  }
  const fresh = known === undefined || changed;
  const id = fresh ? insertFile(catalog, columns) : known.id;
  if (!fresh) {
    catalog.run(
      `UPDATE files SET source = @source, path = @path, companion = @companion, size = @size, modified = @modified,
         sha256 = @sha256, format = @format, frame_count = max(frame_count, @frames), state = @state, reason = @reason,
         again = @again, warnings = @warnings, seen_at = @at, imported_at = CASE state WHEN 'quarantined' THEN @at ELSE imported_at END
       WHERE id = @id`,
      { ...columns, id },
    );
  }
  const images = file.images.flatMap((image) => {
    const before = fresh ? undefined : knownImage(catalog, id, image, at);
    if (before !== undefined) return [before];
    return wasRemoved(catalog, id, image.frame) ? [] : [insertImage(catalog, id, image, at)];
  });
  return { outcome: changed ? 'changed' : fresh || known.sha256 === null ? 'new' : 'known', images };
}

function insertFile(catalog: Catalog, columns: Readonly<Record<string, Value>>): number {
  return catalog.run(
    `INSERT INTO files (source, path, file, inside, companion, size, modified, sha256, format, frame_count, state,
       reason, again, warnings, imported_at, seen_at)
     VALUES (@source, @path, @file, @inside, @companion, @size, @modified, @sha256, @format, @frames, @state,
       @reason, @again, @warnings, @at, @at)`,
    columns,
  ).id;
}

function noteAttributes(catalog: Catalog, image: number, attributes: ImportedImage['attributes'], at: string): void {
  for (const { text, ...column } of attributes ?? []) writeColumn(catalog, column, [[image, text]], at);
}

/** The id of an image that the catalog has, whose fingerprint or origin an older Residua may not have noted. */
function knownImage(
  catalog: Catalog,
  file: number,
  { frame, pixelFingerprint, origin, attributes }: ImportedImage,
  at: string,
): number | undefined {
  const known = catalog.get<{ id: number; pixelFingerprint: string | null }>(
    'SELECT id, pixel_fingerprint AS pixelFingerprint FROM images WHERE file = @file AND frame = @frame',
    { file, frame },
  );
  if (known !== undefined && origin !== undefined) noteOrigin(catalog, known.id, origin);
  if (known !== undefined) noteAttributes(catalog, known.id, attributes, at);
  if (known !== undefined && known.pixelFingerprint === null && pixelFingerprint !== undefined) {
    const values = { id: known.id, pixelFingerprint };
    catalog.run('UPDATE images SET pixel_fingerprint = @pixelFingerprint WHERE id = @id', values);
  }
  return known?.id;
}

/** Whether somebody has removed a frame of a file that stayed for its others. */
function wasRemoved(catalog: Catalog, file: number, frame: number): boolean {
  return (
    catalog.get('SELECT 1 FROM removed_images WHERE file = @file AND frame = @frame', { file, frame }) !== undefined
  );
}

function insertImage(catalog: Catalog, file: number, image: ImportedImage, at: string): number {
  const { id } = catalog.run(
    `INSERT INTO images (file, frame, name, kind, modality, body_part, view, width, height, bits, pixel_fingerprint,
       perceptual_hash, patient, study, series, instance, scan, position,
       geometry, sex, age, scanner)
     VALUES (@file, @frame, @name, @kind, @modality, @bodyPart, @view, @width, @height, @bits, @pixelFingerprint,
       @perceptualHash, @patient, @study, @series, @instance, @scan, @position,
       @geometry, @sex, @age, @scanner)`,
    {
      file,
      frame: image.frame,
      name: image.name,
      kind: image.kind ?? null,
      modality: image.modality ?? null,
      bodyPart: image.bodyPart ?? null,
      view: image.view ?? null,
      width: image.width,
      height: image.height,
      bits: image.bits,
      pixelFingerprint: image.pixelFingerprint ?? null,
      perceptualHash: image.perceptualHash ?? null,
      patient: image.patient ?? null,
      study: image.study ?? null,
      series: image.series ?? null,
      instance: image.instance ?? null,
      sex: image.sex ?? null,
      age: image.age ?? null,
      scanner: image.scanner ?? null,
      scan: image.scan === undefined ? null : scanOf(catalog, image.scan),
      position: image.position ?? null,
      geometry: image.geometry === undefined ? null : JSON.stringify(image.geometry),
    },
  );
  if (image.origin !== undefined) noteOrigin(catalog, id, image.origin);
  noteAttributes(catalog, id, image.attributes, at);
  return id;
}

/** The id of the scan with this key; made when there is none. */
export function scanOf(catalog: Catalog, key: string): number {
  const known = catalog.get<{ id: number }>('SELECT id FROM scans WHERE key = @key', { key });
  return known?.id ?? catalog.run('INSERT INTO scans (key) VALUES (@key)', { key }).id;
}

/** A file that the catalog has with the size and time that it has now. */
export interface SeenFile {
  /** It was seen after `since` already. */
  readonly counted: boolean;
  /** Why it cannot be read, where it could not be. */
  readonly quarantined: string | null;
}

/**
 * For each place what the catalog knows of it, null when it must be read: it is new, other than before, or to be tried
 * again (once after `since`). Notes that it was seen `at`; one that had vanished is present again.
 */
export function seenUnchanged(
  catalog: Catalog,
  places: readonly FilePlace[],
  { at, since }: { readonly at: string; readonly since: string },
): readonly (SeenFile | null)[] {
  return catalog.transaction(() =>
    places.map((found) => {
      const known = catalog.get<{ id: number; counted: number; quarantined: string | null }>(
        `SELECT id, seen_at > @since AS counted, iif(state = 'quarantined', reason, NULL) AS quarantined FROM files
         WHERE file = @file AND inside = @inside AND size = @size AND modified = @modified
           AND state <> 'changed' AND (again = 0 OR seen_at > @since)`,
        { ...place(found), size: found.size, modified: found.modified, since },
      );
      if (known === undefined) return null;
      catalog.run(
        `UPDATE files SET seen_at = @at, state = CASE state WHEN 'vanished' THEN 'present' ELSE state END WHERE id = @id`,
        { id: known.id, at },
      );
      return { counted: known.counted === 1, quarantined: known.quarantined };
    }),
  );
}

/** The images of the files at `places`, as they are now. */
export function imagesAt(catalog: Catalog, places: readonly FilePlace[]): readonly number[] {
  return places.flatMap((found) =>
    catalog.column<number>(
      `SELECT i.id FROM files f JOIN images i ON i.file = f.id
       WHERE f.file = @file AND f.inside = @inside AND f.state <> 'changed' ORDER BY i.frame`,
      place(found),
    ),
  );
}

/** How many files of `source` an import that began at `since` has not seen. */
export function countUnseen(catalog: Catalog, source: string, since: string): number {
  const sql = `SELECT count(*) FROM files WHERE source = @source AND seen_at < @since AND state = 'present'`;
  return catalog.column<number>(sql, { source, since })[0]!;
}

/** Marks as vanished what an import of `source` that began at `since` has not seen; the paths of these files. */
export function markVanished(catalog: Catalog, source: string, since: string): readonly string[] {
  return catalog.column<string>(
    `UPDATE files SET state = 'vanished' WHERE source = @source AND seen_at < @since AND state = 'present'
     RETURNING path`,
    { source, since },
  );
}

/** Notes that the file of an image is not as it was at import. */
export function setFileState(catalog: Catalog, image: number, state: FileState, reason: string | null): void {
  catalog.run(
    'UPDATE files SET state = @state, reason = @reason WHERE id = (SELECT file FROM images WHERE id = @image)',
    {
      image,
      state,
      reason,
    },
  );
}

/** Files that could not be read, with the reason; newest first. */
export function quarantinedFiles(catalog: Catalog): readonly { path: string; reason: string; seenAt: string }[] {
  return catalog.all(`SELECT path, reason, seen_at AS seenAt FROM files WHERE state = 'quarantined' ORDER BY id DESC`);
}

function place({ file, inside }: FilePlace): { readonly file: string; readonly inside: string } {
  return { file, inside: JSON.stringify(inside) };
}
