// Opens an archive by its content: zip, tar, or gzipped tar. To add a format of archives, add it to `sniff` and here.
import { Problem } from '../../platform/errors.ts';
import { nameOf, type Sniffed, sniff } from '../sniff.ts';
import { ZipArchive } from '../zip-archive.ts';
import type { Container } from './container.ts';
import { TarArchive } from './tar-archive.ts';

/** Which archive a file is. */
export type ContainerKind = Extract<Sniffed, { kind: 'zip' | 'tar' }>;

/** The archive that begins with `head`; undefined for anything else. */
export function containerKind(head: Uint8Array): ContainerKind | undefined {
  const found = sniff(head);
  return found.kind === 'zip' || found.kind === 'tar' ? found : undefined;
}

/** Opens the archive at `path`. `keeps`: its entries will be read in any order. Throws `content`. */
export function openContainerFile(
  path: string,
  label: string,
  kind: ContainerKind,
  { keeps }: { readonly keeps: boolean },
): Promise<Container> {
  return kind.kind === 'zip'
    ? ZipArchive.openFile(path, label)
    : TarArchive.openFile(path, label, { gzipped: kind.gzipped, keeps });
}

/** Opens an archive that lay in another one; `take` is told what it takes in memory beyond its bytes. Throws `content`, `limit`. */
export async function openContainerBuffer(
  bytes: Uint8Array,
  label: string,
  take: (bytes: number) => void = () => {},
): Promise<Container> {
  const kind = containerKind(bytes.subarray(0, 512));
  if (kind?.kind === 'zip') return ZipArchive.openBuffer(bytes, label);
  if (kind?.kind === 'tar') return TarArchive.openBuffer(bytes, label, kind.gzipped, take);
  throw new Problem('content', { file: label, reason: `is no archive (${nameOf(sniff(bytes.subarray(0, 512)))})` });
}
