// Disturbs imports from a real Orthanc at random moments: kills the program that imports, its workbench, or Orthanc itself.
// node test/pacs/orthanc-kills.ts [--kills 30] [--seed 1] prints a table of what was killed; whatever is lost, twice or broken ends it with code 1.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { textTable } from '../../src-main/cli/text-table.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { main } from '../cli/residua.ts';
import { lacksOrthanc, login, type Orthanc, startOrthanc } from './orthanc.ts';
import { type SampleFile, sampleFile } from './sample-studies.ts';
import { filesIn } from './transfer.ts';

const ways = ['dicomweb', 'get', 'move'] as const;
type Way = (typeof ways)[number];
const victims = ['program', 'workbench', 'pacs'] as const;
type Victim = (typeof victims)[number];
type Kills = Record<Victim, number>;

/** Of two series, large enough that a kill hits the middle of some. */
const count = 160;

function samples(): readonly SampleFile[] {
  const study = { patient: 'P1', name: 'Doe^Jane', study: '2.25.10', date: '20240115', description: 'Chest' };
  return Array.from({ length: count }, (_, at) =>
    sampleFile({
      ...study,
      ...{ series: `2.25.10.${at % 2}`, modality: 'CT', bodyPart: 'CHEST', seriesDescription: 'Lung' },
      ...{ instance: `2.25.10.${at % 2}.${at + 1}`, side: 256, seed: at },
    }),
  );
}
const pathOf = ({ study, series, instance }: SampleFile) => join(study, series, `${instance}.dcm`);

interface Round {
  readonly folder: string;
  readonly orthanc: Orthanc;
  readonly files: readonly SampleFile[];
  readonly way: Way;
  readonly kills: number;
  readonly seed: number;
}

/** One import, disturbed up to `kills` times and then completed. Throws when anything is lost, twice, broken or left listening. */
export async function killImport({ folder, orthanc, files, way, kills, seed }: Round): Promise<Kills> {
  const random = randomFrom(seed).fork('pacs kills');
  const counts: Kills = { program: 0, workbench: 0, pacs: 0 };
  const [catalog, into, secret] = ['catalog', 'fetched', 'password'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(secret, login.password, { mode: 0o600 });
  const dimse = ['--dimse', `ORTHANC@127.0.0.1:${orthanc.dicom}`];
  const peer: Readonly<Record<Way, readonly string[]>> = {
    dicomweb: ['--dicomweb', orthanc.dicomweb, '--user', login.user, '--password-file', secret],
    get: dimse,
    move: [...dimse, '--retrieve', 'move', '--listen', `127.0.0.1:${orthanc.receiver}`],
  };
  const words = ['import', ...peer[way], '--into', into, '--catalog', catalog, '--rate', '100', '--timeout', '10'];
  let printed = '';
  let program: ChildProcess;
  const start = () => {
    program = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [program.stdout!, program.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-20_000);
      });
    }
  };
  const ended = () => program.exitCode !== null || program.signalCode !== null;
  const closed = async () => {
    while (!ended()) await pause(20);
    return program.exitCode;
  };
  const there = () => filesIn(into).filter((name) => name.endsWith('.dcm'));
  /** Files that were whole at some kill, as they were: they must never be written again. */
  const whole = new Map<string, string>();
  const note = () => {
    for (const name of there()) {
      const { ino, mtimeMs, size } = statSync(join(into, name));
      const facts = `${ino} ${mtimeMs} ${size}`;
      if ((whole.get(name) ?? facts) !== facts) throw new Error(`${name} was fetched twice`);
      whole.set(name, facts);
    }
  };
  const strike: Record<Victim, () => Promise<void>> = {
    program: async () => {
      const children = childrenOf(program.pid!);
      program.kill('SIGKILL');
      for (const child of children) killNow(child);
      await closed();
      note();
      start();
    },
    // The program starts another one, and says that its import was interrupted.
    workbench: async () => {
      for (const child of childrenOf(program.pid!)) killNow(child);
      await closed();
      note();
      start();
    },
    pacs: async () => {
      await orthanc.kill();
      note();
      await pause(random.uniform() * 500);
      await orthanc.start();
    },
  };
  start();
  let total = 0;
  while (total < kills) {
    // The transfer must have begun, and have something left.
    const before = there().length;
    while (!ended() && there().length === before) await pause(10);
    await pause(random.uniform() * 300);
    if (ended() || there().length > files.length - 10) break;
    const victim = victims[random.below(victims.length)]!;
    await strike[victim]();
    counts[victim]++;
    total++;
  }
  // Where the PACS was away for long, the same command goes on.
  for (let again = 0; (await closed()) !== 0 && again < 3; again++) {
    if (/were refused|: refused$/m.test(printed)) throw new Error(`something was refused: ${printed}`);
    start();
  }
  if (program!.exitCode !== 0) throw new Error(`the import ended with code ${program!.exitCode}: ${printed}`);
  note();
  check(into, catalog, files, way);
  if (await listens(orthanc.receiver)) throw new Error('something listens after the import');
  return counts;
}

/** Every file is there once with the content that it has at Orthanc, nothing else is, and the catalog has each once. */
function check(into: string, catalog: string, files: readonly SampleFile[], way: Way): void {
  const found = filesIn(into);
  const expected = files.map(pathOf).toSorted();
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    const odd = [
      ...found.filter((name) => !expected.includes(name)),
      ...expected.filter((name) => !found.includes(name)),
    ];
    throw new Error(`files that should not be there, or are missing: ${odd.slice(0, 5).join(', ')}`);
  }
  for (const file of files) {
    const bytes = readFileSync(join(into, pathOf(file)));
    const same =
      way === 'dicomweb' ? bytes.equals(file.bytes) : bytes.subarray(-file.dataSet.length).equals(file.dataSet);
    if (!same) throw new Error(`${pathOf(file)} has other bytes than at Orthanc`);
  }
  const opened = openCatalog(catalog);
  try {
    const [images] = opened.column<number>('SELECT count(*) FROM images');
    const [instances] = opened.column<number>('SELECT count(DISTINCT instance) FROM images');
    const [present] = opened.column<number>("SELECT count(*) FROM files WHERE state = 'present'");
    const faults = opened.integrityFaults();
    if (images !== files.length || instances !== files.length || present !== files.length || faults.length > 0) {
      throw new Error(
        `the catalog has ${images} images of ${instances} instances in ${present} files; ${faults.join(', ')}`,
      );
    }
  } finally {
    opened.close();
  }
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });

function childrenOf(id: number): readonly number[] {
  try {
    return readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function killNow(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { kills: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' } },
  });
  if (lacksOrthanc === undefined) await table(Number(values.kills), Number(values.seed));
  else console.log(`no kills: ${lacksOrthanc}`);
}

async function table(wanted: number, seed: number): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'residua-pacs-'));
  const sums: Kills = { program: 0, workbench: 0, pacs: 0 };
  const total = () => victims.reduce((sum, victim) => sum + sums[victim], 0);
  try {
    await using orthanc = await startOrthanc(join(home, 'orthanc'));
    const files = samples();
    for (const { bytes } of files) await orthanc.add(bytes);
    for (let round = 0; total() < wanted; round++) {
      const way = ways[round % ways.length]!;
      const folder = mkdtempSync(join(home, `${round}-`));
      const counts = await killImport({
        folder,
        orthanc,
        files,
        way,
        kills: Math.min(6, wanted - total()),
        seed: seed + round,
      });
      for (const victim of victims) sums[victim] += counts[victim];
      const told = victims.map((victim) => `${counts[victim]} ${victim}`).join(', ');
      console.log(`round ${round + 1}, ${way}: ${files.length} instances once and equal after ${told}`);
    }
    console.log(
      textTable(['killed', 'times'], [...victims.map((victim) => [victim, sums[victim]] as const), ['all', total()]]),
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
