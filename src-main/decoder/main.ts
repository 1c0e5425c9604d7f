// The decoder process: opens files from outside, and nothing else; may be ended at any moment by its owner or a file.
import { statSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { openImageFile } from '../archive/decode.ts';
import type { DecodedImage, ImageFile } from '../archive/decoded-image.ts';
import { parseDicomFile } from '../archive/dicom/data-set.ts';
import { readDicomdir } from '../archive/dicom/dicomdir.ts';
import { textsOf } from '../archive/dicom/kept-attributes.ts';
import type { ArchiveEntry } from '../archive/entry.ts';
import { EntryReader } from '../archive/entry-reader.ts';
import { perceptualHash } from '../archive/perceptual-hash.ts';
import { pixelFingerprint } from '../archive/pixel-fingerprint.ts';
import { applyRecipe, unitFault } from '../archive/recipe.ts';
import { thumbnail } from '../archive/thumbnail.ts';
import { diskPath } from '../platform/disk-path.ts';
import { Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import { readParquet } from '../platform/parquet.ts';
import { parentPort } from '../platform/process.ts';
import { failureOf, openChannel } from '../platform/process-channel.ts';
import {
  type DecoderMethods,
  type FileDescription,
  type FileOutcome,
  type FrameDescription,
  type FrameSource,
  requests,
} from './protocol.ts';

interface OpenFile {
  readonly file: ImageFile;
  readonly sha256: string;
}

const reader = new EntryReader({ oneAtATime: true });
/** The file of which a frame was asked for last, as it is on the disk now: others are asked for after it. */
let latest: { readonly key: string; readonly open: OpenFile } | undefined;

async function openForFrames(entry: ArchiveEntry): Promise<OpenFile> {
  const { size, mtimeMs, ino } = statSync(diskPath(entry.file));
  const key = JSON.stringify([entry, size, mtimeMs, ino]);
  if (latest?.key === key) return latest.open;
  const opened = await open(entry);
  latest = { key, open: opened };
  return opened;
}

async function open(entry: ArchiveEntry): Promise<OpenFile> {
  // Let go before the next one takes memory.
  latest = undefined;
  const bytes = await reader.read(entry);
  return { file: await openImageFile(bytes), sha256: bytes.sha256 };
}

/** Progress this often, in milliseconds, is enough for the owner to see that the process lives. */
const REPORT_INTERVAL = 100;

async function describeAll(entries: readonly ArchiveEntry[], { report }: JobControl): Promise<FileOutcome[]> {
  const outcomes: FileOutcome[] = [];
  let reported = performance.now();
  const alive = () => {
    if (performance.now() - reported < REPORT_INTERVAL) return;
    reported = performance.now();
    report({ stage: 'decoding', done: outcomes.length, total: entries.length });
  };
  for (const entry of entries) {
    alive();
    const outcome = describe(entry, alive).then((description) => ({ description }));
    outcomes.push(await outcome.catch((error: unknown) => ({ failure: failureOf(error) })));
  }
  return outcomes;
}

async function describe(entry: ArchiveEntry, alive: () => void): Promise<FileDescription> {
  const { file, sha256 } = await open(entry);
  const frames: FrameDescription[] = [];
  for (let index = 0; index < file.frameCount; index++) {
    frames.push(describeFrame(await file.frame(index)));
    alive();
  }
  return { format: file.format, sha256, frames };
}

function describeFrame(decoded: DecodedImage): FrameDescription {
  const { samples, ...image } = decoded;
  const blank = samples.every((sample: number) => sample === 0);
  return { image, pixelFingerprint: pixelFingerprint(decoded), perceptualHash: perceptualHash(decoded), blank };
}

function sourceOf({ width, height, channels, notFinite, frame }: DecodedImage): FrameSource {
  return { width, height, channels, frames: frame.count, finite: notFinite === undefined };
}

/**
 * Ends this process when it takes more memory than `bytes`: a thread of its own, since the main one may be stuck in a
 * decoder. The last line of standard error becomes the reason that the owner sees.
 */
function watchMemory(bytes: number): void {
  const program = `
    const { writeSync } = require('node:fs');
    setInterval(() => {
      if (process.memoryUsage.rss() < ${bytes}) return;
      writeSync(2, 'it took more than ${Math.round(bytes / 2 ** 20)} MiB of memory\\n');
      process.kill(process.pid, 'SIGKILL');
    }, 50);`;
  new Worker(program, { eval: true }).unref();
}

const MEMORY_LIMIT = 1024 * 2 ** 20;

watchMemory(MEMORY_LIMIT);
openChannel<DecoderMethods, Record<never, never>>(parentPort(), 'owner', {
  ready: (request) => {
    // Threads that come later, such as those of sharp, take it over.
    if (requests.ready.parse(request).background) setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
    return null;
  },
  describe: (request, control) => describeAll(requests.describe.parse(request).entries, control),
  listed: async (request) => {
    const { bytes, name } = await reader.read(requests.listed.parse(request).entry);
    return readDicomdir(bytes, name);
  },
  frame: async (request) => {
    const { entry, frame } = requests.frame.parse(request);
    const { file, sha256 } = await openForFrames(entry);
    return { sha256, image: await file.frame(frame) };
  },
  prepare: async (request) => {
    const { entry, frame, recipe } = requests.prepare.parse(request);
    const { file, sha256 } = await openForFrames(entry);
    const image = await file.frame(frame);
    const fault = unitFault(image, recipe);
    if (fault !== undefined) throw new Problem('content', { file: entry.path, reason: fault });
    return { sha256, model: applyRecipe(image, recipe), source: sourceOf(image) };
  },
  attributes: async (request) => {
    const { entry, tags } = requests.attributes.parse(request);
    const { bytes, name, sha256 } = await reader.read(entry);
    return { sha256, texts: textsOf(parseDicomFile(bytes, name).attributes, tags) };
  },
  table: (request, { report }) => {
    const { file } = requests.table.parse(request);
    return readParquet(file, (done, total) => report({ stage: 'reading', done, total }));
  },
  thumbnail: async (request) => {
    const { entry, frame, size } = requests.thumbnail.parse(request);
    return thumbnail(await (await openForFrames(entry)).file.frame(frame), size);
  },
}).ended.then(() => process.exit(0));
