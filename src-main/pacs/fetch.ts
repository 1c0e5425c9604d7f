// Fetches the instances of planned series into a folder: several at once, at a limited pace, each once, however often it is interrupted.
import { isProblem, Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { Attempts } from './attempts.ts';
import type { PlannedSeries } from './find.ts';
import { Intake } from './intake.ts';
import { Pace, type PaceLimits } from './pace.ts';
import type { PacsSource } from './source.ts';
import type { InstanceAnswer, Wanted } from './wanted.ts';

export interface FetchOptions extends JobControl {
  readonly folder: string;
  readonly parallel: number;
  readonly pace: PaceLimits;
  /** One line about an instance that was refused or is missing; it names no patient. */
  readonly onFault: (line: string) => void;
  /** Milliseconds before the first of the attempts after a failure; each later one waits twice as long. */
  readonly firstPause?: number;
}

export interface Fetched {
  /** Fetched now, and in the folder before. */
  readonly fetched: number;
  readonly present: number;
  readonly refused: number;
  readonly missing: number;
  /** Of what was fetched. */
  readonly bytes: number;
}

/**
 * Resolves when everything is there, but for what was refused or is missing at the PACS. Throws `peer` when the PACS cannot be
 * reached any more or breaks the rules, `cancelled`, and the error of a drive; what was fetched stays, and is not fetched again.
 */
export async function fetchSeries(
  source: PacsSource,
  plan: readonly PlannedSeries[],
  options: FetchOptions,
): Promise<Fetched> {
  const { folder, parallel, onFault, report } = options;
  // Whoever fails first ends the others.
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const pace = new Pace(options.pace, signal);
  const counts = { fetched: 0, present: 0, refused: 0, missing: 0, bytes: 0 };
  const total = plan.reduce((sum, { instances }) => sum + instances, 0);
  const tell = () => {
    const done = counts.fetched + counts.present;
    report({ stage: 'fetching', done, total: Math.max(total, done) });
  };
  const attempts = new Attempts({ signal, parallel, firstPause: options.firstPause });
  const intake = new Intake(folder, source.name, {
    paced: (bytes, instances) => pace.take(bytes, instances),
    stored: (_, bytes) => {
      counts.fetched++;
      counts.bytes += bytes;
      attempts.succeeded();
      tell();
    },
    refused: (reason) => {
      counts.refused++;
      onFault(`${source.name}: ${reason}: refused`);
    },
  });

  async function* batches(): AsyncGenerator<readonly Wanted[]> {
    const { instances: rate } = options.pace;
    const size = rate === null ? source.batchSize : Math.max(1, Math.min(source.batchSize, Math.ceil(rate)));
    const seen = new Set<string>();
    // The next series is listed while the instances of this one come.
    const listed = (at: number): Promise<readonly InstanceAnswer[]> => {
      const { study, series } = plan[at]!;
      const list = attempts.run(() => source.instances(study, series, signal));
      // Told to whoever awaits it; nobody does when the transfer ends before.
      list.catch(() => {});
      return list;
    };
    let next = plan.length === 0 ? undefined : listed(0);
    for (const [at, { patientId, study, series }] of plan.entries()) {
      const answers = await next!;
      next = at + 1 < plan.length ? listed(at + 1) : undefined;
      const absent: Wanted[] = [];
      for (const { instance, sopClass } of answers) {
        const wanted = { patientId, study, series, instance, sopClass };
        if (seen.has(instance)) continue;
        seen.add(instance);
        if (intake.has(wanted)) counts.present++;
        else absent.push(wanted);
      }
      tell();
      for (let at = 0; at < absent.length; at += size) yield absent.slice(at, at + size);
    }
  }

  const fetchBatch = async (batch: readonly Wanted[]) => {
    let left = batch;
    intake.expect(batch);
    try {
      await attempts.run(async () => {
        if (left.length === 0) return;
        try {
          await source.fetch(left, intake, signal);
        } catch (error) {
          intake.expectStrays();
          throw error;
        } finally {
          left = await intake.absent(left, signal);
        }
      });
    } finally {
      intake.withdraw(batch);
    }
    // Of what was refused a line tells already.
    counts.missing += left.length;
    for (const { instance } of left.slice(0, 10)) onFault(`${source.name}: did not give instance ${instance}`);
    if (left.length > 10) onFault(`${source.name}: did not give ${left.length - 10} others of the same series`);
  };

  const queue = batches();
  const work = async () => {
    try {
      for (let next = await queue.next(); next.done !== true; next = await queue.next()) {
        checkpoint(options, 'transfer');
        await fetchBatch(next.value);
      }
    } catch (error) {
      stop.abort();
      throw error;
    }
  };
  try {
    const ends = await Promise.allSettled(Array.from({ length: parallel }, work));
    const errors = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    // The others were stopped on account of the first.
    const first = errors.find((error) => !isProblem(error, 'cancelled')) ?? errors[0];
    if (options.signal.aborted) throw new Problem('cancelled', { job: 'transfer' });
    if (first !== undefined) throw first;
  } finally {
    await intake.settle(plan);
  }
  return counts;
}
