// How the reconstructions in a folder were made: one row per image in `projection.csv`, read again by eval-recon.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { formatCsv, readCsv } from '../platform/csv.ts';

const columns = {
  filename: 'text',
  loss: 'text',
  steps: 'number',
  space: 'text',
  seed: 'number',
  render_noise: 'text',
  mode: 'text',
  network_sha256: 'text',
} as const;
const names = Object.keys(columns) as (keyof typeof columns)[];

/** What decides how one reconstruction came out. `filename` is that of the target. */
export interface ProjectionNote {
  readonly filename: string;
  readonly loss: string;
  readonly steps: number;
  readonly space: string;
  readonly seed: number;
  readonly render_noise: string;
  readonly mode: string;
  readonly network_sha256: string;
}

const fileName = 'projection.csv';

/** The notes beside the reconstructions in `folder`; none where it was made by another tool. Throws `content`. */
export async function readProjectionNotes(folder: string): Promise<readonly ProjectionNote[]> {
  const path = join(folder, fileName);
  return existsSync(path) ? readCsv(path, columns) : [];
}

/** Replaces the notes of `folder`, in name order. */
export async function writeProjectionNotes(folder: string, notes: readonly ProjectionNote[]): Promise<void> {
  const sorted = notes.toSorted((a, b) => (a.filename < b.filename ? -1 : 1));
  await writeFileAtomic(join(folder, fileName), formatCsv(names, sorted));
}
