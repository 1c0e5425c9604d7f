// The one contract between the faces (window, command line, loopback host) and the workbench: methods and events.
import { z } from 'zod';
import { queueRequest } from './jobs/jobs.ts';
import { uint8Array } from './schemas/arrays.ts';
import * as catalog from './schemas/catalog.ts';
import * as image from './schemas/image.ts';
import type { Input, Output } from './schemas/read-only.ts';
import * as run from './schemas/run.ts';
import * as segmentation from './schemas/segmentation.ts';

const { id, label, path, filter, order, selection, scoreName } = image;
const nothing = z.strictObject({});

interface Method<Q extends z.ZodType, A extends z.ZodType> {
  readonly request: Q;
  readonly response: A;
}
const method = <Q extends z.ZodType, A extends z.ZodType>(request: Q, response: A): Method<Q, A> => ({
  request,
  response,
});

const changed = z.strictObject({ images: z.int() });
/** Method name -> what the workbench accepts and answers. A failure is a Problem in place of the answer. */
export const methods = {
  'catalog.create': method(z.strictObject({ folder: path, name: label }), catalog.catalogInfo),
  'catalog.open': method(z.strictObject({ folder: path }), catalog.catalogInfo),
  /** Null before a catalog is open. */
  'catalog.info': method(nothing, catalog.catalogInfo.nullable()),

  'images.page': method(
    z.strictObject({
      filter,
      order,
      /** The score that rows carry; by default the one that orders them. */
      score: scoreName.optional(),
      offset: z.int().nonnegative(),
      limit: z.int().min(1).max(1000),
    }),
    z.strictObject({ rows: z.array(image.imageRow) }),
  ),
  'images.count': method(z.strictObject({ filter }), z.strictObject({ images: z.int() })),
  /** All ids of a filter in order: for select-all, and to walk from image to image. */
  'images.ids': method(z.strictObject({ filter, order }), z.strictObject({ ids: image.ids })),
  'images.facets': method(z.strictObject({ filter }), catalog.facets),
  'images.detail': method(z.strictObject({ id }), image.imageDetail),
  /** The images of the same volume or multi-frame file in anatomical order, with one score of each. */
  'images.slices': method(
    z.strictObject({ id, score: scoreName.optional() }),
    z.strictObject({
      slices: z.array(z.strictObject({ id, score: z.number().nullable(), verdict: image.decision.nullable() })),
    }),
  ),
  /** Volumes and multi-frame files, highest first by one statistic of their slices' scores. */
  'images.scans': method(
    z.strictObject({ score: scoreName, by: z.enum(['maximum', 'mean', 'percentile95']) }),
    z.strictObject({ scans: z.array(image.scanScore) }),
  ),
  'images.frame': method(z.strictObject({ id }), image.frame),
  /** The segmentations beside an image, of its geometry; none where there are none. */
  'images.masks': method(z.strictObject({ id }), z.strictObject({ masks: z.array(segmentation.mask) })),
  /** A PNG file of `size` pixels on the longer side (smaller images stay as they are), windowed for display. */
  'images.thumbnail': method(
    z.strictObject({
      id,
      size: z.int().min(16).max(512),
      /** The catalog that the caller has before it: refused when another one is open by now. */
      catalog: image.catalogKey.optional(),
    }),
    z.strictObject({ png: uint8Array }),
  ),
  /** The image in the run's model space and its reconstruction, both 8 bit, and where they lie in the image. */
  'images.reconstruction': method(
    z.strictObject({ id, run: id }),
    z.strictObject({
      original: image.picture,
      reconstruction: image.picture,
      placement: image.placement,
      levels: image.levels,
    }),
  ),
  /** The score of every patch position of an image in a run. */
  'images.map': method(z.strictObject({ id, run: id, map: image.mapName }), image.scoreMap),

  /** A null decision takes the verdict back. Every call is one step of undo. */
  'verdicts.set': method(
    z.strictObject({
      images: selection,
      decision: image.decision.nullable(),
      reason: z.string().trim().max(1000).nullable(),
      reviewer: label,
    }),
    changed,
  ),
  'verdicts.undo': method(z.strictObject({ reviewer: label }), changed),
  'verdicts.redo': method(z.strictObject({ reviewer: label }), changed),
  'tags.list': method(nothing, z.strictObject({ tags: z.array(z.string()) })),
  'tags.set': method(
    z.strictObject({ images: selection, add: z.array(label), remove: z.array(label), reviewer: label }),
    changed,
  ),
  'annotations.add': method(
    z.strictObject({ image: id, rectangle: image.rectangle, label, reviewer: label }),
    image.annotation,
  ),
  'annotations.remove': method(z.strictObject({ id, reviewer: label }), nothing),

  'segmentation.structures': method(nothing, z.strictObject({ structures: z.array(segmentation.structure) })),
  /** Takes Dice values from a CSV: columns `name` (of an image, volume or slice), `structure` (may be empty), `dice`. */
  'segmentation.dice': method(z.strictObject({ file: path }), z.strictObject({ images: z.int(), scans: z.int() })),
  /** Scans (and images of none) that have both the score and the Dice, highest score first. */
  'segmentation.cases': method(segmentation.comparison, z.strictObject({ cases: z.array(segmentation.segmentedCase) })),
  /** How well the score finds the cases whose Dice is below a limit; null where none or all of them are. */
  'segmentation.detection': method(
    segmentation.comparison.extend({ below: z.number().min(0).max(1) }),
    z.strictObject({ detection: catalog.detection.nullable() }),
  ),

  'views.list': method(nothing, z.strictObject({ views: z.array(catalog.view) })),
  'views.save': method(z.strictObject({ name: label, filter, order }), catalog.view),
  'views.remove': method(z.strictObject({ id }), nothing),
  'cohorts.list': method(nothing, z.strictObject({ cohorts: z.array(catalog.cohort) })),
  'cohorts.create': method(z.strictObject({ name: label, images: selection }), catalog.cohort),
  'cohorts.remove': method(z.strictObject({ id }), nothing),
  'models.list': method(nothing, z.strictObject({ models: z.array(catalog.model) })),
  /** Reads a network file, copies its weights beside the catalog; the same file twice is the same model. */
  'models.import': method(z.strictObject({ file: path, name: label.optional() }), catalog.model),

  'runs.queue': method(queueRequest, run.run),
  'runs.list': method(nothing, z.strictObject({ runs: z.array(run.run) })),
  'runs.detail': method(z.strictObject({ id }), run.runDetail),
  /** Every score that images can be ordered by, those of the newest run first. */
  'scores.list': method(nothing, z.strictObject({ scores: z.array(scoreName) })),
  'runs.cancel': method(z.strictObject({ id }), run.run),
  'runs.pause': method(z.strictObject({ id }), run.run),
  /** Continues a paused, interrupted, failed or cancelled run where it was. */
  'runs.resume': method(z.strictObject({ id }), run.run),
  /** The last lines after a number; with `level`, only such lines. */
  'runs.log': method(
    z.strictObject({
      id,
      after: z.int().nonnegative(),
      limit: z.int().min(1).max(10_000),
      level: run.logLine.shape.level.optional(),
    }),
    z.strictObject({ lines: z.array(run.logLine) }),
  ),
  /** The numbers of every tick of a training so far. */
  'runs.plot': method(z.strictObject({ id }), z.strictObject({ points: z.array(run.plotPoint) })),
  /** The newest sheet of generated images of a training, a PNG file; null before the first. */
  'runs.samples': method(z.strictObject({ id }), z.strictObject({ png: uint8Array.nullable() })),
  /**
   * How long a run would take here, measured from ten steps; null where that cannot be known. Takes some seconds. One is measured
   * at a time: another question, and a run that is queued, end the one before, whose answer is null then.
   */
  'runs.estimate': method(queueRequest, z.strictObject({ seconds: z.number().nullable() })),

  'statistics.histogram': method(catalog.scoresOfCohorts.extend({ bins: z.int().min(2).max(500) }), catalog.histogram),
  'statistics.roc': method(catalog.cohortsApart, catalog.roc),
  /** AUROC of each score for each group of anomalous images against its normal ones, score by score. Takes some seconds. */
  'statistics.detection': method(
    z.strictObject({
      scores: z.array(scoreName).min(1),
      groups: z.array(z.strictObject({ anomalous: filter, normal: filter })).min(1),
    }),
    z.strictObject({ detections: z.array(z.array(catalog.detection)) }),
  ),
  /** Whether two scores differ in AUROC on the images that have both, group by group; null with fewer than two of a kind. */
  'statistics.comparison': method(
    z.strictObject({
      first: scoreName,
      second: scoreName,
      groups: z.array(z.strictObject({ anomalous: filter, normal: filter })).min(1),
    }),
    z.strictObject({ differences: z.array(catalog.scoreDifference.nullable()) }),
  ),
  /** Whether the highest patches of a patch score lie on annotated anomalies; null when no image has both. */
  'statistics.localisation': method(
    z.strictObject({ score: scoreName, filter }),
    z.strictObject({ images: z.int(), summary: catalog.localisation.nullable() }),
  ),
  /** Writes a report of how well the scores of runs find each kind of anomaly: one HTML file that stands alone. Takes some seconds. */
  'statistics.report': method(
    z.strictObject({ runs: z.array(id).min(1).max(20), baseline: label, cohort: id.optional(), file: path }),
    nothing,
  ),
  'statistics.review': method(catalog.cohortsApart, catalog.reviewCurve),
  /** How many images of each cohort have a score of at least the threshold. */
  'statistics.above': method(
    catalog.scoresOfCohorts.extend({ threshold: z.number() }),
    z.strictObject({ counts: z.array(z.strictObject({ cohort: id, above: z.int(), total: z.int() })) }),
  ),

  'devices.list': method(nothing, z.strictObject({ devices: z.array(catalog.deviceInfo) })),
  'settings.get': method(nothing, catalog.settings),
  'settings.set': method(catalog.settings.partial(), catalog.settings),
} as const;

/** Event name -> what it carries. Events are hints: whoever missed one asks again. */
export const events = {
  'run.changed': run.run,
  'run.progress': z.strictObject({ id, progress: run.progress }),
  'run.log': z.strictObject({ id, line: run.logLine }),
  /** Something in these parts of the catalog is different now. */
  'catalog.changed': z.strictObject({
    parts: z.array(
      z.enum([
        'images',
        'verdicts',
        'tags',
        'annotations',
        'segmentations',
        'views',
        'cohorts',
        'models',
        'runs',
        'scores',
      ]),
    ),
  }),
} as const;

export type MethodName = keyof typeof methods;
/** What a caller writes: defaults may be left out. */
export type Request<M extends MethodName> = Input<(typeof methods)[M]['request']>;
/** What the workbench receives: defaults filled in. */
export type Received<M extends MethodName> = Output<(typeof methods)[M]['request']>;
export type Response<M extends MethodName> = Output<(typeof methods)[M]['response']>;
export type EventName = keyof typeof events;
export type EventValue<E extends EventName> = Output<(typeof events)[E]>;

/** The workbench as a face sees it, whatever lies between them. */
export interface Workbench {
  call<M extends MethodName>(method: M, request: Request<M>): Promise<Response<M>>;
  on<E extends EventName>(event: E, listener: (value: EventValue<E>) => void): () => void;
}
