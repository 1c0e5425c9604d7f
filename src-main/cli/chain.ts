// A chain of commands, a line each: those for the cluster become jobs that wait for each other, the others run here in their turn.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type CommandJob, followCommand, submitCommand } from '../cluster/command-job.ts';
import { readExchangeFile, writeExchangeFile } from '../cluster/exchange.ts';
import { type ClusterSettings, readClusterSettings } from '../cluster/settings.ts';
import { slurmCommand } from '../cluster/slurm.ts';
import { commandLineWords } from '../platform/command-line.ts';
import { Problem } from '../platform/errors.ts';
import { inWords } from '../platform/words.ts';
import { clusterWords, withoutClusterWords } from './cluster-command.ts';
import type { Context } from './context.ts';

/** A line of a chain that is a command. */
interface Step {
  readonly line: number;
  readonly words: readonly string[];
}

/** Commands that become jobs with `--cluster slurm`; a `run` has an array of its own, which it follows. */
const jobs: ReadonlySet<string> = new Set([
  'train',
  'train-localiser',
  'train-encoder',
  'project',
  'eval-recon',
  'eval-fd',
  'eval-frd',
]);

const progressSchema = z.strictObject({
  /** SHA-256 of the text of the chain: another text starts over. */
  chain: z.string(),
  done: z.int().nonnegative(),
  /** Jobs that are queued, by the place of their step. */
  jobs: z.record(z.string(), z.strictObject({ job: z.string(), log: z.string(), exit: z.string() })).default({}),
});

/**
 * Carries out the commands of `file` in order. A chain that was stopped, or whose link failed, goes on at that link when it is started again.
 * Throws `run`, naming the line, when a link fails: those after it are not started.
 */
export async function runChain(file: string, context: Context): Promise<void> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Problem('file', { file, reason: 'cannot be read' }, { cause });
  });
  const steps = parseChain(file, text);
  const notes = `${file}.progress`;
  const chain = createHash('sha256').update(text).digest('hex');
  const before = await readExchangeFile(notes, progressSchema).catch(() => undefined);
  let done = before?.chain === chain ? before.done : 0;
  if (done > 0 && done < steps.length) context.remark(`going on at line ${steps[done]!.line}`);
  /** Jobs that are queued and have not been waited for. */
  const jobsOf: Record<string, CommandJob> = before?.chain === chain ? { ...before.jobs } : {};
  const note = () => writeExchangeFile(notes, { chain, done, jobs: jobsOf });
  let queued: { readonly step: Step; readonly job: CommandJob; readonly settings: ClusterSettings }[] = [];
  /** Stops the chain at a failed step: steps that depend on it do not start, and the next run queues it again. */
  const abandon = async (step: Step, error: unknown): Promise<never> => {
    for (const { job } of queued) await slurmCommand('scancel', ['--quiet', job.job]).catch(() => {});
    for (const place of Object.keys(jobsOf)) delete jobsOf[place];
    await note();
    return failed(step, error);
  };
  const settle = async () => {
    for (const { step, job, settings } of queued) {
      await followCommand(job, settings, (line) => context.remark(line), context).catch((error: unknown) =>
        abandon(step, error),
      );
      done++;
      await note();
    }
    queued = [];
  };
  for (const step of steps.slice(done)) {
    const place = String(steps.indexOf(step));
    const [name] = step.words;
    const { scheduler, overrides } = clusterWords(step.words);
    if (jobs.has(name!) && scheduler === 'slurm') {
      // A name that an earlier job makes is known when that job has ended.
      if (step.words.some((word) => word.includes('*'))) await settle();
      const settings = await readClusterSettings(join(context.catalogFolder, 'cluster.json'), overrides);
      const submit = async () =>
        submitCommand({
          name: name!,
          words: withoutClusterWords(expanded(step).slice(1)),
          workingFolder: process.cwd(),
          folder: settings.exchange ?? resolve('residua-jobs'),
          settings,
          after: queued.slice(-1).map((each) => each.job.job),
        });
      // One that was queued before this program ended is followed on.
      const job = jobsOf[place] ?? (await submit().catch((error: unknown) => abandon(step, error)));
      jobsOf[place] = job;
      await note();
      context.remark(`line ${step.line}: job ${job.job}`);
      queued.push({ step, job, settings });
      continue;
    }
    await settle();
    context.remark(`line ${step.line}: ${name}`);
    try {
      await runHere(expanded(step), context);
    } catch (error) {
      failed(step, error);
    }
    done++;
    await note();
  }
  await settle();
  // Started again, a chain that is done starts over.
  await rm(notes, { force: true });
}

function failed({ line, words }: Step, cause: unknown): never {
  const reason = cause instanceof Problem && cause.kind === 'run' ? (cause as Problem<'run'>).values.reason : undefined;
  if (cause instanceof Problem && cause.kind === 'cancelled') throw cause;
  const run = `line ${line} (${words[0]}) failed, and the chain stops there`;
  throw new Problem('run', { run, reason: reason ?? inWords(cause) }, { cause });
}

/** The commands of a text: empty lines and lines that begin with # are none; quotes keep words together. Throws `content`. */
export function parseChain(file: string, text: string): readonly Step[] {
  const steps = text.split(/\r?\n/).flatMap((line, index): Step[] => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const words = [...trimmed.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) =>
      word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
    );
    const left = trimmed.replace(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g, '').trim();
    if (left !== '') throw new Problem('content', { file, reason: `line ${index + 1} has a quote without its end` });
    const own = words[0] === 'residua' ? words.slice(1) : words;
    if (own[0] === 'cluster' && own[1] === 'chain') {
      throw new Problem('content', { file, reason: `line ${index + 1} starts a chain: a chain starts no other` });
    }
    return [{ line: index + 1, words: own }];
  });
  if (steps.length === 0) throw new Problem('content', { file, reason: 'has no command' });
  return steps;
}

/** A word with `*` becomes the last path that it matches. Throws `missing` where there is none. */
function expanded({ words }: Step): readonly string[] {
  return words.map((word) => {
    if (!word.includes('*')) return word;
    const found = globSync(word).toSorted().at(-1);
    if (found === undefined) throw new Problem('missing', { what: 'file', name: word });
    return found;
  });
}

/** Runs a command as a person would. Throws `run` with its last line when it fails, `cancelled` when it was stopped. */
function runHere(words: readonly string[], context: Context): Promise<void> {
  const [program, ...first] = commandLineWords();
  const names = words.some((word) => word === '--catalog' || word.startsWith('--catalog='));
  const catalog = names ? [] : ['--catalog', context.catalogFolder];
  const child = spawn(program, [...first, ...words, ...catalog], { stdio: ['ignore', 'pipe', 'pipe'] });
  let last = '';
  const tell = (write: (line: string) => void) => {
    let rest = '';
    return (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        if (line.trim() !== '' && !line.startsWith('residua COMMAND --help')) last = line;
        write(line);
      }
    };
  };
  child.stdout.setEncoding('utf8').on('data', tell(context.print));
  child.stderr.setEncoding('utf8').on('data', tell(context.remark));
  const stop = () => child.kill('SIGTERM');
  context.signal.addEventListener('abort', stop);
  return new Promise((done, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      context.signal.removeEventListener('abort', stop);
      if (code === 0) done();
      else if (context.signal.aborted) reject(new Problem('cancelled', { job: 'the chain' }));
      else
        reject(new Problem('run', { run: words[0]!, reason: last.replace(/^residua: /, '') || `exit code ${code}` }));
    });
  });
}
