// Walks an archive (a folder, a zip or tar, archives inside those, or one file) and names every file in it, without decoding any.
import type { Stats } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { diskPath, shownName, textOfName } from '../platform/disk-path.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { inWords, systemReason } from '../platform/words.ts';
import type { Container, ContainerEntry } from './containers/container.ts';
import { containerKind, openContainerBuffer, openContainerFile } from './containers/open-container.ts';
import { isDicomdir } from './dicom/dicomdir.ts';
import type { ArchiveEntry } from './entry.ts';
import { faultOfName, printableName } from './entry.ts';
import { imageExtensions } from './formats/formats.ts';
import { HeaderPairs } from './header-pairs.ts';
import { checkLimit, limits } from './limits.ts';

/** A file to be opened, or one that is refused already, with the reason; the walk goes on either way. */
export type WalkItem =
  | { readonly kind: 'entry'; readonly entry: ArchiveEntry }
  | { readonly kind: 'refused'; readonly path: string; readonly problem: Problem };

/** How a walk is stopped, and who opens the DICOMDIRs on the way: not the walk itself, which nobody can end when one is hostile. */
export interface WalkControl extends JobControl {
  /** The files that a DICOMDIR lists, as paths below its folder. Null where nobody wants to hear what is missing. */
  readonly listedIn: ((dicomdir: ArchiveEntry) => Promise<readonly string[]>) | null;
}

/** Written by operating systems beside people's files; not worth a word. */
const litter = /(^|\/)(__MACOSX\/.*|\.DS_Store|\._[^/]*|Thumbs\.db|desktop\.ini)$/i;
/**
 * Names that promise a single file: not opened to see whether they are archives. The decoder recognises them by content all the
 * same. A .npz, such as the latents beside reconstructions, is a zip of arrays that belong together and not an archive of images.
 */
const promisesFile = new RegExp(`\\.(npz|${imageExtensions.join('|').replaceAll('.', '\\.')})$`, 'i');

/**
 * Every file of the archive at `root`, folders and zips in name order, tars as they are stored. Files that are hostile, unreadable or
 * special come as `refused`. Throws `file` only when `root` itself cannot be opened.
 */
export async function* walk(root: string, control: WalkControl): AsyncGenerator<WalkItem> {
  const found = await stat(root).catch((error: unknown) => {
    throw new Problem('file', { file: root, reason: systemReason(error) ?? inWords(error) }, { cause: error });
  });
  if (found.isDirectory()) yield* walkFolder(root, '', 0, control);
  else yield* walkFile({ file: root, path: basename(root), stats: found }, control);
}

/** Files of a folder that are looked at together: asking the system for one after the other is most of a walk's time. */
const group = 64;

async function* walkFolder(
  folder: string,
  prefix: string,
  depth: number,
  control: WalkControl,
): AsyncGenerator<WalkItem> {
  try {
    checkLimit('folderDepth', 'folders within folders', depth);
    const children = await childrenOf(folder);
    const pairs = new HeaderPairs(children.filter(({ isFolder }) => !isFolder).map(({ name }) => name));
    const names = new Set(children.map(({ name }) => name));
    for (let first = 0; first < children.length; first += group) {
      const next = children.slice(first, first + group);
      const looked = await Promise.allSettled(next.map(({ name }) => stat(diskPath(join(folder, name)))));
      for (const [index, child] of next.entries()) {
        checkpoint(control, 'reading the archive');
        const path = prefix + shownName(child.name, names);
        if (litter.test(path) || pairs.isData(child.name)) continue;
        const file = join(folder, child.name);
        const found = looked[index]!;
        if (child.isFolder) yield* walkFolder(file, `${path}/`, depth + 1, control);
        else if (found.status === 'rejected') yield refuse(path, found.reason);
        else yield* walkFile({ file, path, stats: found.value, companion: pairs.dataOf(child.name) }, control);
      }
    }
  } catch (error) {
    yield refuse(prefix, error);
  }
}

interface Child {
  /** As `textOfName` has it. */
  readonly name: string;
  readonly isFolder: boolean;
}

/** What lies in a folder, in name order. If a name is not valid UTF-8, the folder is read again with names as bytes. */
async function childrenOf(folder: string): Promise<readonly Child[]> {
  const path = diskPath(folder);
  const found = await readdir(path, { withFileTypes: true });
  const children = found.some(({ name }) => name.includes('\ufffd'))
    ? (await readdir(path, { withFileTypes: true, encoding: 'buffer' })).map((child) => ({
        name: textOfName(child.name),
        isFolder: child.isDirectory(),
      }))
    : found.map((child) => ({ name: child.name, isFolder: child.isDirectory() }));
  return children.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A DICOMDIR says what should be there: what is not is reported. The files themselves are found by the walk. */
async function* missingFiles(
  dicomdir: ArchiveEntry,
  isThere: (reference: string) => boolean | Promise<boolean>,
  control: WalkControl,
): AsyncGenerator<WalkItem> {
  const prefix = dicomdir.path.slice(0, -basename(dicomdir.path).length);
  for (const reference of (await control.listedIn?.(dicomdir)) ?? []) {
    checkpoint(control, 'reading the archive');
    if (await isThere(reference)) continue;
    const problem = new Problem('missing', { what: `file of ${dicomdir.path}`, name: reference });
    yield { kind: 'refused', path: prefix + reference, problem };
  }
}

function isFile(path: string): Promise<boolean> {
  return stat(diskPath(path)).then(
    (found) => found.isFile(),
    () => false,
  );
}

interface FileOnDisk extends Pick<ArchiveEntry, 'file' | 'path' | 'companion'> {
  readonly stats: Stats;
}

async function* walkFile({ file, path, companion, stats }: FileOnDisk, control: WalkControl): AsyncGenerator<WalkItem> {
  try {
    const { size, mtimeMs: modified } = stats;
    if (stats.isDirectory()) throw new Problem('file', { file: path, reason: 'is a link to a folder, not followed' });
    if (!stats.isFile()) throw new Problem('file', { file: path, reason: 'is neither a file nor a folder' });
    const entry = withCompanion({ path, file, inside: [], size, modified }, companion);
    const head = promisesFile.test(path) ? nothing : await headOf(file);
    if (isDicomdir(head)) {
      yield* missingFiles(entry, (reference) => isFile(join(dirname(file), reference)), control);
      return;
    }
    const kind = containerKind(head);
    if (kind === undefined) {
      yield { kind: 'entry', entry };
      return;
    }
    const archive = await openContainerFile(file, path, kind, { keeps: false });
    try {
      yield* walkContainer(archive, entry, { ...control, nested: new NestedBytes(size) });
    } finally {
      await archive.close();
    }
  } catch (error) {
    yield refuse(path, error);
  }
}

/** What the zips inside one zip of the disk may be inflated to, all together: a small file can hold very many of them. */
class NestedBytes {
  readonly #limit: number;
  #taken = 0;

  constructor(bytesOnDisk: number) {
    this.#limit = Math.max(limits.nestedZipBytes, limits.nestedZipGrowth * bytesOnDisk);
  }

  /** Throws `limit` when `bytes` more are too many; others may still fit. */
  take(bytes: number): void {
    const value = this.#taken + bytes;
    if (value > this.#limit)
      throw new Problem('limit', { what: 'size of all zips inside a zip', value, limit: this.#limit });
    this.#taken = value;
  }
}

interface ContainerControl extends WalkControl {
  readonly nested: NestedBytes;
}

/** `place` is the archive itself, as if it were an entry. */
async function* walkContainer(
  zip: Container,
  place: ArchiveEntry,
  control: ContainerControl,
): AsyncGenerator<WalkItem> {
  await zip.list(keepsHead, () => checkpoint(control, 'reading the archive'));
  for (const { name, reason } of zip.refused) {
    const path = `${place.path}/${printableName(name)}`;
    yield refuse(path, new Problem('content', { file: path, reason }));
  }
  const names = [...zip.entries.keys()];
  if (zip.order === 'name') names.sort();
  const pairs = new HeaderPairs(names);
  for (const name of names) {
    checkpoint(control, 'reading the archive');
    if (litter.test(name) || pairs.isData(name)) continue;
    // Some programs divide folders by backslashes.
    const shown = name.replaceAll('\\', '/');
    const fault = faultOfName(shown);
    if (fault !== undefined) {
      const reason = `the name ${printableName(name)} ${fault}`;
      yield refuse(`${place.path}/${printableName(name)}`, new Problem('content', { file: place.path, reason }));
      continue;
    }
    const path = `${place.path}/${shown}`;
    const others = zip.doubled.get(name) ?? 0;
    const isSecond = shown !== name && zip.entries.has(shown);
    if (others > 0 || isSecond) {
      const reason = `${others > 1 ? `${others} other entries have` : 'another entry has'} the same name; the first one is read`;
      yield refuse(path, new Problem('content', { file: path, reason }));
      if (isSecond) continue;
    }
    const entry = { ...place, path, inside: [...place.inside, name], size: zip.entries.get(name)!.size };
    try {
      const head = promisesFile.test(name) ? nothing : await zip.head(name, HEAD_BYTES);
      const folder = name.slice(0, -basename(name).length);
      if (isDicomdir(head)) yield* missingFiles(entry, (reference) => zip.entries.has(folder + reference), control);
      else if (containerKind(head) !== undefined) yield* walkNested(zip, zip.entries.get(name)!, entry, control);
      else yield { kind: 'entry', entry: withCompanion(entry, pairs.dataOf(name)) };
    } catch (error) {
      yield refuse(path, error);
    }
  }
}

async function* walkNested(
  outer: Container,
  { name, size }: ContainerEntry,
  place: ArchiveEntry,
  control: ContainerControl,
): AsyncGenerator<WalkItem> {
  if (place.inside.length > limits.zipDepth) {
    throw new Problem('limit', { what: 'zips inside zips', value: place.inside.length, limit: limits.zipDepth });
  }
  checkLimit('nestedZipBytes', `size of the zip ${printableName(name)} inside a zip`, size);
  control.nested.take(size);
  const take = (bytes: number) => control.nested.take(bytes);
  yield* walkContainer(await openContainerBuffer(await outer.read(name), place.path, take), place, control);
}

function withCompanion(entry: ArchiveEntry, companion: string | undefined): ArchiveEntry {
  return companion === undefined ? entry : { ...entry, companion };
}

/** Bytes that tell an archive and a DICOMDIR. */
const HEAD_BYTES = 512;
const nothing = new Uint8Array(0);

async function headOf(file: string): Promise<Uint8Array> {
  const handle = await open(diskPath(file), 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** A tar shows the beginning of what may be another archive, or a DICOMDIR, while it is listed. */
function keepsHead(name: string, head: Buffer): boolean {
  return !promisesFile.test(name) && (isDicomdir(head) || containerKind(head) !== undefined);
}

/** Cancellation ends the walk; everything else is the file's own fault. */
function refuse(path: string, error: unknown): WalkItem {
  if (isProblem(error, 'cancelled')) throw error;
  if (isProblem(error)) return { kind: 'refused', path, problem: error };
  const problem = new Problem('file', { file: path, reason: inWords(error) }, { cause: error });
  return { kind: 'refused', path, problem };
}
