// Benchmark: 2,000 instances from an Orthanc of this machine, against movescu (C-MOVE) and wget (WADO-RS), which store the same.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepCredentials } from '../../src-main/pacs/credentials.ts';
import { fetchSeries } from '../../src-main/pacs/fetch.ts';
import { findSeries } from '../../src-main/pacs/find.ts';
import { openPacs } from '../../src-main/pacs/open-pacs.ts';
import { type PacsPeer, pacsPeer, pacsQuery } from '../../src-preload/schemas/pacs.ts';
import { lacksOrthanc, login, type Orthanc, startOrthanc } from '../pacs/orthanc.ts';
import { type SampleFile, sampleFile } from '../pacs/sample-studies.ts';
import type { Measure } from './measure.ts';

/** Fewer while developing. */
const count = Number(process.env.RESIDUA_BENCH_FILES ?? 2_000);
const rounds = 3;
const side = 512;
const slicesPerSeries = 200;

export async function run(): Promise<readonly Measure[]> {
  if (lacksOrthanc !== undefined) {
    return [{ name: 'fetch from a local Orthanc', value: Number.NaN, unit: '', target: null, note: lacksOrthanc }];
  }
  const home = await mkdtemp(join(tmpdir(), 'residua-bench-pacs-'));
  try {
    await using orthanc = await startOrthanc(join(home, 'orthanc'));
    keepCredentials(orthanc.dicomweb, { kind: 'basic', ...login });
    const files: SampleFile[] = [];
    for (let at = 0; at < count; at++) {
      const file = sample(at);
      await orthanc.add(file.bytes);
      files.push({ ...file, bytes: Buffer.alloc(0), dataSet: Buffer.alloc(0) });
    }
    const dimse = { protocol: 'dimse' as const, aet: 'ORTHANC', host: '127.0.0.1', port: orthanc.dicom };
    const ways: Readonly<Record<string, () => (folder: string) => Promise<void>>> = {
      movescu: () => (folder) => movescu(orthanc, folder),
      wget: () => (folder) => wget(orthanc, files, folder),
      'C-MOVE': () => ours({ ...dimse, retrieve: 'move', listen: { host: '127.0.0.1', port: orthanc.receiver } }),
      'C-GET': () => ours(dimse),
      'WADO-RS': () => ours({ protocol: 'dicomweb', url: orthanc.dicomweb }),
    };
    const seconds = new Map<string, number>();
    // They take turns; the best of each is told: whatever else the machine does only adds to a time.
    for (let round = 0; round < rounds; round++) {
      for (const [name, way] of Object.entries(ways)) {
        // It takes minutes, whatever else the machine does.
        if (name === 'movescu' && round > 0) continue;
        const folder = join(home, `${name}-${round}`);
        await mkdir(folder);
        const began = performance.now();
        await way()(folder);
        const took = (performance.now() - began) / 1000;
        const stored = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
          entry.isFile(),
        );
        if (stored.length !== count) throw new Error(`${name} has stored ${stored.length} of ${count} files`);
        await rm(folder, { recursive: true });
        seconds.set(name, Math.min(seconds.get(name) ?? Number.POSITIVE_INFINITY, took));
      }
    }
    const of = (name: string) => seconds.get(name)!;
    return [
      ...Object.keys(ways).map((name) => ({
        name: `${count} instances by ${name}`,
        value: count / of(name),
        unit: '1/s',
        target: null,
      })),
      { name: 'C-MOVE to movescu, time', value: of('C-MOVE') / of('movescu'), unit: '', target: 1.2 },
      { name: 'C-GET to movescu, time', value: of('C-GET') / of('movescu'), unit: '', target: 1.2 },
      { name: 'WADO-RS to wget, time', value: of('WADO-RS') / of('wget'), unit: '', target: 1.2 },
    ];
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

const sample = (at: number): SampleFile => {
  const series = Math.floor(at / slicesPerSeries);
  return sampleFile({
    ...{ patient: 'P1', name: 'Doe^Jane', study: '2.25.10', date: '20240115', description: 'Chest', modality: 'CT' },
    ...{
      series: `2.25.10.${series}`,
      bodyPart: 'CHEST',
      seriesDescription: 'Lung',
      instance: `2.25.10.${series}.${at}`,
    },
    ...{ side, seed: at },
  });
};

/** As a run does it: the query, the fetch, every file durable. */
function ours(given: Parameters<typeof pacsPeer.parse>[0]): (folder: string) => Promise<void> {
  const peer: PacsPeer = pacsPeer.parse(given);
  return async (folder) => {
    const { signal } = new AbortController();
    await using source = await openPacs(peer, { timeout: 60, parallel: 4 });
    const { series } = await findSeries(source, pacsQuery.parse({}), signal);
    const pace = { instances: null, bytes: null };
    const options = {
      folder,
      parallel: 4,
      pace,
      signal,
      report: () => {},
      onFault: (line: string) => console.error(line),
    };
    await fetchSeries(source, series, options);
  };
}

function movescu({ dicom, receiver }: Orthanc, folder: string): Promise<void> {
  const keys = ['-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyInstanceUID=2.25.10'];
  const titles = ['-aet', 'MOVESCU', '-aec', 'ORTHANC', '-aem', 'MOVESCU'];
  return succeed('movescu', [...titles, '+P', `${receiver}`, '+xa', '-od', folder, ...keys, '127.0.0.1', `${dicom}`]);
}

async function wget({ dicomweb }: Orthanc, files: readonly SampleFile[], folder: string): Promise<void> {
  const list = `${folder}.txt`;
  const addresses = files.map(
    ({ study, series, instance }) => `${dicomweb}/studies/${study}/series/${series}/instances/${instance}`,
  );
  await writeFile(list, addresses.join('\n'));
  const accept = 'Accept: multipart/related; type="application/dicom"; transfer-syntax=*';
  const words = [
    '-q',
    '--auth-no-challenge',
    `--user=${login.user}`,
    `--password=${login.password}`,
    `--header=${accept}`,
  ];
  await succeed('wget', [...words, '-P', folder, '-i', list]);
}

async function succeed(program: string, words: readonly string[]): Promise<void> {
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
}
