// The report about images names nobody: no file name, patient, series or folder label, no picture that may show text.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { importedKind } from '../../src-main/catalog/tables/imported-scores.ts';
import { createRun, recordResults, setRunState } from '../../src-main/catalog/tables/runs.ts';
import { textScores } from '../../src-preload/text-scores.ts';
import { dicomStyles, element, part10, smallPixelModule } from '../archive/write-dicom.ts';
import { noon, temporaryFolder } from '../catalog/sample-catalog.ts';
import { writeGrey } from '../cli/residua.ts';
import { Bench, closeBenches } from './bench.ts';

afterEach(closeBenches);

const style = dicomStyles[0]!;
const secret = 'Musterfrau';

async function opened(): Promise<Bench> {
  const folder = temporaryFolder();
  const source = join(folder, 'archive', secret);
  await mkdir(source, { recursive: true });
  await writeGrey(join(source, `${secret}-1.png`), 16, 16, (x) => x * 10);
  await writeGrey(join(source, `${secret}-2.png`), 16, 16, (x) => 255 - x * 10);
  const elements = [
    element(style, 0x0008_0060, 'CS', 'DX'),
    element(style, 0x0010_0010, 'PN', secret),
    element(style, 0x0010_0020, 'LO', `${secret}4711`),
    element(style, 0x0028_0301, 'CS', 'YES'),
    ...smallPixelModule(style),
    element(style, 0x7fe0_0010, 'OB', new Uint8Array(16)),
  ];
  // Attributes stand in the order of their tags.
  await writeFile(join(source, 'burned.dcm'), part10(style, Buffer.concat(elements)));
  const bench = new Bench(join(folder, 'catalog'));
  await bench.call('catalog.create', { folder: bench.catalog, name: 'report' });
  expect(await bench.run({ kind: 'import', parameters: { sources: [source] } })).toMatchObject({ state: 'done' });
  return bench;
}
const idsOf = async (bench: Bench) => {
  const { rows } = await bench.call('images.page', {
    ...{ filter: {}, order: { by: 'name', descending: false }, offset: 0, limit: 10 },
  });
  return Object.fromEntries(rows.map(({ id, name }) => [name, id])) as Readonly<Record<string, number>>;
};
const pictures = (html: string) => html.match(/<img /g)?.length ?? 0;

describe('the report about images', { timeout: 60_000 }, () => {
  it('shows pictures and scores and names nobody', async () => {
    const bench = await opened();
    const ids = await idsOf(bench);
    const images = [ids[`${secret}-1.png`]!, ids[`${secret}-2.png`]!];
    await bench.call('tags.set', {
      images: { ids: Uint32Array.from(images) },
      add: [`of ${secret}`],
      remove: [],
      reviewer: 'Ada',
    });
    const catalog = openCatalog(bench.catalog);
    const run = createRun(catalog, {
      ...{ kind: 'scores', title: secret, parameters: { images: secret }, images },
      ...{ provenance: { versions: { residua: '0.1.0' }, device: 'cpu', sources: [secret] }, at: noon },
    });
    recordResults(catalog, run, [{ image: images[0]!, scores: [{ score: 'sharpness', value: 1.23456 }] }]);
    setRunState(catalog, run, 'done', null, noon);
    catalog.close();
    const { html } = await bench.call('reports.images', { images, remark: 'Clips <b>' });
    expect(pictures(html)).toBe(2);
    expect(html).not.toContain(secret);
    expect(html).toContain('Clips &lt;b&gt;');
    expect(html).toContain('1.235');
    expect(html).toContain('versions residua: 0.1.0');
    expect(html).not.toMatch(/<script|https?:/);
    // What people wrote is given where it was asked for.
    expect((await bench.call('reports.images', { images, texts: true })).html).toContain(`of ${secret}`);
    const file = join(bench.catalog, '..', 'report.html');
    await bench.call('reports.write', { images, file });
    expect(pictures(await readFile(file, 'utf8'))).toBe(2);
  });

  it('gives the verdict in force, and no name of an imported score, body part or view that is a text', async () => {
    const bench = await opened();
    const [id] = Object.values(await idsOf(bench));
    const decided = { images: { ids: Uint32Array.of(id!) }, reason: null };
    await bench.call('verdicts.set', { ...decided, decision: 'reject', reviewer: 'Ada' });
    const list = await bench.call('readers.assign', {
      ...{ name: 'second', reader: 'Bob', by: 'Ada', blind: true, images: { ids: Uint32Array.of(id!) } },
    });
    await bench.call('verdicts.set', { ...decided, decision: 'unsure', reviewer: 'Bob', list: list.id });
    const catalog = openCatalog(bench.catalog);
    const run = createRun(catalog, {
      ...{ kind: importedKind, title: secret, parameters: { name: secret, abnormal: 'high' }, images: [id!] },
      ...{ provenance: {}, at: noon },
    });
    recordResults(catalog, run, [{ image: id!, scores: [{ score: `by ${secret}`, value: 7.5 }] }]);
    setRunState(catalog, run, 'done', null, noon);
    catalog.run('UPDATE images SET body_part = @secret, view = @pa WHERE id = @id', { secret, pa: 'PA', id: id! });
    catalog.close();
    const { html } = await bench.call('reports.images', { images: [id!] });
    expect(html).not.toContain(secret);
    expect(html).toMatch(/reject, .*Z/);
    expect(html).not.toContain('unsure');
    expect(html).toContain('imported score');
    expect(html).toContain('PA');
    expect((await bench.call('reports.images', { images: [id!], texts: true })).html).toContain(`by ${secret}`);
  });

  it('leaves out pictures that may show text, and blacks confirmed text out', async () => {
    const bench = await opened();
    const ids = await idsOf(bench);
    const [plain, burned] = [ids[`${secret}-1.png`]!, ids['burned.dcm']!];
    const held = await bench.call('reports.images', { images: [burned] });
    expect(pictures(held.html)).toBe(0);
    expect(held.html).toContain('the file says that text is burned into its pixels');
    expect(held.html).not.toContain(secret);
    const catalog = openCatalog(bench.catalog);
    const run = createRun(catalog, {
      kind: 'scores',
      title: '',
      parameters: {},
      provenance: {},
      images: [plain],
      at: noon,
    });
    const box = { x: 2, y: 2, width: 8, height: 4, value: 0.9 };
    recordResults(catalog, run, [
      {
        image: plain,
        scores: [{ score: textScores.lines, value: 1 }],
        boxes: [{ score: textScores.lines, boxes: [box] }],
      },
    ]);
    catalog.close();
    const before = await bench.call('reports.images', { images: [plain] });
    expect(before.html).toContain('nobody has judged the text');
    expect(pictures(before.html)).toBe(0);
    expect((await bench.call('images.detail', { id: plain })).unjudgedText).toBe(1);
    const others = { label: 'text', reviewer: 'Ada', images: Uint32Array.of(burned) } as const;
    expect(await bench.call('annotations.text', others)).toEqual({ added: 0 });
    const own = { ...others, images: Uint32Array.of(plain) };
    expect(await bench.call('annotations.text', own)).toEqual({ added: 1 });
    expect((await bench.call('images.detail', { id: plain })).unjudgedText).toBe(0);
    const after = await bench.call('reports.images', { images: [plain] });
    expect(pictures(after.html)).toBe(1);
    await expect(bench.call('reports.images', { images: [999] })).rejects.toMatchObject({ kind: 'missing' });
  });
});
