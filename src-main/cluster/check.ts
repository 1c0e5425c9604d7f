// Whether a cluster can be used, found out before anything is queued: each finding with what to do about it.
import { randomBytes } from 'node:crypto';
import { rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { isProblem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { version } from '../platform/version.ts';
import { inWords } from '../platform/words.ts';
import { readExchangeFile, writeExchangeFile } from './exchange.ts';
import { type Probe, probeAnswerSchema, probePaths } from './probe.ts';
import { type ClusterSettings, readClusterSettings } from './settings.ts';
import { jobState, slurmCommand, slurmSetting, submitJob } from './slurm.ts';
import { jobWords, programWords, taskScript } from './slurm-script.ts';
import { readLog } from './task-log.ts';

export interface Finding {
  readonly ok: boolean;
  readonly text: string;
  /** What to do; null where nothing is wrong. */
  readonly remedy: string | null;
}

export interface CheckRequest {
  readonly catalogFolder: string;
  /** A folder of images that nodes must see; null: none is looked for. */
  readonly images: string | null;
  readonly overrides: readonly string[];
}

const good = (text: string): Finding => ({ ok: true, text, remedy: null });
const bad = (text: string, remedy: string): Finding => ({ ok: false, text, remedy });

/** Room that the exchange folder of a run should have: results of 100,000 images with maps. */
const enoughBytes = 10 * 2 ** 30;
/** Seconds that a task may wait for a node until the check gives up on it. */
const longestWait = 180;

/** Every finding, in the order in which one thing needs the other; what cannot be looked at is not a finding. */
export async function checkCluster(
  { catalogFolder, images, overrides }: CheckRequest,
  control: JobControl,
): Promise<readonly Finding[]> {
  const file = join(catalogFolder, 'cluster.json');
  const findings: Finding[] = [];
  let settings: ClusterSettings;
  try {
    settings = await readClusterSettings(file, overrides);
    findings.push(good(`settings: ${file}`));
  } catch (error) {
    return [bad(`settings: ${inWords(error)}`, 'docs/cluster.md lists the settings; mend the file or the option')];
  }
  try {
    findings.push(good((await slurmCommand('sinfo', ['--version'])).trim()));
    findings.push(...(await partitionFindings(settings)));
  } catch (error) {
    const remedy = isProblem(error, 'missing')
      ? 'install the Slurm client on this machine (Debian: slurm-client), or log in to a machine that has it'
      : 'scontrol ping says whether the controller answers; SLURM_CONF or /etc/slurm/slurm.conf must name it';
    return [...findings, bad(`Slurm: ${inWords(error)}`, remedy)];
  }
  const exchange = settings.exchange ?? join(catalogFolder, 'exchange');
  const here = await exchangeFinding(exchange);
  findings.push(here);
  if (here.ok) findings.push(...(await nodeFindings(settings, exchange, images, control)));
  return findings;
}

/** `infinite`, `1-00:00:00`, `30:00` -> minutes, as sinfo prints and sbatch takes times. */
export function minutesOf(time: string): number {
  if (time === 'infinite' || time === 'UNLIMITED' || time === '0') return Number.POSITIVE_INFINITY;
  const [, days = '0', rest = ''] = /^(?:(\d+)-)?(.*)$/.exec(time) ?? [];
  const parts = rest.split(':').map(Number);
  const hasDays = time.includes('-');
  // Minutes, minutes:seconds, hours:minutes:seconds; after days: hours, hours:minutes, hours:minutes:seconds.
  const [hours, minutes, seconds] = hasDays
    ? [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0]
    : parts.length === 3
      ? [parts[0]!, parts[1]!, parts[2]!]
      : [0, parts[0] ?? 0, parts[1] ?? 0];
  return Number(days) * 1440 + hours * 60 + minutes + seconds / 60;
}

async function partitionFindings(settings: ClusterSettings): Promise<readonly Finding[]> {
  const text = await slurmCommand('sinfo', ['-h', '-o', '%P|%a|%l|%D|%G']);
  const partitions = text.split('\n').flatMap((line) => {
    const [name, state, limit, nodes, gpus] = line.split('|');
    return gpus === undefined ? [] : [{ name: name!, state: state!, limit: limit!, nodes: Number(nodes), gpus }];
  });
  const names = [...new Set(partitions.map(({ name }) => name.replace('*', '')))].join(', ');
  const own = partitions.filter(({ name }) =>
    settings.partition === null ? name.endsWith('*') : settings.partition.split(',').includes(name.replace('*', '')),
  );
  const [first] = own;
  if (first === undefined) {
    const wanted = settings.partition ?? 'the default one';
    return [bad(`partition ${wanted} is not there`, `set "partition" to one of ${names}`)];
  }
  const findings: Finding[] = [];
  const nodes = own.reduce((sum, each) => sum + each.nodes, 0);
  const label = first.name.replace('*', '');
  findings.push(
    first.state === 'up'
      ? good(`partition ${label}: ${nodes} nodes, up to ${first.limit} a task`)
      : bad(`partition ${label} is ${first.state}`, `choose another of ${names}, or ask the administrator`),
  );
  if (minutesOf(settings.time) > minutesOf(first.limit)) {
    const text = `time ${settings.time} is longer than partition ${label} allows (${first.limit})`;
    findings.push(bad(text, `set "time" to at most ${first.limit}: tasks would wait for ever`));
  }
  if (settings.gpus > 0) {
    const has = own.some(({ gpus }) => /gpu/.test(gpus));
    findings.push(
      has
        ? good(`partition ${label} has GPUs`)
        : bad(`partition ${label} has no GPU`, 'set "gpus" to 0, or choose a partition with GPUs'),
    );
  }
  findings.push(good(`tasks of an array, at most: ${Number((await slurmSetting('MaxArraySize')) ?? 1001) - 1}`));
  return findings;
}

async function exchangeFinding(exchange: string): Promise<Finding> {
  try {
    makeFolder(exchange);
    const probe = join(exchange, `.probe-${randomBytes(4).toString('hex')}`);
    await writeFileAtomic(probe, 'residua');
    await rm(probe);
    const { bavail, bsize } = await statfs(exchange);
    const free = `${(Number(bavail) * Number(bsize) * 2 ** -30).toFixed(0)} GiB free`;
    return Number(bavail) * Number(bsize) < enoughBytes
      ? bad(`exchange folder ${exchange}: ${free}`, 'make room, or set "exchange" to a folder with 10 GiB or more')
      : good(`exchange folder ${exchange}: ${free}`);
  } catch (error) {
    return bad(
      `exchange folder ${exchange}: ${inWords(error)}`,
      'set "exchange" to a folder that this user may write to',
    );
  }
}

/** What a node of the cluster says, asked by a task of a minute. */
async function nodeFindings(
  settings: ClusterSettings,
  exchange: string,
  images: string | null,
  control: JobControl,
): Promise<readonly Finding[]> {
  const folder = join(exchange, `probe-${randomBytes(4).toString('hex')}`);
  const paths = probePaths(folder);
  try {
    makeFolder(folder);
    await writeExchangeFile(paths.question, { version, images } satisfies Probe);
    const program = programWords(settings, [exchange]);
    await writeFileAtomic(paths.script, taskScript(settings, [...program, 'cluster', 'probe', folder]));
    const job = await submitProbe(settings, folder);
    const waited = await waitForEnd(job, control).catch(async (error: unknown) => {
      await slurmCommand('scancel', ['--quiet', job]).catch(() => {});
      throw error;
    });
    const answer = await readExchangeFile(paths.answer, probeAnswerSchema).catch(() => undefined);
    if (answer === undefined && waited !== null) {
      await slurmCommand('scancel', [job]).catch(() => {});
      return [
        bad(
          `a task waits for a node: ${waited}`,
          'squeue and sinfo say more; a smaller "time", "memory" or "cpus" may start sooner',
        ),
      ];
    }
    if (answer === undefined) {
      const said = (await readLog(paths.log)).at(-1);
      const reason = said === undefined ? 'it does not see the exchange folder' : said;
      const remedy = `install Residua on the nodes and set "program" or "container", or put it and the exchange folder on storage that nodes see under the same path; here it is ${program.join(' ')}`;
      return [bad(`a node cannot run Residua: ${reason}`, remedy)];
    }
    const where = `node ${answer.node}`;
    return [
      answer.version === version
        ? good(`${where}: Residua ${answer.version} starts, and sees the exchange folder`)
        : bad(`${where}: Residua ${answer.version}, here it is ${version}`, 'install the same version on both'),
      ...(images === null
        ? []
        : answer.seesImages
          ? [good(`${where}: sees ${images}`)]
          : [
              bad(
                `${where}: does not see ${images}`,
                'put the images on storage that nodes see under the same path, and import them from there',
              ),
            ]),
      ...answer.devices.map(({ device, usable, name }) =>
        usable
          ? good(`${where}: ${device}: ${name}`)
          : bad(`${where}: ${device} cannot be used: ${name}`, 'use another device, or another partition'),
      ),
    ];
  } catch (error) {
    if (isProblem(error, 'cancelled')) throw error;
    return [
      bad(`a task could not be queued: ${inWords(error)}`, 'sbatch says what it does not accept: mend that setting'),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function submitProbe(settings: ClusterSettings, folder: string): Promise<string> {
  const { script, log } = probePaths(folder);
  const words = jobWords({ ...settings, time: '5' }, { name: 'residua-check', log, after: [] });
  return submitJob([...words, script]);
}

/** Null once the job is over; why it waits where it waits too long. */
async function waitForEnd(job: string, control: JobControl): Promise<string | null> {
  const began = performance.now();
  for (;;) {
    checkpoint(control, 'the check of the cluster');
    const current = await jobState(job);
    if (current === null) return null;
    const { state, reason } = current;
    const waits = state !== 'RUNNING' && state !== 'COMPLETING';
    const seconds = (performance.now() - began) / 1000;
    control.report({ stage: `waiting for a node (${waits ? reason || state : 'running'})`, done: 0, total: 1 });
    if (waits && seconds > longestWait) return reason || state;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
