// Kinds R and S: what made other programs fail, from their public bug reports, and ways of writing that must all be read.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import { addNoise } from '../../src-main/archive/preparation/add-noise.ts';
import { rescaleImages } from '../../src-main/archive/preparation/rescale-images.ts';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { readDicom } from '../../src-main/curation/deidentification/dicom-elements.ts';
import { withDecoder } from '../../src-main/decoder/folder-images.ts';
import { scoreFolder } from '../../src-main/folder-tools/folder-scoring.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { residua } from '../cli/residua.ts';
import { caseFolder, emptyFolder, imagesIn, imagesOf, shown, valuesOf } from './cases.ts';

describe('reports', () => {
  it('pictures one pixel high or wide are read and rescaled (62)', async () => {
    const { images } = await imagesOf('62');
    expect(images.map(({ path, width, height }) => [path, width, height])).toEqual([
      ['dot.png', 1, 1],
      ['high.png', 1, 64],
      ['wide.png', 64, 1],
    ]);
    const [inDir, outDir] = [await caseFolder('62'), emptyFolder()];
    const options = { inDir, outDir, resolution: 16, filter: 'bicubic' } as const;
    const { written } = await withDecoder((decoder) => rescaleImages(options, decoder, quiet));
    expect(written).toEqual(['dot.png', 'high.png', 'wide.png']);
    for (const name of written) {
      const image = await (await openImageFile({ name, bytes: await readFile(join(outDir, name)) })).frame(0);
      expect([image.width, image.height]).toEqual([16, 16]);
    }
  });

  it('two inputs never have one output (61)', async () => {
    const inDir = await caseFolder('61');
    const [rescaled, noisy] = [emptyFolder(), emptyFolder()];
    const names = ['other.png', 'scan.png', 'scan.tif.png'];
    await withDecoder(async (decoder) => {
      const options = { inDir, outDir: rescaled, resolution: 32, filter: 'bicubic' } as const;
      expect((await rescaleImages(options, decoder, quiet)).written).toEqual(names);
      const disturbance = { type: 'blur', kernel: [1, 1], sigma: 0 } as const;
      const report = await addNoise({ inDir, outDir: noisy, disturbance }, decoder, randomFrom(0), quiet);
      expect(report.written).toEqual(names);
    });
    for (const folder of [rescaled, noisy]) expect((await readdir(folder)).sort()).toEqual(names);
  });

  it('a gzipped tar is an archive as a zip is (48)', async () => {
    const { images, refused } = await imagesOf('48');
    expect(images.map(({ path }) => path)).toEqual(['set.tar.gz/set/n0.png', 'set.tar.gz/set/n1.png']);
    expect(refused).toEqual([]);
  });

  it('names that a spreadsheet would compute are neutralised in scores and in the manifest of an export (60)', async () => {
    const folder = await caseFolder('60');
    const csv = join(emptyFolder(), 'scores.csv');
    const options = { originals: join(folder, 'orig'), reconstructions: join(folder, 'recon'), masks: undefined, csv };
    const scoring = { distance: 'MSE', region: 'full', patchSize: 32, patchCount: 1, published: false } as const;
    await scoreFolder({ ...options, ...scoring, patchFolder: undefined, mapFolder: undefined }, quiet, () => {});
    const cells = Papa.parse<string[]>(await readFile(csv, 'utf8'), { skipEmptyLines: true }).data.flat();
    expect(cells).toContain("'=1+1.png");
    const [out, dangerous] = [emptyFolder(), /^[=+\-@]/];
    expect(cells.filter((cell) => dangerous.test(cell))).toEqual([]);
    const catalog = ['--catalog', join(out, 'catalog')];
    expect((await residua(['import', join(folder, 'orig'), '--kind', 'normal', ...catalog])).code).toBe(0);
    const rowsOf = async (name: string, ...more: string[]) => {
      const words = ['export', '--kind', 'normal', '--out', join(out, name), ...more, ...catalog];
      expect((await residua(words)).stdout).toMatch(/^4 images exported/);
      const manifest = await readFile(join(out, name, 'manifest.csv'), 'utf8');
      return Papa.parse<string[]>(manifest, { skipEmptyLines: true }).data;
    };
    // Names of the source are in the manifest only where identities are retained.
    const [plain, exported] = [await rowsOf('plain', '--format', 'png'), await rowsOf('named', '--retain-identities')];
    expect([plain.length, exported.length]).toEqual([1 + 4, 1 + 4]);
    expect([...plain, ...exported].flat().filter((cell) => dangerous.test(cell))).toEqual([]);
    for (const name of ['=1+1.png', '-2+3.png', '+cmd.png', '@SUM(A1).png'])
      expect(exported.flat()).toContain(`'${name}`);
  });

  it('eval-ad: semicolons and decimal commas are read, rows without a score are left out and counted (79)', async () => {
    const folder = await caseFolder('79');
    const at = (name: string) => join(folder, name);
    const read = await residua(['eval-ad', '-a', at('a.csv'), '-b', at('b.csv'), '-o', at('c.csv')]);
    expect(read).toMatchObject({ code: 0 });
    expect(read.stdout).toContain('Mean AUROC: 1');
    const scored = await residua(['eval-ad', '-a', at('nan-a.csv'), '-b', at('nan-b.csv'), '-o', at('d.csv')]);
    expect(scored.code).toBe(0);
    expect(scored.stdout).toContain('Mean AUROC: 1');
    expect(scored.stderr).toContain('nan-a.csv: left out 1 of 3 rows, which hold no score');
  });

  it('verdicts as a spreadsheet saves them, with a byte order mark or semicolons, are taken over (70)', async () => {
    const [folder, out] = [await caseFolder('70'), emptyFolder()];
    const catalog = ['--catalog', join(out, 'catalog')];
    expect((await residua(['import', join(folder, 'img'), ...catalog])).code).toBe(0);
    for (const file of ['bom.csv', 'semicolon.csv']) {
      expect(await residua(['decisions', 'import', join(folder, file), ...catalog])).toMatchObject({ code: 0 });
    }
    await residua(['decisions', 'export', join(out, 'verdicts.csv'), ...catalog]);
    const rows = (await readFile(join(out, 'verdicts.csv'), 'utf8')).trim().split('\n').slice(1);
    expect(rows.map((row) => [row.split(',')[0], row.split(',')[2]])).toEqual([
      ['1', 'keep'],
      ['2', 'reject'],
    ]);
  });

  it.each([
    ['49', ['Test^One', 'seen by']],
    ['66', ['Test^Nested', 'Nested-ID-77', 'Test^Deep', 'Test^Private', 'Test^InUN', 'Test^UN', 'Test^Req']],
  ])('a de-identified copy holds no identity, however deep it lies (%s)', async (slug, identities) => {
    const [folder, out] = [await caseFolder(slug), emptyFolder()];
    const catalog = ['--catalog', join(out, 'catalog')];
    expect((await residua(['import', folder, '--kind', 'normal', ...catalog])).code).toBe(0);
    const exported = await residua(['export', '--kind', 'normal', '--out', join(out, 'x'), ...catalog]);
    expect(exported.stdout).toMatch(/^1 images? exported/);
    const copy = await readFile(join(out, 'x/images/00000001.dcm'), 'latin1');
    for (const identity of identities) expect(copy).not.toContain(identity);
  });

  it('a picture in unused bits leaves in no copy (85)', async () => {
    const [folder, out] = [await caseFolder('85'), emptyFolder()];
    const catalog = ['--catalog', join(out, 'catalog')];
    expect((await residua(['import', folder, '--kind', 'normal', ...catalog])).code).toBe(0);
    const exported = await residua(['export', '--kind', 'normal', '--out', join(out, 'x'), ...catalog]);
    const copies = await readdir(join(out, 'x/images')).catch(() => []);
    // Those that are not copied are held back for a person to look at.
    expect(exported.stderr.split('held back for review').length - 1).toBe(2 - copies.length);
    for (const name of copies) {
      const { dataSet } = readDicom(await readFile(join(out, 'x/images', name)), name);
      const cells = dataSet.find(({ tag }) => tag === 0x7fe0_0010)!.bytes!;
      let bits = 0;
      for (let at = 1; at < cells.length; at += 2) bits |= cells[at]!;
      expect(bits & 0xf0, name).toBe(0);
    }
    expect(copies.length).toBeGreaterThan(0);
  });

  it('names of every script are images of their own (74)', async () => {
    const { images, refused } = await imagesOf('74');
    expect(refused).toEqual([]);
    expect(new Set(images.map(({ path }) => path)).size).toBe(8);
  });

  it('links to folders and to nothing and pipes are named, the import ends (75)', async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, 'a'));
    await writeFile(join(folder, 'a/x.png'), await encodePng(4, 4, 1, new Uint8Array(16)));
    symlinkSync('../a', join(folder, 'a/loop'));
    symlinkSync('nowhere.png', join(folder, 'a/dangling.png'));
    symlinkSync('x.png', join(folder, 'a/link.png'));
    execFileSync('mkfifo', [join(folder, 'a/pipe.png')]);
    const { images, refused } = await imagesIn(folder);
    expect(images.map(({ path }) => path)).toEqual(['a/link.png', 'a/x.png']);
    expect(refused).toEqual([
      expect.stringMatching(/dangling\.png: no such file or folder$/),
      'a/loop: is a link to a folder, not followed',
      'a/pipe.png: is neither a file nor a folder',
    ]);
    const imported = await residua(['import', folder, '--catalog', join(emptyFolder(), 'catalog')]);
    expect(imported).toMatchObject({ code: 0, stdout: '2 images imported, 3 skipped\n' });
    for (const reason of refused) expect(imported.stderr).toContain(reason.slice(reason.indexOf('a/')));
  });

  it('PNG with a palette, with one bit, with transparency (78)', async () => {
    const { images, notes } = await imagesOf('78');
    expect(images.map(({ path, channels }) => [path, channels])).toEqual([
      ['alpha.png', 3],
      ['bit1.png', 1],
      ['palette.png', 3],
    ]);
    for (const image of images) {
      const levels = shown(image);
      expect([levels.at(0), levels.at(-1)]).toEqual([0, 255]);
    }
    expect(notes).toEqual(['transparency was dropped']);
  });

  it('a grey radiograph saved as colour JPEG (90)', async () => {
    const { images } = await imagesOf('90');
    expect(images).toHaveLength(1);
    for (const [index, level] of shown(images[0]!).entries()) {
      expect(Math.abs(level - (Math.floor(index / 3) * 255) / 1023)).toBeLessThan(4);
    }
  });
});

describe('ways of writing', () => {
  it('NIfTI: every type, byte order, version, pair, missing affine, gzip in parts, and bytes behind (95)', async () => {
    const { images, refused, notes } = await imagesOf('95');
    expect(refused).toEqual([]);
    expect(images).toHaveLength(52);
    const stored = (path: string) => images.filter((image) => image.path === path).flatMap(valuesOf);
    const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);
    for (const path of new Set(images.map((image) => image.path)))
      if (!/^d[24]/.test(path)) expect(sorted(stored(path)), path).toEqual(sorted(stored('i16.nii')));
    expect(notes).toEqual(
      expect.arrayContaining([
        '10 bytes behind the voxels were ignored',
        'the file does not say how it lies in the patient; shown as stored',
      ]),
    );
  });

  it('PNG and JPEG: progressive, two in one file, text, broken side data, wrong ending (96)', async () => {
    const { images, refused } = await imagesOf('96');
    expect(refused).toEqual([]);
    expect(images).toHaveLength(8);
    for (const image of images) expect([image.width, image.height]).toEqual([32, 32]);
  });
});
