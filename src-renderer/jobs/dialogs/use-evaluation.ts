// The state of an evaluation: which run, against which normals, what was found, and the report about it.
import { useState } from 'react';
import type { Response } from '../../../src-preload/contract.ts';
import type { Filter, ScoreName } from '../../../src-preload/schemas/image.ts';
import { completeRuns } from '../../../src-preload/usual-score.ts';
import { useAnswer, useHost } from '../../host/use-host.ts';
import { useTriage } from '../../triage/triage-state.tsx';

type Detections = Response<'statistics.detection'>['detections'];
export interface Evaluation {
  readonly scores: readonly ScoreName[];
  readonly kinds: readonly string[];
  readonly detections: Detections;
  /** Of those scores that have patches, where images have annotations as well. */
  readonly localisations: readonly {
    readonly score: string;
    readonly images: number;
    readonly summary: NonNullable<Response<'statistics.localisation'>['summary']>;
  }[];
}

export function useEvaluation() {
  const host = useHost();
  const { scoreNames } = useTriage();
  const all = useAnswer('runs.list', {}).data?.runs ?? [];
  const withScores = new Set(scoreNames.map(({ run }) => run));
  const runs = all.filter(({ id }) => withScores.has(id)).map(({ id, title }) => ({ id, title }));
  const [givenRun, setRun] = useState<number>();
  const run = givenRun ?? completeRuns(scoreNames, all)[0];
  // Kinds that the run has not scored, such as its reference normals, cannot be evaluated.
  const first = scoreNames.find((name) => name.run === run);
  const within: Filter = first === undefined ? {} : { score: { name: first } };
  const facets = useAnswer('images.facets', { filter: within });
  const kinds = (facets.data?.kinds ?? []).flatMap(({ value }) => value ?? []);
  const [givenBaseline, setBaseline] = useState<string>();
  const [file, setFile] = useState('');
  const [report, setReport] = useState<string | Error | 'working' | null>(null);
  const [state, setState] = useState<Evaluation | Error | 'working' | null>(null);
  const usual = kinds.find((kind) => /^normals?$/i.test(kind)) ?? kinds.find((kind) => /normal/i.test(kind));
  const baseline = kinds.find((kind) => kind === givenBaseline) ?? usual ?? kinds[0];
  const evaluate = async (): Promise<Evaluation> => {
    const scores = scoreNames.filter((name) => name.run === run);
    const anomalous = kinds.filter((kind) => kind !== baseline);
    const groups = anomalous.map((kind) => ({
      anomalous: { ...within, kinds: [kind] },
      normal: { ...within, kinds: [baseline!] },
    }));
    const { detections } = await host.call('statistics.detection', { scores, groups });
    const localisations = await Promise.all(
      scores.map(async (score) => {
        const { images, summary } = await host.call('statistics.localisation', { score, filter: {} });
        return summary === null ? [] : [{ score: score.score, images, summary }];
      }),
    );
    return { scores, kinds: anomalous, detections, localisations: localisations.flat() };
  };
  const start = () => {
    setState('working');
    evaluate().then(setState, setState);
  };
  const write = () => {
    if (run === undefined || baseline === undefined) return;
    const path = file.trim();
    setReport('working');
    host
      .call('statistics.report', { runs: [run], baseline, file: path })
      .then(() => setReport(`Written: ${path}`), setReport);
  };
  return {
    runs,
    run,
    setRun,
    kinds,
    baseline,
    setBaseline,
    /** Whether there is something to compare. */
    complete: run !== undefined && baseline !== undefined && kinds.length > 1,
    file,
    setFile,
    report,
    write,
    state,
    start,
  };
}
