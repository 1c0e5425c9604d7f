// Networks of the catalog: taken in from files, kept beside the database, with the recipe that their images need.
import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { z } from 'zod';
import { model as contractModel } from '../../src-preload/schemas/catalog.ts';
import { publishedRecipe, type Recipe, recipeSchema } from '../archive/recipe.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { addModel, getModel, type Model } from '../catalog/tables/models.ts';
import { withEngine } from '../engine/start-engine.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { Problem } from '../platform/errors.ts';
import { hashOfFile } from '../platform/hash-of-file.ts';
import type { Launcher } from '../platform/process.ts';
import { spoken } from '../platform/spoken-schema.ts';
import { now } from '../platform/time.ts';
import { inWords } from '../platform/words.ts';

/** What the catalog keeps of a network's construction. */
const constructionSchema = contractModel.pick({
  resolution: true,
  channels: true,
  classes: true,
  generator: true,
  discriminator: true,
  encoder: true,
  localiser: true,
});
export type Construction = z.infer<typeof constructionSchema>;

/** Reads a network file of any known format and keeps a copy; the same file twice is the same model. */
export async function importModel(
  catalog: Catalog,
  launch: Launcher,
  file: string,
  name: string | undefined,
): Promise<Model> {
  await stat(file).catch((error: unknown) => {
    throw new Problem('file', { file, reason: inWords(error) }, { cause: error });
  });
  const { sha256, recipe, provenance, ...construction } = await withEngine(launch, {}, (engine) =>
    engine.call('network.describe', file),
  );
  const kept = `models/${sha256}${extname(file)}`;
  await writeFileAtomic(catalog.path(kept), await readFile(file));
  const id = addModel(catalog, {
    name: name ?? basename(file, extname(file)),
    file: kept,
    sha256,
    constructorArguments: construction,
    recipe,
    provenance,
    importedAt: now(),
  });
  return getModel(catalog, id);
}

/** The file of a network, as it was imported. Throws `missing`, or `content` when it has changed since: not one bit may. */
export async function networkFileOf(catalog: Catalog, { name, file, sha256 }: Model): Promise<string> {
  const path = catalog.path(file);
  const found = await hashOfFile(path).catch((cause: unknown) => {
    throw new Problem('missing', { what: `file of the network ${name}`, name: path }, { cause });
  });
  if (found.sha256 === sha256) return path;
  throw new Problem('content', { file: path, reason: 'is damaged: it is not the network that was imported' });
}

/** Throws `content` when the row was not written by `importModel`. */
export function constructionOf({ name, constructorArguments }: Model): Construction {
  const parsed = constructionSchema.safeParse(constructorArguments);
  if (parsed.success) return parsed.data;
  throw new Problem('content', { file: name, reason: 'the catalog does not say what this network is' });
}

/** As our trainings write it; files of others say nothing. */
const heldOutSchema = z.array(z.string()).catch([]);

/** Names, as `shortIdentity` makes them, of the normals that a network's training has held out. */
export const heldOutBy = ({ provenance }: Model): readonly string[] => heldOutSchema.parse(provenance.heldOut);

/** How images become this network's input: as stored with it, or as the published projector does. Throws `content`. */
export function recipeOf(model: Model): Recipe {
  if (model.recipe !== null) {
    const parsed = recipeSchema.safeParse(model.recipe, spoken);
    if (parsed.success) return parsed.data;
    const reason = `its recipe in the catalog is not understood: ${parsed.error.issues[0]!.message}`;
    throw new Problem('content', { file: model.name, reason });
  }
  const { resolution, channels } = constructionOf(model);
  return publishedRecipe(resolution, channels === 3 ? 3 : 1);
}
