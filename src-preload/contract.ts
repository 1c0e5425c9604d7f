// The one contract between the faces (window, command line, loopback host) and the workbench: methods and events.
import { z } from 'zod';
import { archiveMethods } from './contract/archive.ts';
import { catalogMethods } from './contract/catalog.ts';
import { columnsMethods } from './contract/columns.ts';
import { curationMethods } from './contract/curation.ts';
import { driftMethods } from './contract/drift.ts';
import { imagesMethods } from './contract/images.ts';
import { listsMethods } from './contract/lists.ts';
import { mapMethods } from './contract/map.ts';
import { catalogPart } from './contract/method.ts';
import { pacsMethods } from './contract/pacs.ts';
import { readersMethods } from './contract/readers.ts';
import { reportsMethods } from './contract/reports.ts';
import { runsMethods } from './contract/runs.ts';
import { segmentationMethods } from './contract/segmentation.ts';
import { statisticsMethods } from './contract/statistics.ts';
import { verdictsMethods } from './contract/verdicts.ts';
import { id } from './schemas/image.ts';
import type { Input, Output } from './schemas/read-only.ts';
import * as run from './schemas/run.ts';

/** Method name -> what the workbench accepts and answers. A failure is a Problem in place of the answer. */
export const methods = {
  ...catalogMethods,
  ...imagesMethods,
  ...verdictsMethods,
  ...listsMethods,
  ...readersMethods,
  ...curationMethods,
  ...columnsMethods,
  ...mapMethods,
  ...reportsMethods,
  ...segmentationMethods,
  ...pacsMethods,
  ...runsMethods,
  ...statisticsMethods,
  ...archiveMethods,
  ...driftMethods,
} as const;

/** Event name -> what it carries. Events are hints: whoever missed one requests again. */
export const events = {
  'run.changed': run.run,
  'run.progress': z.strictObject({ id, progress: run.progress }),
  'run.log': z.strictObject({ id, line: run.logLine }),
  /** These parts of the catalog have changed. */
  'catalog.changed': z.strictObject({
    parts: z.array(catalogPart),
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

/** The workbench as a face sees it, whatever the transport. */
export interface Workbench {
  call<M extends MethodName>(method: M, request: Request<M>): Promise<Response<M>>;
  on<E extends EventName>(event: E, listener: (value: EventValue<E>) => void): () => void;
}
