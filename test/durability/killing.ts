// Runs a program of ours as the head of its own process group and ends it at a chosen moment, as a power cut or a person would.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** `group`: every process at once. `face`: the command alone; the processes that it started must then end by themselves. */
export type Victim = 'group' | 'face';

export interface Ending {
  /** False when the program had ended before its time came. */
  readonly killed: boolean;
  /** Exit code; null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/** Orphans must notice that their parent is gone within so long. */
const patience = 20_000;

/** Runs `node ...words`; SIGKILLs `victim` after `milliseconds` unless it has ended. Throws when processes stay behind. */
export async function runAndKill(
  words: readonly string[],
  milliseconds = Number.POSITIVE_INFINITY,
  victim: Victim = 'group',
): Promise<Ending> {
  const began = performance.now();
  const child = spawn(process.execPath, words, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const group = -child.pid!;
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  let killed = false;
  const kill = () => {
    killed = child.exitCode === null;
    if (killed) process.kill(victim === 'group' ? group : child.pid!, 'SIGKILL');
  };
  const timer = Number.isFinite(milliseconds) ? setTimeout(kill, milliseconds) : undefined;
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  await groupEnds(group, words);
  return { killed: killed && code === null, code, stdout, stderr, milliseconds: performance.now() - began };
}

async function groupEnds(group: number, words: readonly string[]): Promise<void> {
  const until = performance.now() + patience;
  while (isThere(group)) {
    if (performance.now() > until) {
      process.kill(group, 'SIGKILL');
      throw new Error(`processes of ${words.join(' ')} outlived it by ${patience / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isThere(group: number): boolean {
  try {
    process.kill(group, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** The words that run the command line, as a person does. */
export const residua = (...words: string[]): string[] => [
  fileURLToPath(new URL('../../src-main/cli/main.ts', import.meta.url)),
  ...words,
];
