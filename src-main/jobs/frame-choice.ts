// Which frames of a file an import takes: all, those that a mask touches (the published `slice`), those that are not black.
import { basename } from 'node:path';
import type { ArchiveEntry } from '../archive/entry.ts';
import { walk } from '../archive/walk.ts';
import type { Decoder } from '../decoder/decoder-pool.ts';
import { stem } from '../decoder/folder-images.ts';
import type { FileDescription } from '../decoder/protocol.ts';
import { Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';

/** Frames of a file (from 0), and in words how many were left out and why. */
export interface ChosenFrames {
  readonly frames: readonly number[];
  readonly remarks: readonly string[];
}
export type ChooseFrames = (entry: ArchiveEntry, file: FileDescription) => Promise<ChosenFrames>;

/** Lists the masks once. Throws `file` when their folder cannot be opened. */
export async function frameChoice(
  { maskDir, dropBlack }: { readonly maskDir: string | null; readonly dropBlack: boolean },
  decoder: Decoder,
  control: JobControl,
): Promise<ChooseFrames> {
  const masks = new Map<string, ArchiveEntry>();
  if (maskDir !== null) {
    for await (const item of walk(maskDir, { ...control, listedIn: null })) {
      if (item.kind === 'entry') masks.set(nameOf(item.entry), item.entry);
    }
  }
  return async (entry, file) => {
    const all = file.frames.map((_, frame) => frame);
    const touched = maskDir === null ? all : await framesOfMask(entry, file, masks, decoder);
    const frames = dropBlack ? touched.filter((frame) => !file.frames[frame]!.blank) : touched;
    const [outside, black] = [all.length - touched.length, touched.length - frames.length];
    return {
      frames,
      remarks: [
        ...(outside > 0 ? [`${outside} of ${all.length} slices, which the mask does not touch, were left out`] : []),
        ...(black > 0 ? [`${black} of ${all.length} frames, which are all black, were left out`] : []),
      ],
    };
  };
}

const nameOf = ({ path }: ArchiveEntry): string => basename(stem(path));

/** Throws `missing` without a mask, `mismatch` for one of another shape, `content` for an empty one. */
async function framesOfMask(
  entry: ArchiveEntry,
  file: FileDescription,
  masks: ReadonlyMap<string, ArchiveEntry>,
  decoder: Decoder,
): Promise<readonly number[]> {
  const found = masks.get(nameOf(entry));
  if (found === undefined) throw new Problem('missing', { what: 'mask', name: entry.path });
  const mask = await decoder.describe(found);
  const [expected, shape] = [file, mask].map(({ frames }) => {
    const { width, height } = frames[0]!.image;
    return `${width} x ${height} x ${frames.length}`;
  }) as [string, string];
  if (shape !== expected) {
    throw new Problem('mismatch', { what: `shape of the mask ${found.path}`, expected, found: shape });
  }
  const touched = mask.frames.flatMap(({ blank }, frame) => (blank ? [] : [frame]));
  if (touched.length === 0) throw new Problem('content', { file: found.path, reason: 'the mask is empty' });
  return touched;
}
