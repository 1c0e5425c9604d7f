// Decoder processes: files are described, prepared and shown; a file that kills or stalls its process costs only itself.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import type { ArchiveEntry } from '../../src-main/archive/entry.ts';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { publishedRecipe } from '../../src-main/archive/recipe.ts';
import { walk } from '../../src-main/archive/walk.ts';
import { openDecoderPool } from '../../src-main/decoder/decoder-pool.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { launchNode } from '../../src-main/platform/process.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { levels } from '../archive/synthetic.ts';
import { dicomStyles, element, part10 } from '../archive/write-dicom.ts';

const folder = mkdtempSync(join(tmpdir(), 'residua-decoder-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function entriesOf(files: Readonly<Record<string, Uint8Array>>): Promise<ArchiveEntry[]> {
  const root = mkdtempSync(join(folder, 'archive-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
  const entries: ArchiveEntry[] = [];
  for await (const item of walk(root, { ...quiet, listedIn: null }))
    if (item.kind === 'entry') entries.push(item.entry);
  return entries;
}

const golden = readFileSync(new URL('../golden/archive/dicom/DICOMDIR', import.meta.url));
/** The processes that this one has started. */
function children(): readonly number[] {
  const ids = readdirSync('/proc/self/task').map((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' '),
  );
  return ids.flat().filter(Boolean).map(Number);
}

const png = await encodePng(16, 8, 1, levels(128));

describe('the decoder', () => {
  it('describes, decodes, prepares and shows a file', async () => {
    const [entry] = await entriesOf({ 'a.png': png });
    const decoder = openDecoderPool();
    const { format, sha256, frames } = await decoder.describe(entry!);
    expect({ format, frames: frames.length, sha256: sha256.length }).toEqual({ format: 'PNG', frames: 1, sha256: 64 });
    expect(frames[0]!.perceptualHash).toMatch(/^[0-9a-f]{16}$/);
    const { image } = await decoder.frame(entry!, 0);
    expect(image.samples).toEqual(levels(128));
    const { model, source } = await decoder.prepare(entry!, 0, publishedRecipe(8, 1));
    expect(model).toHaveLength(64);
    expect(source).toEqual({ width: 16, height: 8, channels: 1, frames: 1, finite: true });
    const shown = await openImageFile({ name: 'thumbnail', bytes: await decoder.thumbnail(entry!, 0, 4) });
    expect(await shown.frame(0)).toMatchObject({ width: 4, height: 2, channels: 1 });
    await decoder.close();
  });

  it.skipIf(process.platform !== 'linux')('gives way to others in the background, and only there', async () => {
    const [entry] = await entriesOf({ 'a.png': png });
    const priorities: number[] = [];
    for (const background of [false, true]) {
      const before = new Set(children());
      const decoder = openDecoderPool({ background });
      await decoder.describe(entry!);
      priorities.push(...children().flatMap((id) => (before.has(id) ? [] : [getPriority(id) - getPriority()])));
      await decoder.close();
    }
    expect(priorities).toEqual([0, constants.priority.PRIORITY_BELOW_NORMAL]);
  });

  it('names the reason of each broken file and reads the others, several at a time', async () => {
    const entries = await entriesOf({
      '1.png': png,
      '2.png': png.subarray(0, 60),
      '3.pdf': Buffer.from('%PDF-1'),
      '4.png': png,
    });
    const decoder = openDecoderPool({ processes: 2 });
    const results = await Promise.all(
      entries.map((entry) => decoder.describe(entry).then(({ format }) => format, inWords)),
    );
    expect(results).toEqual([
      'PNG',
      expect.stringMatching(/^2\.png: /),
      '3.pdf: not a format that Residua reads (PDF document)',
      'PNG',
    ]);
    await decoder.close();
  });

  it('a file that kills its process is named, and the next one is read', async () => {
    const entries = await entriesOf({ '1.png': png, '2.png': png, '3.png': png });
    let started = 0;
    // The second file's process dies as if the file had done it: the port is cut when it is asked for.
    const decoder = openDecoderPool({
      launch: (program) => {
        started++;
        const port = launchNode(program);
        return {
          ...port,
          post: (message) => (JSON.stringify(message).includes('2.png') ? port.close() : port.post(message)),
        };
      },
    });
    const results = await Promise.all(
      entries.map((entry) => decoder.describe(entry).then(({ format }) => format, inWords)),
    );
    expect(results).toEqual(['PNG', '2.png: reading it was ended: killed by SIGKILL', 'PNG']);
    // For the three together, for the first alone, for the second with nothing read before it, and for the third.
    expect(started).toBe(4);
    await decoder.close();
  });

  it('a file that stalls is given up after its time', async () => {
    const entries = await entriesOf({ '1.png': png, '2.png': png });
    const decoder = openDecoderPool({
      secondsPerFrame: 2,
      launch: (program) => {
        const port = launchNode(program);
        // The request for the first file never arrives.
        return {
          ...port,
          post: (message) => (JSON.stringify(message).includes('1.png') ? undefined : port.post(message)),
        };
      },
    });
    const results = await Promise.all(
      entries.map((entry) => decoder.describe(entry).then(({ format }) => format, inWords)),
    );
    expect(results).toEqual(['1.png: reading it was ended: it took more than 2 seconds', 'PNG']);
    await decoder.close();
  });

  it('a DICOMDIR that would take all memory ends its process only', async () => {
    const style = dicomStyles[0]!;
    // Eight million empty records, which dicom-parser makes three gigabytes of.
    const record = Buffer.from('feff00e000000000', 'hex');
    const bomb = part10(style, element(style, 0x0004_1220, 'SQ', Buffer.alloc(64_000_000, record)));
    const [hostile, small] = await entriesOf({ 'a.dcm': bomb, 'b.dcm': golden });
    const decoder = openDecoderPool({ secondsPerFrame: 2 });
    const listed = await Promise.all([hostile!, small!].map((entry) => decoder.listed(entry).catch(inWords)));
    expect(listed).toEqual([expect.stringMatching(/^a\.dcm: reading it was ended: /), ['IMAGES/ONE', 'IMAGES/TWO']]);
    await decoder.close();
  });

  it('what is queued when it closes is cancelled', async () => {
    const entries = await entriesOf({ '1.png': png, '2.png': png });
    const decoder = openDecoderPool();
    const results = entries.map((entry) => decoder.describe(entry).catch((error: unknown) => error));
    await decoder.close();
    for (const result of await Promise.all(results)) expect(result).toMatchObject({ kind: 'cancelled' });
  });
});
