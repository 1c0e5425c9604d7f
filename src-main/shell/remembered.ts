// What the desktop window remembers from one start to the next: the catalog that was open and where the window was.
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeFileAtomic } from '../platform/atomic-file.ts';

const bounds = z.strictObject({ x: z.int(), y: z.int(), width: z.int().min(200), height: z.int().min(200) });
const remembered = z.strictObject({ catalog: z.string().optional(), bounds: bounds.optional() });
export type Remembered = z.output<typeof remembered>;

/** What was written last; empty when there is no such file or it is invalid. */
export function recall(file: string): Remembered {
  if (!existsSync(file)) return {};
  try {
    return remembered.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

/** Merges `news` into what is remembered already. */
export async function remember(file: string, news: Remembered): Promise<void> {
  await writeFileAtomic(file, JSON.stringify({ ...recall(file), ...news }));
}
