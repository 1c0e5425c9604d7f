// A run that takes in segmentations: each is named beside the image that it is of; Dice where prediction and truth are there.
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parameters as schemas } from '../../src-preload/jobs/jobs.ts';
import type { ArchiveEntry } from '../archive/entry.ts';
import { walk } from '../archive/walk.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { fileFinder, type NamedFile } from '../catalog/tables/named-files.ts';
import { extendProvenance, setRunProgress } from '../catalog/tables/runs.ts';
import { type MaskRole, setMask } from '../catalog/tables/segmentations.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import { skippedLine } from '../decoder/folder-images.ts';
import type { FileDescription } from '../decoder/protocol.ts';
import { computeDice } from '../evaluation/dice.ts';
import { MaskReader } from '../holdings/mask-reader.ts';
import { parametersOf } from '../holdings/stored-parameters.ts';
import { Problem } from '../platform/errors.ts';
import { checkpoint } from '../platform/job.ts';
import type { RunProgram } from './run-program.ts';

/** Files that are read at once. */
const batchSize = 16;

/** Takes in every mask of a folder, zip or file. Those that belong to no image, or do not fit it, are skipped with the reason. */
export const masksRun: RunProgram = async (run, tools) => {
  const { source, role } = parametersOf(run, schemas.masks);
  const { catalog, launch, background } = tools;
  const decoder = openDecoderPool({ launch, background, processes: availableParallelism() });
  const find = fileFinder(catalog);
  let taken = 0;
  let skipped = 0;
  const skip = (name: string, error: unknown) => {
    skipped++;
    tools.log('skipped', skippedLine({ name, error }));
  };
  const takeIn = async (entry: ArchiveEntry) => {
    try {
      const found = find(entry.path);
      if (!('one' in found)) throw new Error(found.candidates === 0 ? 'no image has this name' : 'several images do');
      nameBeside(catalog, found.one, await decoder.describe(entry), entry, role);
      taken++;
    } catch (error) {
      skip(entry.path, error);
    }
  };
  try {
    let batch: ArchiveEntry[] = [];
    const empty = async () => {
      checkpoint(tools, 'import of masks');
      await Promise.all(batch.map(takeIn));
      batch = [];
      setRunProgress(catalog, run.id, { stage: 'reading masks', done: taken, skipped, total: 0 });
      tools.report({ stage: 'reading masks', done: taken + skipped, total: 0 });
    };
    for await (const item of walk(resolve(source), { ...tools, listedIn: decoder.listed })) {
      if (item.kind === 'refused') skip(item.path, item.problem);
      else batch.push(item.entry);
      if (batch.length === batchSize) await empty();
    }
    await empty();
    const compared = role === 'region' ? 0 : await computeDice(new MaskReader(catalog, decoder), tools);
    setRunProgress(catalog, run.id, { stage: 'done', done: taken, skipped, total: taken + skipped });
    const summary = `${taken} ${role} masks imported${compared > 0 ? `, Dice of ${compared} images` : ''}`;
    extendProvenance(catalog, run.id, { masks: taken, skipped, compared, summary });
    tools.log('information', summary);
    tools.changed('segmentations');
  } finally {
    await decoder.close();
  }
};

/** Throws `mismatch` when the mask has other frames than the image, or other sizes. */
function nameBeside(
  catalog: Catalog,
  { images }: NamedFile,
  { frames }: FileDescription,
  { file, inside }: ArchiveEntry,
  role: MaskRole,
): void {
  if (frames.length !== images.length) {
    const [expected, found] = [`${images.length} slices as the image has`, `${frames.length}`];
    throw new Problem('mismatch', { what: 'segmentation', expected, found });
  }
  for (const [index, { width, height }] of images.entries()) {
    const { image } = frames[index]!;
    if (image.width === width && image.height === height) continue;
    const [expected, found] = [`${width} x ${height} as the image is`, `${image.width} x ${image.height}`];
    throw new Problem('mismatch', { what: 'segmentation', expected, found });
  }
  catalog.transaction(() => {
    for (const [index, { id }] of images.entries()) setMask(catalog, id, { role, file, inside, frame: index });
  });
}
