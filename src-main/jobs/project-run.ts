// A projection run: hands the images of a catalog run to an engine and stores each result as it comes.
import type { RunParameters } from '../../src-preload/jobs/jobs.ts';
import { getModel } from '../catalog/tables/models.ts';
import { imageIds } from '../catalog/tables/pages.ts';
import { extendProvenance, nextItems, type Run, recordResults } from '../catalog/tables/runs.ts';
import { refreshScanScores } from '../catalog/tables/scan-scores.ts';
import { type Decoder, openDecoderPool } from '../decoder/decoder-pool.ts';
import type { ProjectItem, ProjectResult, ProjectStart, ProjectSupplier } from '../engine/protocol.ts';
import { withEngine } from '../engine/start-engine.ts';
import { readModelSpace } from '../holdings/catalog-images.ts';
import { keepMaps, keepReconstruction, scoresForCatalog, skipImage } from '../holdings/image-results.ts';
import { MaskReader } from '../holdings/mask-reader.ts';
import { recipeOf } from '../holdings/models.ts';
import { weightsFolderOf } from '../holdings/settings.ts';
import { parametersOf, storedParameters } from '../holdings/stored-parameters.ts';
import { Problem } from '../platform/errors.ts';
import { randomFrom } from '../platform/random/random.ts';
import type { RunProgram, RunTools } from './run-program.ts';

type Parameters = Omit<RunParameters<'project'>, 'images'>;

/** Of the normals: enough for a stable mean square. */
const normalsUsed = 256;

/** Projects, and scores, every image of the run that is still to be done. Images that cannot be read are skipped with the reason. */
export const projectRun: RunProgram = async (run, tools) => {
  const parameters: Parameters = parametersOf(run, storedParameters.project);
  const decoder = openDecoderPool({ launch: tools.launch });
  const work = new Projection(run, parameters, decoder, tools);
  try {
    const { model: _model, normals: _normals, ...projecting } = parameters.projecting;
    const { scoring } = parameters;
    await withEngine<ProjectSupplier, null>(
      tools.launch,
      {
        'project.start': (start) => work.start(start),
        'project.normals': () => work.normals(),
        'project.next': ({ count }) => work.next(count),
        'project.store': (results) => work.store(results),
      },
      (engine) => {
        const { networkFile, total } = work;
        const weightsFolder = weightsFolderOf(tools.catalog);
        return engine.call('project', { ...projecting, scoring, networkFile, weightsFolder, total }, tools);
      },
    );
    refreshScanScores(tools.catalog, run.id);
    tools.changed('scores');
  } finally {
    await decoder.close();
  }
};

class Projection {
  readonly #run: Run;
  readonly #parameters: Parameters;
  readonly #decoder: Decoder;
  readonly #tools: RunTools;
  readonly #masks: MaskReader;
  readonly #recipe: ReturnType<typeof recipeOf>;
  readonly #waiting: readonly number[];
  #position = 0;
  #start: ProjectStart | undefined;
  readonly networkFile: string;

  constructor(run: Run, parameters: Parameters, decoder: Decoder, tools: RunTools) {
    const model = getModel(tools.catalog, parameters.projecting.model);
    this.#run = run;
    this.#parameters = parameters;
    this.#decoder = decoder;
    this.#tools = tools;
    this.#masks = new MaskReader(tools.catalog, decoder);
    this.#recipe = recipeOf(model);
    this.networkFile = tools.catalog.path(model.file);
    // What is queued now is all there is: results that are stored meanwhile do not move this list.
    this.#waiting = nextItems(tools.catalog, run.id, Number.MAX_SAFE_INTEGER);
  }

  get total(): number {
    return this.#waiting.length;
  }

  start(start: ProjectStart): null {
    this.#start = start;
    const { loss, device, networkSha256 } = start;
    extendProvenance(this.#tools.catalog, this.#run.id, { loss, device, networkSha256, recipe: this.#recipe });
    return null;
  }

  /** A seeded choice of the cohort's images in model space; those that cannot be read are left out. */
  async normals(): Promise<readonly Float32Array[]> {
    const { normals: cohort } = this.#parameters.projecting;
    if (cohort === null) return [];
    const ids = imageIds(this.#tools.catalog, { cohort }, { by: 'imported', descending: false });
    const images: Float32Array[] = [];
    for (const index of randomFrom(123).fork('normals').permutation(ids.length)) {
      if (images.length === normalsUsed) break;
      const image = await this.#read(ids[index]!).catch(() => undefined);
      if (image !== undefined) images.push(image);
    }
    if (images.length === 0) throw new Problem('missing', { what: 'images of the cohort', name: String(cohort) });
    return images;
  }

  async next(count: number): Promise<readonly ProjectItem[]> {
    const items: ProjectItem[] = [];
    while (items.length < count && this.#position < this.#waiting.length) {
      const id = this.#waiting[this.#position++]!;
      try {
        const target = await this.#read(id);
        const segmentation = this.#parameters.scoring?.regions.includes('mask')
          ? await this.#masks.read(id, 'region', this.#recipe)
          : undefined;
        items.push(segmentation === undefined ? { id, target } : { id, target, segmentation });
      } catch (error) {
        skipImage(this.#tools, this.#run.id, id, error);
      }
    }
    return items;
  }

  #read(id: number): Promise<Float32Array> {
    return readModelSpace(this.#tools.catalog, this.#decoder, id, this.#recipe);
  }

  async store(results: readonly ProjectResult[]): Promise<null> {
    const { catalog, changed } = this.#tools;
    const { id: run } = this.#run;
    const rows = [];
    for (const result of results) {
      const { id: image, scores } = result;
      const files = [
        ...(await keepReconstruction(catalog, run, result, this.#start!)),
        ...(scores !== null && this.#parameters.scoring?.keepMaps ? await keepMaps(catalog, run, image, scores) : []),
      ];
      rows.push({ image, files, ...(scores === null ? {} : scoresForCatalog(scores)) });
    }
    recordResults(catalog, run, rows);
    changed('scores');
    return null;
  }
}
