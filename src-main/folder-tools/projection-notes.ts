// How the reconstructions in a folder were made: one row per image in `projection.csv`, read again by eval-recon.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defaultOf, domainOf, type Parameter, type ValuesOf } from '../../src-preload/parameters/parameter.ts';
import { projection } from '../../src-preload/parameters/projection.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { type CsvKind, formatCsv, readCsv } from '../platform/csv.ts';

/** `renderNoise` -> `render_noise`. */
const columnOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Parameters that decide how a reconstruction comes out, by column; the loss is noted as what it turned out to be. */
const settings: readonly (readonly [string, string, Parameter])[] = Object.entries(projection)
  .filter(([, { effect }]) => effect === 'result')
  .map(([name, declared]) => [columnOf(name), name, declared]);
const optional: Readonly<Record<string, CsvKind>> = Object.fromEntries(
  settings.map(([column, , { schema }]) => [
    column,
    domainOf(schema).kind === 'number' ? 'optional-number' : 'optional-text',
  ]),
);
const columns = {
  filename: 'text',
  ...optional,
  mode: 'text',
  network_sha256: 'text',
  loss_remark: 'optional-text',
  reconstruction_loss: 'optional-number',
  latent_distance: 'optional-number',
} as const;

type Cell = string | number | null;
/** What decides how one reconstruction came out, by column. `filename` is that of the target. */
export type ProjectionNote = Readonly<Record<string, Cell>> & {
  readonly filename: string;
  readonly loss: string;
  readonly steps: number;
  readonly space: string;
  readonly mode: string;
  readonly network_sha256: string;
  /** Why the loss is not the published one, where nobody chose another. */
  readonly loss_remark: string | null;
  /** Of the reconstruction, and the distance of its latents from the mean of W; null where an earlier version wrote the note. */
  readonly reconstruction_loss: number | null;
  readonly latent_distance: number | null;
};

const fileName = 'projection.csv';

/** The note of an image that was projected with `parameters` and the loss that it came to. */
export function noteOf(
  parameters: ValuesOf<typeof projection>,
  about: Pick<ProjectionNote, 'filename' | 'loss' | 'mode' | 'network_sha256' | 'loss_remark'> &
    Partial<Pick<ProjectionNote, 'reconstruction_loss' | 'latent_distance'>>,
): ProjectionNote {
  const { filename, loss, mode, network_sha256, loss_remark } = about;
  const { reconstruction_loss = null, latent_distance = null } = about;
  const values: Readonly<Record<string, unknown>> = { ...parameters, loss };
  const cells = settings.map(([column, name]) => [column, cellOf(values[name])]);
  return {
    filename,
    ...Object.fromEntries(cells),
    mode,
    network_sha256,
    loss_remark,
    reconstruction_loss,
    latent_distance,
  } as ProjectionNote;
}

/** Whether two notes say the same of how a reconstruction was made; why a loss was taken, and what came out, does not matter. */
export function sameSettings(first: ProjectionNote, second: ProjectionNote): boolean {
  const [a, b] = [first, second].map((note) => JSON.stringify({ ...note, ...outcome }));
  return a === b;
}

const outcome = { loss_remark: null, reconstruction_loss: null, latent_distance: null };

const cellOf = (value: unknown): Cell => (typeof value === 'boolean' ? String(value) : (value as Cell));

/**
 * The notes beside the reconstructions in `folder`; none where it was made by another tool. A column that an earlier version did
 * not write has the parameter's default. Throws `content`.
 */
export async function readProjectionNotes(folder: string): Promise<readonly ProjectionNote[]> {
  const path = join(folder, fileName);
  if (!existsSync(path)) return [];
  const rows = await readCsv(path, columns, { missing: 'null' });
  return rows.map((row: Readonly<Record<string, Cell>>) => {
    const cells = settings.map(([column, , { schema }]) => [column, row[column] ?? cellOf(defaultOf(schema))]);
    return { ...row, ...Object.fromEntries(cells) } as ProjectionNote;
  });
}

/** Replaces the notes of `folder`, in name order. */
export async function writeProjectionNotes(folder: string, notes: readonly ProjectionNote[]): Promise<void> {
  const sorted = notes.toSorted((a, b) => (a.filename < b.filename ? -1 : 1));
  await writeFileAtomic(join(folder, fileName), formatCsv(Object.keys(columns), sorted));
}
