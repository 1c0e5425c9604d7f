// Table `models`: networks with their hash, constructor arguments, preprocessing recipe and provenance.
import { Problem } from '../../platform/errors.ts';
import type { Catalog } from '../catalog.ts';
import type { PlainObject } from './runs.ts';

export interface Model {
  readonly id: number;
  readonly name: string;
  /** Relative to the catalog's folder, or absolute. */
  readonly file: string;
  readonly sha256: string;
  /** What the networks were constructed with (resolution, channels, classes, widths). */
  readonly constructorArguments: PlainObject;
  readonly recipe: PlainObject | null;
  readonly provenance: PlainObject;
  readonly importedAt: string;
}

type ModelColumns = Omit<Model, 'constructorArguments' | 'recipe' | 'provenance'> & {
  readonly constructorArguments: string;
  readonly recipe: string | null;
  readonly provenance: string;
};

/** Adds a model; the same file (by its hash) twice is the same model, whose id is returned. */
export function addModel(catalog: Catalog, model: Omit<Model, 'id'>): number {
  return catalog.transaction(() => {
    catalog.run(
      `INSERT INTO models (name, file, sha256, constructor, recipe, provenance, imported_at)
       VALUES (@name, @file, @sha256, @constructor, @recipe, @provenance, @importedAt) ON CONFLICT (sha256) DO NOTHING`,
      {
        name: model.name,
        file: model.file,
        sha256: model.sha256,
        constructor: JSON.stringify(model.constructorArguments),
        recipe: model.recipe === null ? null : JSON.stringify(model.recipe),
        provenance: JSON.stringify(model.provenance),
        importedAt: model.importedAt,
      },
    );
    return catalog.get<{ id: number }>('SELECT id FROM models WHERE sha256 = @sha256', { sha256: model.sha256 })!.id;
  });
}

/** All models, newest first. */
export function listModels(catalog: Catalog): readonly Model[] {
  return catalog
    .all<ModelColumns>(
      `SELECT id, name, file, sha256, constructor AS constructorArguments, recipe, provenance, imported_at AS importedAt
       FROM models ORDER BY id DESC`,
    )
    .map((row) => ({
      ...row,
      constructorArguments: JSON.parse(row.constructorArguments) as PlainObject,
      recipe: row.recipe === null ? null : (JSON.parse(row.recipe) as PlainObject),
      provenance: JSON.parse(row.provenance) as PlainObject,
    }));
}

/** Throws `missing`. */
export function getModel(catalog: Catalog, id: number): Model {
  const model = listModels(catalog).find((each) => each.id === id);
  if (model === undefined) throw new Problem('missing', { what: 'model', name: String(id) });
  return model;
}
