// residua qualify: what each check finds wrong with a damaged installation or machine, and the page that is signed.
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { importFiles } from '../../src-main/catalog/tables/files.ts';
import { crashChecks, writeCheck } from '../../src-main/cli/qualify/crash-recovery.ts';
import {
  findInstallation,
  installedFiles,
  manifestCheck,
  readManifest,
} from '../../src-main/cli/qualify/installation.ts';
import { detectionChecks, expectation, goldenChecks } from '../../src-main/cli/qualify/phantom-test.ts';
import { type Qualification, qualificationReport, qualified } from '../../src-main/cli/qualify/report.ts';
import { filesBelow } from '../../src-main/curation/export/checksums.ts';
import { isProblem } from '../../src-main/platform/errors.ts';
import type { ImageDetail } from '../../src-preload/schemas/image.ts';
import { noon, sampleFile } from '../catalog/sample-catalog.ts';
import { residua, temporaryFolder, writeGrey } from './residua.ts';

const control = { signal: new AbortController().signal, report: () => {} };
const verdicts = (checks: readonly { readonly passed: boolean }[]) => checks.map(({ passed }) => passed);

describe('the files', () => {
  const hash = (digit: string) => digit.repeat(64);
  const file = (path: string, digit: string) => ({ path, sha256: hash(digit), size: 1 });
  const files = [file('a.ts', '1'), file('b.ts', '2'), file('d.ts', '4')];

  it('are compared with a manifest: changed, missing and added ones are named', async () => {
    await using folder = await temporaryFolder();
    const manifest = join(folder.path, 'SHA256SUMS');
    await writeFile(manifest, `${hash('1')}  a.ts\n${hash('2')}  b.ts\n${hash('4')}  d.ts\n`);
    expect(manifestCheck(files, await readManifest(manifest))).toMatchObject({
      passed: true,
      found: '3 files, all as listed',
    });
    await writeFile(manifest, `${hash('1')}  a.ts\n${hash('3')}  b.ts\n${hash('3')}  c.ts\n`);
    expect(manifestCheck(files, await readManifest(manifest))).toMatchObject({
      passed: false,
      found: 'b.ts was changed (and 2 more)',
    });
  });

  it('of a package are all below its root but its own list, which the package names', async () => {
    await using folder = await temporaryFolder();
    const program = join(folder.path, 'resources/app.asar.unpacked');
    await mkdir(join(program, 'out'), { recursive: true });
    await mkdir(join(folder.path, 'locales'));
    const bundle = JSON.stringify({ electron: '45.4.1', root: '..' });
    for (const [path, text] of [
      ['residua-desktop', 'window'],
      ['locales/en.pak', 'words'],
      ['resources/bundle.json', bundle],
      ['resources/SHA256SUMS', 'list'],
      ['resources/app.asar.unpacked/package.json', '{}'],
    ] as const) {
      await writeFile(join(folder.path, path), text);
    }
    // macOS has links to folders in a package.
    await symlink(join(folder.path, 'locales'), join(folder.path, 'current'));
    const installation = await findInstallation(program);
    expect(installation).toEqual({
      root: folder.path,
      manifest: join(folder.path, 'resources/SHA256SUMS'),
      electron: '45.4.1',
    });
    const found = await installedFiles(installation, control);
    expect(found.map(({ path }) => path)).toEqual([
      'locales/en.pak',
      'residua-desktop',
      'resources/app.asar.unpacked/package.json',
      'resources/bundle.json',
    ]);
  });

  it('of the project are its sources and the packages that it runs with', async () => {
    await using folder = await temporaryFolder();
    const packages = {
      '': {},
      'node_modules/zod': {},
      'node_modules/vitest': { dev: true },
      'node_modules/absent': {},
    };
    const present = ['package.json', 'src-main/cli/main.ts', 'test/a.test.ts', 'docs/a.md'];
    for (const path of [...present, 'node_modules/zod/index.js', 'node_modules/vitest/index.js']) {
      await mkdir(join(folder.path, path, '..'), { recursive: true });
      await writeFile(join(folder.path, path), '');
    }
    await writeFile(join(folder.path, 'package-lock.json'), JSON.stringify({ packages }));
    const installation = await findInstallation(folder.path);
    const manifest = join(folder.path, 'SHA256SUMS');
    expect(installation).toEqual({ root: folder.path, manifest, electron: null });
    const paths = (await installedFiles(installation, control)).map(({ path }) => path);
    expect(paths).toEqual(['node_modules/zod/index.js', 'package-lock.json', 'package.json', 'src-main/cli/main.ts']);
  });

  it('that installers put beside a package are no fault, others are', () => {
    const listed = new Map(files.map(({ path, sha256 }) => [path, sha256]));
    const added = (path: string) => manifestCheck([...files, file(path, '5')], listed).passed;
    expect(
      ['resources/apparmor-profile', 'Uninstall Residua.exe', 'AppRun', 'usr/lib/libnotify.so.4'].map(added),
    ).toEqual([true, true, true, true]);
    expect(['version.dll', 'resources/app/package.json', 'usr/bin/x'].map(added)).toEqual([false, false, false]);
    // Once they are in a list, such as that of an earlier qualification, they are compared.
    expect(manifestCheck([...files, file('AppRun', '5')], listed.set('AppRun', hash('6'))).passed).toBe(false);
  });

  it('are written and read, and nothing stays of that', async () => {
    await using folder = await temporaryFolder();
    expect(await writeCheck(folder.path)).toMatchObject({ passed: true });
    expect(await filesBelow(folder.path)).toEqual([]);
  });

  it('--manifest that is no list of checksums ends the command', async () => {
    await using folder = await temporaryFolder();
    const manifest = join(folder.path, 'SHA256SUMS');
    await writeFile(manifest, 'nonsense\n');
    const { code, stderr } = await residua(['qualify', '--out', join(folder.path, 'out'), '--manifest', manifest]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('is not a list of checksums')]);
  }, 120_000);
});

describe('golden phantoms', async () => {
  const resource = new URL('../../resources/qualification/expected.json', import.meta.url);
  const expected = expectation.parse(JSON.parse(await readFile(resource, 'utf8')));

  it('pass as they are', async () => {
    expect(expected.length).toBeGreaterThanOrEqual(5);
    expect(verdicts(await goldenChecks(expected))).toEqual([true, true, true]);
  });

  it('fail when one is drawn, reconstructed or scored otherwise, or not there', async () => {
    const [first, ...others] = expected;
    const darker = Buffer.from(first!.reconstruction, 'base64').map((level) => Math.max(0, level - 40));
    const reconstruction = Buffer.from(darker).toString('base64');
    const scores = Object.fromEntries(Object.entries(first!.scores).map(([name, value]) => [name, value * 1.1]));
    expect(verdicts(await goldenChecks([{ ...first!, sha256: '0' }, ...others]))).toEqual([false, true, true]);
    expect(verdicts(await goldenChecks([{ ...first!, reconstruction }, ...others]))).toEqual([true, false, true]);
    expect(verdicts(await goldenChecks([{ ...first!, scores }, ...others]))).toEqual([true, true, false]);
    expect(verdicts(await goldenChecks([{ ...first!, scores: {} }, ...others]))).toEqual([true, true, false]);
    expect(verdicts(await goldenChecks(others))[0]).toBe(false);
  });
});

describe('detection', () => {
  const score = { run: 1, score: 'feature residual' };
  /** An image whose highest patch of 4 x 4 pixels lies at (x, 0). */
  const detail = (name: string, kind: string, value: number, x: number): ImageDetail => {
    const rectangle = { x, y: 0, width: 4, height: 4 };
    return {
      row: {
        ...{
          id: 1,
          name,
          kind,
          modality: null,
          bodyPart: null,
          view: null,
          width: 16,
          height: 16,
          frame: 0,
          frames: 1,
        },
        ...{ state: 'present', verdict: null, tags: [], score: null, why: null, columns: [] },
      },
      ...{
        reason: null,
        unjudgedText: 0,
        warnings: [],
        sha256: null,
        importedAt: '2026-01-01T00:00:00.000Z',
        patient: null,
        series: null,
      },
      scores: [{ name: score, value, reason: null }],
      patches: [{ name: score, rank: 1, value, rectangle }],
      ...{ boxes: [], verdicts: [], annotations: [], cohorts: [] },
    };
  };

  it('must find the anomalies, and their places', async () => {
    await using folder = await temporaryFolder();
    for (const name of ['n1.png', 'n2.png']) await writeGrey(join(folder.path, 'truth', name), 16, 16, (x) => +(x < 4));
    const normals = [1, 2, 3, 4].map((value) => detail(`${value}.png`, 'normal', value, 0));
    const found = [detail('n1.png', 'needle', 9, 0), detail('n2.png', 'needle', 8, 0)];
    expect(await detectionChecks([...normals, ...found], folder.path)).toMatchObject([
      { found: '1.00 (needle 1.00)', passed: true },
      { found: '1.00', passed: true },
    ]);
    const missed = [detail('n1.png', 'needle', 0, 8), detail('n2.png', 'needle', 8, 8)];
    expect(await detectionChecks([...normals, ...missed], folder.path)).toMatchObject([
      { found: '0.50 (needle 0.50)', passed: false },
      { found: '0.00', passed: false },
    ]);
  });
});

describe('crash recovery', () => {
  it('kills a workbench that decides, and counts what it had answered', { timeout: 120_000 }, async () => {
    await using folder = await temporaryFolder();
    const catalog = openCatalog(folder.path, { create: true });
    importFiles(
      catalog,
      [1, 2, 3, 4, 5, 6].map((number) => sampleFile(number)),
      noon,
    );
    catalog.close();
    const checks = await crashChecks(folder.path);
    expect(verdicts(checks)).toEqual([true, true, true]);
    expect(checks[0]!.found).toMatch(/^[3-6] answered, none lost$/);
  });

  it('has nothing to say of a catalog without images', { timeout: 120_000 }, async () => {
    await using folder = await temporaryFolder();
    openCatalog(folder.path, { create: true }).close();
    expect(isProblem(await crashChecks(folder.path).catch((error: unknown) => error), 'missing')).toBe(true);
  });
});

describe('the report', () => {
  const check = { name: 'one <check>', found: 'fine', limit: 'no fault', passed: true };
  const whole: Qualification = {
    ...{
      at: '2026-01-01T12:00:00.000Z',
      seconds: 61.4,
      root: '/opt/residua',
      electron: '45.4.1',
      files: 3,
      manifestSha256: 'abc',
    },
    ...{ comparedWith: null, devices: [['cpu', '12 ms', 'processor']], checks: [check] },
  };

  it('says who is qualified, that it is for research, and is one page that loads nothing', () => {
    const html = qualificationReport(whole);
    expect(html).toContain('Qualified: every check is within its limits.');
    expect(html).toContain('Research use only.');
    expect(html).toContain('one &lt;check&gt;');
    expect(html).toContain('2026-01-01 12:00:00 UTC, in 61 s');
    expect(html).toContain('nothing: this list is the first');
    expect(html).not.toMatch(/<script|<link|src=|https?:/);
    expect(qualified(whole)).toBe(true);
  });

  it('says when it is not', () => {
    const failed: Qualification = { ...whole, checks: [check, { ...check, passed: false }], comparedWith: '/media/cd' };
    expect(qualificationReport(failed)).toContain('Not qualified: 1 of 2 checks failed.');
    expect(qualificationReport(failed)).toContain('the list in /media/cd');
    expect(qualified(failed)).toBe(false);
  });
});
