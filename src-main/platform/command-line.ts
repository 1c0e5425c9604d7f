// How the command line of this installation is started as a program of its own: in the project, or in what a package carries.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { programFolder } from './program-folder.ts';

/** The words before a command's name. A desktop package has a Node of its own for it, whatever runs this process. */
export function commandLineWords(program = programFolder()): readonly [string, ...string[]] {
  const resources = join(program, '..');
  const node = join(resources, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const main = join(resources, 'app.asar.unpacked', 'out', 'main', 'src-main', 'cli', 'main.cjs');
  if (existsSync(node) && existsSync(main)) return [node, main];
  return [process.execPath, join(program, 'src-main', 'cli', 'launch.mjs')];
}
