// The second half of a run with --inverse both: optimises the most doubtful images, and compares both ways of reconstruction.
import type { RunParameters } from '../../src-preload/jobs/jobs.ts';
import { extendProvenance } from '../catalog/tables/runs.ts';
import { scoreNamesOf, scoreValues } from '../catalog/tables/scores.ts';
import type { Decoder } from '../decoder/decoder-pool.ts';
import type { ProjectResult, ProjectStart } from '../engine/protocol.ts';
import { withEngine } from '../engine/start-engine.ts';
import { catalogSource } from '../holdings/catalog-source.ts';
import { keepOutcomes, optimisedName, optimisedOutcome } from '../holdings/image-results.ts';
import { agreementLine, mostDoubtful } from '../operations/doubtful.ts';
import type { ImageSource, ResultSink } from '../operations/image-source.ts';
import { isProblem } from '../platform/errors.ts';
import { inWords } from '../platform/words.ts';
import { mostTelling } from '../scoring/families.ts';
import type { ClusterWork } from './compute-on-cluster.ts';
import type { RunTools } from './run-program.ts';

/** Reconstructs the images of a source by one way, here or by tasks elsewhere. */
export type Projecting = (
  inverse: RunParameters<'project'>['projecting']['inverse'],
  source: ImageSource,
  sink: ResultSink<ProjectStart, ProjectResult>,
  /** How the rows of tasks are stored, where not as those of the run's images. */
  more?: Pick<ClusterWork, 'record'>,
) => Promise<void>;

/**
 * Optimises the share of the run's images whose encoder reconstruction scores highest, as far as an earlier start has not. The
 * ranking keeps the encoder's scores; those of the optimised reconstruction stand beside them.
 */
export async function optimiseDoubtful(
  run: number,
  share: RunParameters<'project'>['projecting']['doubtful'],
  decoder: Decoder,
  project: Projecting,
  tools: RunTools,
): Promise<void> {
  const { catalog } = tools;
  const main = mostTelling(scoreNamesOf(catalog, run).map((score) => ({ score })));
  if (main === undefined) return;
  const { score } = main;
  const doubtful = mostDoubtful(scoreValues(catalog, { run, score }), share);
  const values = () =>
    new Map(scoreValues(catalog, { run, score: optimisedName(score) }).map((each) => [each.image, each]));
  const before = values();
  const left = doubtful.filter(({ image }) => !before.has(image)).map(({ image }) => image);
  let start: ProjectStart;
  const sink: ResultSink<ProjectStart, ProjectResult> = {
    start: (started) => {
      start = started;
      if (started.lossRemark !== null) tools.log('noted', started.lossRemark);
    },
    has: () => false,
    put: async (results) => {
      await keepOutcomes(
        catalog,
        run,
        await Promise.all(results.map((result) => optimisedOutcome(run, result, start))),
      );
      tools.changed('scores');
    },
    // The encoder's result stays.
    skip: (_, error) => {
      if (isProblem(error) && (error.kind === 'drive' || error.kind === 'cancelled')) throw error;
      tools.log('skipped', `not optimised: ${inWords(error)}`);
    },
  };
  if (left.length > 0) {
    await project('optimise', catalogSource(catalog, decoder, `run ${run}`, left), sink);
  }
  const after = values();
  const pairs = doubtful.flatMap(({ image, value, patient }) => {
    const other = after.get(image);
    return other === undefined ? [] : [{ first: value, second: other.value, patient: patient ?? undefined }];
  });
  const agreement = await withEngine(tools.launch, {}, (engine) =>
    engine.call('rank.agreement', {
      first: pairs.map(({ first }) => first),
      second: pairs.map(({ second }) => second),
      patients: pairs.map(({ patient }) => patient),
    }),
  );
  const summary = agreementLine(score, agreement);
  tools.log('information', summary);
  extendProvenance(catalog, run, { rankAgreement: { score, ...agreement }, summary });
}
