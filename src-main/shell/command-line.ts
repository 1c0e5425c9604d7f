// Where the command line of an installed package lies, as it is typed into a terminal.
import { posix, win32 } from 'node:path';

/** The program below the package's folder of resources, in quotes where its path has a space. */
export function commandLine(resources: string, platform: NodeJS.Platform): string {
  const windows = platform === 'win32';
  const program = (windows ? win32 : posix).join(resources, 'bin', windows ? 'residua.cmd' : 'residua');
  return /\s/.test(program) ? `"${program}"` : program;
}
