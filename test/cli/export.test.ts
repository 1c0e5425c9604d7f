// residua export and export verify as a person uses them: chosen by score, checked, complete or absent.
import { createHash } from 'node:crypto';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { imageIds } from '../../src-main/catalog/tables/pages.ts';
import { createRun, recordResults } from '../../src-main/catalog/tables/runs.ts';
import { residua, temporaryFolder, writeGrey } from './residua.ts';

describe('residua export', { timeout: 120_000 }, () => {
  it('copies the images beyond a threshold with their hashes, and finds what was changed later', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    for (let i = 0; i < 4; i++) await writeGrey(at(`in/${i}.png`), 8, 8, (x) => x * (i + 1));
    const catalog = ['--catalog', at('catalog')];
    expect((await residua(['import', at('in'), ...catalog])).code).toBe(0);
    scoreAll(at('catalog'));

    const words = ['export', '--out', at('low'), '--score', 'wd full', '--below', '2', ...catalog];
    const made = await residua(words);
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^2 images exported: .*low\naudit log: entry 1, [0-9a-f]{64}\n$/),
    });
    expect(await readdir(at('low/images'))).toEqual(['00000001.png', '00000002.png']);
    expect((await residua(['export', 'verify', at('low')])).stdout).toMatch(/files, 2 images checked\n$/);
    const again = await residua(words);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(at('low'));

    await appendFile(at('low/images/00000001.png'), 'x');
    const broken = await residua(['export', 'verify', at('low')]);
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain('images/00000001.png was changed');

    // A change with checksums computed anew: only the audit log tells.
    const sums = createHash('sha256')
      .update(await readFile(at('low/images/00000001.png')))
      .digest('hex');
    const list = await readFile(at('low/SHA256SUMS'), 'utf8');
    await writeFile(at('low/SHA256SUMS'), list.replace(/^\w+(?= {2}images\/00000001)/m, sums));
    const elsewhere = await residua(['export', 'verify', at('low')], { RESIDUA_CATALOG: at('none') });
    expect(elsewhere).toMatchObject({ code: 0, stdout: expect.stringContaining('not compared with an audit log') });
    const altered = await residua(['export', 'verify', at('low'), ...catalog]);
    expect(altered.code).toBe(1);
    expect(altered.stdout).toContain('SHA256SUMS is not what entry 1 of the audit log recorded');

    const head = /[0-9a-f]{64}/.exec(made.stdout)![0];
    expect((await residua(['audit', 'verify', '--head', head, ...catalog])).code).toBe(0);
    expect((await residua(['audit', 'verify', '--head', 'ab'.repeat(32), ...catalog])).code).toBe(1);
    expect((await residua(['audit', 'verify', '--head', 'abc', ...catalog])).code).toBe(2);

    const both = await residua(['export', '--out', at('x'), '--below', '2', '--top', '1', ...catalog]);
    expect(both).toMatchObject({ code: 2 });
    expect(await readdir(folder.path)).toEqual(['catalog', 'in', 'low']);
  });
});

/** Image n scores n - 1. */
function scoreAll(folder: string): void {
  const catalog = openCatalog(folder);
  const images = imageIds(catalog, {}, { by: 'imported', descending: false });
  const at = '2026-01-01T00:00:00.000Z';
  const run = createRun(catalog, { kind: 'score', title: 'x', parameters: {}, provenance: {}, images, at });
  recordResults(
    catalog,
    run,
    Array.from(images, (image, value) => ({ image, scores: [{ score: 'WD full', value }] })),
  );
  catalog.close();
}
