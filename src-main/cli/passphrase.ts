// A passphrase from a file, standard input or the terminal: never from an argument, which every process of the machine can read.
import { readFileSync } from 'node:fs';
import { Problem } from '../platform/errors.ts';

export interface PassphraseSource {
  readonly file: string | undefined;
  readonly stdin: boolean;
}

/** The first line of the file or of standard input, or what is typed; `twice` asks again, to be sure. Throws `usage`. */
export async function readPassphrase(
  { file, stdin }: PassphraseSource,
  { twice }: { readonly twice: boolean },
): Promise<string> {
  const source = file ?? (stdin ? 0 : undefined);
  if (source !== undefined) {
    const [line = ''] = readFileSync(source, 'utf8').split(/\r?\n/, 1);
    if (line === '') throw new Problem('usage', { message: 'the passphrase is empty' });
    return line;
  }
  const typed = await ask('Passphrase: ');
  if (typed === '') throw new Problem('usage', { message: 'the passphrase is empty' });
  if (twice && (await ask('Again: ')) !== typed) throw new Problem('usage', { message: 'the two passphrases differ' });
  return typed;
}

const ask = (prompt: string): Promise<string> =>
  askHidden(prompt, 'no terminal to ask for a passphrase: use --passphrase-file or --passphrase-stdin');

/** Reads a line from the terminal without showing it. Throws `usage` with `otherwise` where there is no terminal. */
export function askHidden(
  prompt: string,
  otherwise = 'no terminal to ask for a password: use --password-file',
): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) {
    throw new Problem('usage', { message: otherwise });
  }
  // Nothing is shown from the moment that somebody may type.
  stdin.setRawMode(true);
  stderr.write(prompt);
  stdin.resume();
  return new Promise((resolve, reject) => {
    let line = '';
    const end = (finish: () => void) => {
      stdin.off('data', hear);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      finish();
    };
    const hear = (data: Buffer) => {
      for (const character of data.toString('utf8')) {
        if (character === '\r' || character === '\n') return end(() => resolve(line));
        if (character === '\u0003' || character === '\u0004')
          return end(() => reject(new Problem('cancelled', { job: 'command' })));
        line = character === '\u007f' || character === '\b' ? [...line].slice(0, -1).join('') : line + character;
      }
    };
    stdin.on('data', hear);
  });
}
