// The workbench service in this process on a small catalog: import, selections, verdicts, pixels, refusals.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder, writeGrey } from '../cli/residua.ts';
import { Bench, closeBenches } from './bench.ts';

afterEach(closeBenches);

const importing = (source: string, cohort: string | null = null) =>
  ({ kind: 'import', parameters: { sources: [source], kind: null, cohort } }) as const;
const byName = { by: 'name', descending: false } as const;

/** Two normals, one of another kind, one file that is none. */
async function archive(folder: string): Promise<string> {
  const source = join(folder, 'archive');
  await writeGrey(join(source, 'normal/a.png'), 16, 12, (x, y) => x * 10 + y);
  await writeGrey(join(source, 'normal/b.png'), 16, 12, (x, y) => x + y * 10);
  await writeGrey(join(source, 'needle/c.png'), 16, 12, (x) => x * 15);
  await writeFile(join(source, 'notes.png'), 'no image');
  return source;
}

async function imported(folder: string): Promise<{ bench: Bench; source: string }> {
  const source = await archive(folder);
  const bench = new Bench(join(folder, 'catalog'));
  await bench.call('catalog.create', { folder: bench.catalog, name: 'test' });
  await bench.run(importing(source, 'all'));
  return { bench, source };
}

describe('import', () => {
  it('takes in what can be read, names what cannot, and labels by folder', async () => {
    await using folder = await temporaryFolder();
    const { bench } = await imported(folder.path);
    const page = { filter: {}, order: byName, offset: 0, limit: 10 };
    const { rows } = await bench.call('images.page', page);
    expect(rows.map(({ name, kind, width, height, frames }) => ({ name, kind, width, height, frames }))).toEqual([
      { name: 'needle/c.png', kind: 'needle', width: 16, height: 12, frames: 1 },
      { name: 'normal/a.png', kind: 'normal', width: 16, height: 12, frames: 1 },
      { name: 'normal/b.png', kind: 'normal', width: 16, height: 12, frames: 1 },
    ]);
    const { runs } = await bench.call('runs.list', {});
    expect(runs[0]).toMatchObject({ kind: 'import', state: 'done', skipped: 1 });
    const { lines } = await bench.call('runs.log', { id: runs[0]!.id, after: 0, limit: 100 });
    const skipped = lines.filter(({ level }) => level === 'skipped').map(({ text }) => text);
    expect(skipped).toEqual(['skipped notes.png: not a format that Residua reads (text)']);
  });

  it('reads only what changed, keeps the old row of a changed file, and sees what vanished', async () => {
    await using folder = await temporaryFolder();
    const { bench, source } = await imported(folder.path);
    await writeGrey(join(source, 'normal/a.png'), 20, 20, () => 7);
    await rm(join(source, 'normal/b.png'));
    const { id } = await bench.run(importing(source));
    const { provenance } = await bench.call('runs.detail', { id });
    expect(provenance.counts).toMatchObject({ images: 1, unchanged: 1, vanished: 1, quarantined: 1 });
    const counts = async (state: 'present' | 'changed' | 'vanished') =>
      (await bench.call('images.count', { filter: { states: [state] } })).images;
    expect([await counts('present'), await counts('changed'), await counts('vanished')]).toEqual([2, 1, 1]);
  });
});

describe('pixels', () => {
  it('come at full depth, as thumbnail, and are refused once the file is another', async () => {
    await using folder = await temporaryFolder();
    const { bench, source } = await imported(folder.path);
    const { ids } = await bench.call('images.ids', { filter: { text: 'a.png' }, order: byName });
    const id = ids[0]!;
    const frame = await bench.call('images.frame', { id });
    expect(frame).toMatchObject({ width: 16, height: 12, channels: 1, slope: 1, intercept: 0, inverted: false });
    expect(frame.samples[17]).toBe(11);
    const { png } = await bench.call('images.thumbnail', { id, size: 16 });
    expect([...png.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    await writeGrey(join(source, 'normal/a.png'), 16, 12, () => 7);
    await expect(bench.call('images.frame', { id })).rejects.toMatchObject({
      kind: 'file',
      values: { file: 'normal/a.png', reason: 'has other content than at import; import it again' },
    });
    expect(await bench.call('images.detail', { id })).toMatchObject({ row: { state: 'changed' } });
    await rm(join(source, 'normal/a.png'));
    await expect(bench.call('images.frame', { id })).rejects.toMatchObject({
      values: { reason: 'is no longer where it was at import' },
    });
  });
});

describe('triage', () => {
  it('decides about a whole filter in one step and takes it back', async () => {
    await using folder = await temporaryFolder();
    const { bench } = await imported(folder.path);
    const reviewer = 'A. Reader';
    const normals = { filter: { kinds: ['normal'] } };
    const decision = { images: normals, decision: 'keep', reason: null, reviewer } as const;
    expect(await bench.call('verdicts.set', decision)).toMatchObject({ images: 2 });
    const kept = async () => (await bench.call('images.count', { filter: { verdicts: ['keep'] } })).images;
    expect(await kept()).toBe(2);
    await bench.call('verdicts.undo', { reviewer });
    expect(await kept()).toBe(0);
    await bench.call('verdicts.redo', { reviewer });
    expect(await kept()).toBe(2);
    expect(bench.told.filter(({ event }) => event === 'catalog.changed').at(-1)?.value).toEqual({
      parts: ['verdicts'],
    });
  });

  it('keeps tags, annotations, views and cohorts', async () => {
    await using folder = await temporaryFolder();
    const { bench } = await imported(folder.path);
    const { ids } = await bench.call('images.ids', { filter: { kinds: ['needle'] }, order: byName });
    const reviewer = 'A. Reader';
    await bench.call('tags.set', { images: { ids }, add: ['metal'], remove: [], reviewer });
    const rectangle = { x: 1, y: 2, width: 3, height: 4 };
    await bench.call('annotations.add', { image: ids[0]!, rectangle, label: 'needle', reviewer });
    const detail = await bench.call('images.detail', { id: ids[0]! });
    expect(detail.row.tags).toEqual(['metal']);
    expect(detail.annotations).toMatchObject([{ rectangle, label: 'needle', reviewer }]);
    const view = await bench.call('views.save', { name: 'metal', filter: { tags: ['metal'] }, order: byName });
    expect(await bench.call('views.list', {})).toEqual({ views: [view] });
    await bench.call('cohorts.create', { name: 'needles', images: { filter: { kinds: ['needle'] } } });
    const { cohorts } = await bench.call('cohorts.list', {});
    expect(cohorts.map(({ name, images }) => [name, images])).toEqual([
      ['all', 3],
      ['needles', 1],
    ]);
  });
});

describe('requests', () => {
  it('are refused before a catalog is open, when they do not fit, and for what is not there', async () => {
    await using folder = await temporaryFolder();
    const bench = new Bench(join(folder.path, 'catalog'));
    expect(await bench.call('catalog.info', {})).toBe(null);
    await expect(bench.call('tags.list', {})).rejects.toMatchObject({ kind: 'usage' });
    await expect(bench.call('catalog.open', { folder: bench.catalog })).rejects.toMatchObject({ kind: 'missing' });
    await bench.call('catalog.create', { folder: bench.catalog, name: 'test' });
    const page = { filter: { kind: 'x' }, order: byName, offset: 0, limit: 1 };
    await expect(bench.call('images.page', page as never)).rejects.toMatchObject({ kind: 'usage' });
    await expect(bench.call('images.frame', { id: 99 })).rejects.toMatchObject({ kind: 'missing' });
  });
});

describe('two processes on one catalog', () => {
  it('each learns of what the other has written, and of nothing that it wrote itself', async () => {
    await using folder = await temporaryFolder();
    const { bench } = await imported(folder.path);
    const other = new Bench(bench.catalog);
    await other.call('catalog.open', { folder: bench.catalog });
    const { ids } = await other.call('images.ids', { filter: {}, order: byName });
    const told = Promise.withResolvers<unknown>();
    bench.onEvent((event, value) => event === 'catalog.changed' && told.resolve(value));
    other.told.length = 0;
    await other.call('verdicts.set', { images: { ids }, decision: 'keep', reason: null, reviewer: 'B' });
    expect(await told.promise).toMatchObject({ parts: expect.arrayContaining(['images', 'verdicts', 'runs']) });
    expect(other.told.map(({ value }) => value)).toEqual([{ parts: ['verdicts'] }]);
    const { images } = await bench.call('images.count', { filter: { verdicts: ['keep'] } });
    expect(images).toBe(3);
  });
});
