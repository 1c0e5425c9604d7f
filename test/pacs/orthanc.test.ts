// A real Orthanc on this machine: queries, all three ways of fetching, passwords that are seen nowhere, resumed runs, through the whole program.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import type { Request } from '../../src-preload/contract.ts';
import { dicomStyles } from '../archive/write-dicom.ts';
import { main, residua, temporaryFolder } from '../cli/residua.ts';
import { Bench, closeBenches } from '../workbench/bench.ts';
import { lacksOrthanc, login, type Orthanc, startOrthanc } from './orthanc.ts';
import { type SampleFile, sampleFile, sampleStudies } from './sample-studies.ts';
import { contentOf, filesIn } from './transfer.ts';

/** The usual studies, and one with encodings that few have. */
async function edgeFiles(): Promise<readonly SampleFile[]> {
  const levels = Uint8Array.from({ length: 16 * 16 }, (_, at) => at);
  const jpeg = await sharp(levels, { raw: { width: 16, height: 16, channels: 1 } })
    .toColourspace('b-w')
    .jpeg()
    .toBuffer();
  const odd = {
    ...{ patient: 'P4', name: 'Édge^Case', study: '2.25.40', date: '20250101', description: 'Odd', utf8: true },
    ...{ series: '2.25.40.1', modality: 'CT', bodyPart: 'HEAD', seriesDescription: 'odd' },
  };
  return [
    ...sampleStudies(),
    sampleFile({ ...odd, instance: '2.25.40.1.1', jpeg }),
    sampleFile({ ...odd, instance: '2.25.40.1.2', style: dicomStyles.find(({ deflated }) => deflated)! }),
    sampleFile({ ...odd, instance: '2.25.40.1.3', side: 1024 }),
  ];
}
const pathOf = ({ study, series, instance }: SampleFile) => join(study, series, `${instance}.dcm`);

describe.skipIf(lacksOrthanc !== undefined)(
  `a real Orthanc ${lacksOrthanc === undefined ? '' : `(skipped: ${lacksOrthanc})`}`,
  { timeout: 60_000 },
  () => {
    let home: Awaited<ReturnType<typeof temporaryFolder>>;
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;
    let orthanc: Orthanc;
    let files: readonly SampleFile[];
    beforeAll(async () => {
      home = await temporaryFolder();
      orthanc = await startOrthanc(join(home.path, 'orthanc'));
      files = await edgeFiles();
      for (const { bytes } of files) await orthanc.add(bytes);
      writeFileSync(join(home.path, 'password'), `${login.password}\n`, { mode: 0o600 });
    }, 60_000);
    afterAll(async () => {
      await orthanc?.[Symbol.asyncDispose]();
      await home?.[Symbol.asyncDispose]();
    });
    beforeEach(async () => {
      folder = await temporaryFolder();
    });
    afterEach(async () => {
      await closeBenches();
      await folder[Symbol.asyncDispose]();
    });

    const ways: Readonly<Record<'dicomweb' | 'get' | 'move', () => readonly string[]>> = {
      dicomweb: () => [
        '--dicomweb',
        orthanc.dicomweb,
        '--user',
        login.user,
        '--password-file',
        join(home.path, 'password'),
      ],
      get: () => ['--dimse', `ORTHANC@127.0.0.1:${orthanc.dicom}`],
      move: () => [
        '--dimse',
        `ORTHANC@127.0.0.1:${orthanc.dicom}`,
        '--retrieve',
        'move',
        '--listen',
        `127.0.0.1:${orthanc.receiver}`,
      ],
    };
    const names = ['dicomweb', 'get', 'move'] as const;
    const catalog = () => join(folder.path, 'catalog');
    const run = (way: keyof typeof ways, ...words: string[]) =>
      residua(['import', ...ways[way](), ...words, '--catalog', catalog()]);
    const listens = (port: number) =>
      new Promise<boolean>((resolve) => {
        const socket = connect({ host: '127.0.0.1', port });
        socket.once('connect', () => {
          socket.destroy();
          resolve(true);
        });
        socket.once('error', () => resolve(false));
      });

    it.each(names)('gives every instance by %s, as it is stored, and once', async (way) => {
      const into = join(folder.path, 'fetched');
      const first = await run(way, '--into', into, '--cohort', 'from the PACS');
      expect(first, first.stderr).toMatchObject({ code: 0 });
      expect(first.stdout).toMatch(/^31 instances fetched \(\d+\.\d MB\); 31 images imported/);
      expect(filesIn(into)).toEqual(files.map(pathOf).toSorted());
      for (const file of files) {
        const content = contentOf(into, pathOf(file));
        if (way === 'dicomweb') expect(content.equals(file.bytes), pathOf(file)).toBe(true);
        // DIMSE gives the data set; the header is ours.
        else expect(dataSetOf(content).equals(dataSetOf(file.bytes)), pathOf(file)).toBe(true);
      }
      const opened = openCatalog(catalog());
      try {
        expect(opened.column("SELECT count(*) FROM files WHERE state = 'present'")).toEqual([31]);
        expect(opened.column('SELECT count(DISTINCT instance) FROM images')).toEqual([31]);
        expect(opened.column('SELECT count(*) FROM cohort_members')).toEqual([31]);
        expect(opened.column('SELECT count(*) FROM images WHERE kind IS NOT NULL')).toEqual([0]);
      } finally {
        opened.close();
      }
      expect(await listens(orthanc.receiver)).toBe(false);
      const again = await run(way, '--into', into);
      expect(again.stdout).toMatch(
        /^0 instances fetched \(0\.0 MB\), 31 there already; 0 images imported, 31 files unchanged/,
      );
    });

    it.each(['dicomweb', 'get'] as const)('says by %s what a query finds, and fetches nothing', async (way) => {
      const found = async (...words: string[]) => (await run(way, ...words, '--dry-run')).stdout.trim().split('\n');
      expect(await found()).toEqual([
        expect.stringMatching(/^patient +date +modality +body part +description +series +instances$/),
        expect.stringMatching(/^P4 +20250101 +CT +HEAD +Odd +1 +3$/),
        expect.stringMatching(/^P2 +20240620 +CR +HAND +Hand links +1 +3$/),
        expect.stringMatching(/^P1 +20240115 +CT +CHEST +Chest routine +2 +24$/),
        expect.stringMatching(/^P3 +20231231 +CT +ABDOMEN +1 +1$/),
        '4 studies, 5 series, 31 instances',
      ]);
      // One after the other would be a second each.
      const bench = new Bench(catalog());
      if (way === 'dicomweb') {
        await bench.call('pacs.authorise', { url: orthanc.dicomweb, credentials: { kind: 'basic', ...login } });
      }
      const peer =
        way === 'dicomweb'
          ? { protocol: 'dicomweb' as const, url: orthanc.dicomweb }
          : { protocol: 'dimse' as const, aet: 'ORTHANC', host: '127.0.0.1', port: orthanc.dicom };
      const last = async (query: Request<'pacs.find'>['query']) => {
        const { studies, series, instances } = await bench.call('pacs.find', { peer, query });
        return [studies.length, series, instances];
      };
      expect(await last({ patientId: 'P1' })).toEqual([1, 2, 24]);
      expect(await last({ patientName: 'Doe*' })).toEqual([1, 2, 24]);
      expect(await last({ from: '20240101', to: '20240331' })).toEqual([1, 2, 24]);
      expect(await last({ from: '20231231', to: '20231231' })).toEqual([1, 1, 1]);
      expect(await last({ modalities: ['CR', 'MR'] })).toEqual([1, 1, 3]);
      expect(await last({ description: 'soft' })).toEqual([1, 1, 12]);
      expect(await last({ bodyPart: 'abd*' })).toEqual([1, 1, 1]);
      expect(await last({ studies: ['2.25.20'] })).toEqual([1, 1, 3]);
      expect(await last({ patientId: 'nobody' })).toEqual([0, 0, 0]);
      const some = await found('--study-date', '2024-01-01-2024-03-31', '--modality', 'CT', '--description', 'soft');
      expect(some.at(-1)).toBe('1 study, 1 series, 12 instances');
      expect(readdirSync(folder.path)).toEqual([]);
    });

    it('refuses a wrong password, a wrong AE title and a wrong destination in one line each', async () => {
      const wrong = join(folder.path, 'wrong');
      writeFileSync(wrong, 'falsch\n', { mode: 0o600 });
      const web = ['import', '--dicomweb', orthanc.dicomweb, '--catalog', catalog(), '--dry-run'];
      const lines = async (words: readonly string[]) => {
        const { code, stderr } = await residua(words);
        expect(code).toBe(1);
        return stderr.trim().split('\n').at(-1);
      };
      expect(await lines([...web, '--user', login.user, '--password-file', wrong])).toBe(
        `residua: ${orthanc.dicomweb}: refuses the user name and password, or the token (HTTP 401)`,
      );
      expect(await lines(web)).toBe(
        `residua: ${orthanc.dicomweb}: asks for a user name and password, or a token (HTTP 401)`,
      );
      writeFileSync(join(folder.path, 'open'), 'x\n', { mode: 0o644 });
      expect(await lines([...web, '--user', 'x', '--password-file', join(folder.path, 'open')])).toMatch(
        /open: others can read it: chmod 600$/,
      );
      const other = `WRONG@127.0.0.1:${orthanc.dicom}`;
      expect(await lines(['import', '--dimse', other, '--test'])).toBe(
        `residua: ${other}: it has another AE title than the one that was given`,
      );
      const moved = ['import', ...ways.move(), '--aet', 'UNKNOWN', '--catalog', catalog(), '--timeout', '5'];
      expect(await lines(moved)).toMatch(/ORTHANC@127\.0\.0\.1:\d+: /);
      expect(await listens(orthanc.receiver)).toBe(false);
    });

    it('is told a password that nothing shows: no argument, no variable, no file of the catalog', async () => {
      const child = spawn(
        process.execPath,
        [main, 'import', ...ways.dicomweb(), '--rate', '15', '--catalog', catalog()],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      );
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      const seen = new Set<string>();
      let shown = 0;
      while (child.exitCode === null) {
        for (const id of below(child.pid!)) {
          for (const what of ['cmdline', 'environ']) {
            try {
              const text = readFileSync(`/proc/${id}/${what}`, 'utf8');
              seen.add(`${id}`);
              if (text.includes(login.password)) shown++;
            } catch {
              // It has ended meanwhile.
            }
          }
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(await ended).toBe(0);
      expect(seen.size).toBeGreaterThan(1);
      expect(shown).toBe(0);
      const encoded = Buffer.from(`${login.user}:${login.password}`).toString('base64');
      for (const name of filesIn(catalog())) {
        const content = contentOf(catalog(), name);
        expect(content.includes(login.password) || content.includes(encoded), name).toBe(false);
      }
      // Nor does a log name the patients.
      const logs = filesIn(join(catalog(), 'logs')).map((name) => contentOf(join(catalog(), 'logs'), name).toString());
      expect(logs.join('\n')).not.toMatch(/Doe|Jane|Müller|P1\b/);
    });

    it('goes on after a pause, and after it was away, in a window too', async () => {
      mkdirSync(catalog());
      const bench = new Bench(catalog());
      await bench.call('catalog.create', { folder: catalog(), name: 'test' });
      await bench.call('pacs.authorise', { url: orthanc.dicomweb, credentials: { kind: 'basic', ...login } });
      const peer = { protocol: 'dicomweb' as const, url: orthanc.dicomweb };
      await bench.call('pacs.test', { peer });
      expect((await bench.call('pacs.find', { peer, query: { patientId: 'P1' } })).instances).toBe(24);
      const parameters = { peer, query: {}, rate: 40, timeout: 5 };
      const { id } = await bench.call('runs.queue', { kind: 'pacs', parameters });
      const fetched = join(catalog(), 'from-pacs');
      while (filesIn(fetched).length < 5) await new Promise((resolve) => setTimeout(resolve, 20));
      await bench.call('runs.pause', { id });
      const before = filesIn(fetched).filter((name) => name.endsWith('.dcm')).length;
      expect(before).toBeLessThan(31);
      const over = bench.over(id);
      await bench.call('runs.queue', { kind: 'pacs', parameters: { ...parameters, rate: null, parallel: 2 } });
      await orthanc.kill();
      setTimeout(() => void orthanc.start(), 300);
      expect(await over).toMatchObject({ id, state: 'done' });
      const { provenance } = await bench.call('runs.detail', { id });
      expect(provenance.summary).toMatch(
        new RegExp(`^${31 - before} instances fetched \\(\\d\\.\\d MB\\), ${before} there already; 31 images imported`),
      );
      await bench.call('pacs.authorise', { url: orthanc.dicomweb, credentials: null });
      await expect(bench.call('pacs.test', { peer })).rejects.toMatchObject({ kind: 'peer' });
    });
  },
);

/** What lies behind the header of a file; inflated, since whoever sends it may deflate it anew. */
function dataSetOf(file: Buffer): Buffer {
  const start = 144 + file.readUInt32LE(140);
  const isDeflated = file.subarray(0, start).includes('1.2.840.10008.1.2.1.99');
  return isDeflated ? inflateRawSync(file.subarray(start)) : file.subarray(start);
}

/** A process and all below it. */
function below(id: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').split(' ').filter(Boolean);
    return [id, ...children.flatMap((child) => below(Number(child)))];
  } catch {
    return [id];
  }
}
