// residua simulate, and the annotations that come from its masks, as a person uses them.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { phantom, phantomGrey } from '../../src-main/phantom/phantom.ts';
import { residua, temporaryFolder, writeGrey } from './residua.ts';

it('puts anomalies into slices, and their places into a catalog', { timeout: 120_000 }, async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  const size = 48;
  for (let index = 0; index < 2; index++) {
    const slice = phantom({ protocol: 'liver', seed: 9, index, size });
    const grey = phantomGrey(slice).data;
    await writeGrey(at(`in/images/${index}.png`), size, size, (x, y) => grey[y * size + x]!);
    await writeGrey(at(`in/masks/${index}.png`), size, size, (x, y) => 255 * slice.liver[y * size + x]!);
  }
  await writeGrey(at('in/images/without-mask.png'), size, size, () => 9);

  const words = ['simulate', '--images', at('in/images'), '--masks', at('in/masks'), '--outdir', at('out')];
  const unknown = await residua([...words, '--kinds', 'needle,tumour']);
  expect(unknown).toMatchObject({ code: 2 });
  expect(unknown.stderr).toContain('tumour');
  const outcome = await residua([...words, '--kinds', 'needle,ascites']);
  expect(outcome).toMatchObject({ code: 0, stdout: '2 slices, 10 files written, 1 slices left out\n' });
  expect(outcome.stderr).toContain('without-mask');
  expect(outcome.stderr).not.toContain('HU');
  const wrong = await residua([...words.slice(0, -1), at('wrong'), '--window-level', '-100']);
  expect(wrong.stderr).toMatch(
    /the liver is at -\d+ HU, which no liver is: are --window-level -100 and --window-width 350/,
  );
  expect((await readdir(at('out/images'))).sort()).toEqual(['ascites', 'needle', 'normal']);
  expect(await readFile(at('out/images/normal/0.png'))).not.toEqual(await readFile(at('out/images/needle/0.png')));

  const catalog = ['--catalog', at('catalog')];
  expect((await residua(['import', at('out/images'), ...catalog])).code).toBe(0);
  const masks = ['annotations', 'masks', at('out/truth'), ...catalog];
  expect((await residua(masks)).stdout).toBe('4 annotations added, 0 were there already, 0 masks left out\n');
  expect((await residua(masks)).stdout).toBe('0 annotations added, 4 were there already, 0 masks left out\n');
  expect((await residua(['annotations', 'export', at('boxes.csv'), ...catalog])).code).toBe(0);
  const rows = (await readFile(at('boxes.csv'), 'utf8')).trim().split(/\r?\n/);
  expect(rows.length).toBe(5);
  expect(rows.filter((row) => row.includes(',needle,')).length).toBe(2);
});
