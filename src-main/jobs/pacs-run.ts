// From the PACS: fetches what a query finds into a folder, where it stays, and imports it from there.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parameters as schemas } from '../../src-preload/jobs/jobs.ts';
import { extendProvenance, getRun, setRunProgress } from '../catalog/tables/runs.ts';
import { parametersOf } from '../holdings/stored-parameters.ts';
import { Attempts } from '../pacs/attempts.ts';
import { type Fetched, fetchSeries } from '../pacs/fetch.ts';
import { findSeries, type Plan } from '../pacs/find.ts';
import { openPacs } from '../pacs/open-pacs.ts';
import { nameOf, refuses } from '../pacs/peer.ts';
import { Problem } from '../platform/errors.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { importSources } from './import-run.ts';
import type { RunProgram } from './run-program.ts';

/** Below the catalog's folder, where nobody names another. */
const usualFolder = 'from-pacs';

export const pacsRun: RunProgram = async (run, tools) => {
  const { peer, query, into, kind, cohort, rate, bandwidth, parallel, timeout } = parametersOf(run, schemas.pacs);
  const { catalog, log } = tools;
  const folder = into === null ? catalog.path(usualFolder) : resolve(into);
  const note = (done: number, total: number) =>
    setRunProgress(catalog, run.id, { stage: 'fetching', done, skipped: 0, total });
  let plan: Plan;
  let fetched: Fetched;
  {
    await using source = await openPacs(peer, { parallel, timeout, onRefused: (line) => log('problem', line) });
    tools.report({ stage: 'asking the PACS', done: 0, total: 0 });
    const attempts = new Attempts({ signal: tools.signal, parallel: 1 });
    plan = await attempts.run(() => findSeries(source, query, tools.signal, parallel));
    const { studies, series, instances } = plan.found;
    if (instances === 0) throw new Problem('missing', { what: 'image that fits the query', name: nameOf(peer) });
    log('information', `${studies.length} studies, ${series} series, ${instances} instances found`);
    // Only this user reads what is fetched.
    makeFolder(folder, 0o700);
    let noted = 0;
    fetched = await fetchSeries(source, plan.series, {
      ...{ folder, parallel, signal: tools.signal },
      pace: { instances: rate, bytes: bandwidth === null ? null : bandwidth * 1e6 },
      onFault: (line) => log('skipped', line),
      report: (progress) => {
        tools.report(progress);
        // The catalog is told now and then.
        if (performance.now() - noted < 1000) return;
        noted = performance.now();
        note(progress.done, progress.total);
      },
    });
  }
  log('information', fetchedWords(fetched));
  const sources = plan.series
    .map(({ study, series }) => join(folder, study, series))
    .filter((path) => existsSync(path));
  if (sources.length > 0) await importSources(run, { sources, kind, cohort }, tools);
  const { summary = '' } = getRun(catalog, run.id).provenance as { readonly summary?: string };
  extendProvenance(catalog, run.id, { summary: `${fetchedWords(fetched)}; ${summary}`, folder });
  const { refused, missing } = fetched;
  if (refused + missing > 0) throw refuses(nameOf(peer), faultWords(refused, missing));
};

function fetchedWords({ fetched, present, bytes }: Fetched): string {
  const size = bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
  const before = present === 0 ? '' : `, ${present.toLocaleString('en')} there already`;
  return `${fetched.toLocaleString('en')} instances fetched (${size})${before}`;
}

function faultWords(refused: number, missing: number): string {
  const words = [
    ...(refused > 0 ? [`${refused} instances that it sent were refused`] : []),
    ...(missing > 0 ? [`${missing} instances that it lists were not given`] : []),
  ];
  return `${words.join(', ')}; the rest is imported`;
}
