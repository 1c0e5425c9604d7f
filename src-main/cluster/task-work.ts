// What a task computes: the operation of its order, from listed images into outcomes.

import type { FamiliesResult, HeldOutScores, ProjectResult, ProjectStart } from '../engine/protocol.ts';
import { familiesOutcome } from '../holdings/families-outcome.ts';
import { type Outcome, optimisedOutcome, projectOutcome } from '../holdings/image-results.ts';
import type { ImageSource, ResultSink } from '../operations/image-source.ts';
import { projectImages } from '../operations/project-images.ts';
import { type FamiliesStart, scoreFamilies } from '../operations/score-families.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';
import { networkPath, type TaskOrder } from './order.ts';

/** Where outcomes go. */
export interface OutcomeSink extends Pick<ResultSink<never, never>, 'has' | 'skip'> {
  /** Told what the engine found out before the first image. */
  readonly start: (start: unknown) => void;
  readonly put: (outcomes: readonly Outcome[]) => Promise<void>;
  readonly putCalibration: (normals: readonly HeldOutScores[]) => void;
}

interface Task {
  readonly exchange: string;
  readonly order: TaskOrder;
  readonly source: ImageSource;
  /** Null: the order has none. */
  readonly normals: ImageSource | null;
  readonly sink: OutcomeSink;
  readonly launch: Launcher;
}

/** Computes every image of the source that the sink does not have. */
export async function computeShare(
  { exchange, order, source, normals, sink, launch }: Task,
  control: JobControl,
): Promise<void> {
  const { work, run, network, localiser } = order;
  const [networkFile, localiserFile] = [network, localiser].map((each) =>
    each === null ? null : networkPath(exchange, each),
  ) as [string | null, string | null];
  if (work.kind === 'families') {
    const { kind: _, featureNames, ...rest } = work;
    if (normals === null) throw new Problem('missing', { what: 'normals', name: 'the order' });
    await scoreFamilies(
      // A task's folder goes when its outcomes have been taken.
      { ...rest, networkFile, localiserFile, keptFolder: null },
      source,
      normals,
      {
        ...sink,
        ...draining<FamiliesStart, FamiliesResult>(sink, (result) =>
          familiesOutcome(run, result, work.recipe, (family) => featureNames[family] ?? family),
        ),
        skipNormal: (error) => {
          if (isProblem(error, 'drive')) throw error;
        },
      },
      launch,
      control,
    );
    return;
  }
  const { kind, normals: _, ...parameters } = work;
  if (networkFile === null) throw new Problem('missing', { what: 'network', name: 'the order' });
  let start: ProjectStart;
  const drained = draining<ProjectStart, ProjectResult>(sink, (result) =>
    kind === 'optimise'
      ? optimisedOutcome(run, result, start)
      : projectOutcome(run, result, start, parameters.scoring?.keepMaps ?? false),
  );
  await projectImages(
    { ...parameters, networkFile },
    source,
    normals,
    {
      ...sink,
      ...drained,
      start: (started) => {
        start = started;
        sink.start(started);
      },
    },
    launch,
    control,
  );
}

const draining = <Start, Result>(
  { start, put }: OutcomeSink,
  outcomeOf: (result: Result) => Outcome | Promise<Outcome>,
): { readonly start: (start: Start) => void; readonly put: (results: readonly Result[]) => Promise<void> } => ({
  start,
  put: async (results) => put(await Promise.all(results.map(outcomeOf))),
});
