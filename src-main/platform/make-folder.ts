// Makes a folder with those above it: the one place that does, since Node's own `recursive` can spin for ever.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes `folder` and what is missing above it, each with `mode`; the first one made, or undefined when all were there. From
 * the top down, each asked for once: where the system says that a folder is not there and cannot be made (/proc, /sys), Node 24
 * with `recursive` asks again and again. Throws the system's error.
 */
export function makeFolder(folder: string, mode = 0o777): string | undefined {
  const whole = resolve(folder);
  if (isFolder(whole)) return undefined;
  const above = dirname(whole);
  const first = above === whole || existsSync(above) ? undefined : makeFolder(above, mode);
  try {
    mkdirSync(whole, { mode });
  } catch (error) {
    // Somebody else was quicker.
    if (isFolder(whole)) return first;
    throw error;
  }
  return first ?? whole;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
