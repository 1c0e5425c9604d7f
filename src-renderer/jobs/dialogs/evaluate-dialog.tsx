// Evaluate: AUROC of every score of a run for each kind of anomaly, and whether patches lie on annotated anomalies.
import { Button, Dialog, DialogBody, DialogFooter, HTMLTable, Spinner } from '@blueprintjs/core';
import { useState } from 'react';
import type { Response } from '../../../src-preload/contract.ts';
import type { Filter, ScoreName } from '../../../src-preload/schemas/image.ts';
import { useAnswer, useHost } from '../../host/use-host.ts';
import { ProblemNote } from '../../problem.tsx';
import { useTriage } from '../../triage/triage-state.tsx';
import { ChoiceField, PathField } from './fields.tsx';

type Detections = Response<'statistics.detection'>['detections'];
interface Evaluation {
  readonly scores: readonly ScoreName[];
  readonly kinds: readonly string[];
  readonly detections: Detections;
  readonly localisations: readonly { readonly score: string; readonly found: Response<'statistics.localisation'> }[];
}

export function EvaluateDialog({ onClose }: { readonly onClose: () => void }) {
  const host = useHost();
  const { scoreNames } = useTriage();
  const runs = [...new Set(scoreNames.map(({ run }) => run))];
  const [givenRun, setRun] = useState<number>();
  const run = givenRun ?? runs[0];
  // Kinds that the run has not scored, its normals for example, cannot be judged.
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
      scores
        .filter(({ score }) => score.endsWith(' patch'))
        .map(async (score) => ({
          score: score.score,
          found: await host.call('statistics.localisation', { score, filter: {} }),
        })),
    );
    return { scores, kinds: anomalous, detections, localisations };
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
  const complete = run !== undefined && baseline !== undefined && kinds.length > 1;
  return (
    <Dialog
      isOpen
      className="job-dialog wide bp6-dark"
      title="Evaluate scores"
      onClose={onClose}
      transitionDuration={0}
    >
      <DialogBody useOverflowScrollContainer={false}>
        {complete ? (
          <div className="fields">
            <ChoiceField
              label="Scores of"
              choices={runs.map((id) => ({ label: `run ${id}`, value: id }))}
              value={run}
              onChange={setRun}
            />
            <ChoiceField
              label="Normal images are of kind"
              choices={kinds.map((kind) => ({ label: kind, value: kind }))}
              value={baseline}
              onChange={setBaseline}
            />
          </div>
        ) : (
          <p className="dialog-note">
            An evaluation compares images of at least two kinds that a run has scored. Import them with their kinds,
            then reconstruct and score them.
          </p>
        )}
        {complete ? (
          <div className="report-row">
            <PathField
              label="Report"
              what="new"
              value={file}
              onChange={setFile}
              placeholder="/path/on/this/machine/report.html"
              help="One HTML file with tables, curves, p-values and the highest and lowest images, without their names."
            />
            <Button
              text={report === 'working' ? 'Writing' : 'Write the report'}
              disabled={file.trim() === '' || report === 'working'}
              onClick={write}
            />
          </div>
        ) : null}
        {report instanceof Error ? <ProblemNote error={report} /> : null}
        {typeof report === 'string' && report !== 'working' ? <p role="status">{report}</p> : null}
        {state instanceof Error ? <ProblemNote error={state} /> : null}
        {state === 'working' ? <Spinner size={24} aria-label="evaluating" /> : null}
        {state === null || state === 'working' || state instanceof Error ? null : <Results {...state} />}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button text="Close" onClick={onClose} />
            <Button intent="primary" text="Evaluate" disabled={!complete || state === 'working'} onClick={start} />
          </>
        }
      />
    </Dialog>
  );
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

function Results({ scores, kinds, detections, localisations }: Evaluation) {
  return (
    <>
      <HTMLTable compact striped className="evaluation">
        <caption>AUROC with 95 % interval (bootstrap over patients)</caption>
        <thead>
          <tr>
            <th scope="col">kind</th>
            <th scope="col">images</th>
            {scores.map(({ score }) => (
              <th scope="col" key={score}>
                {score}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind, group) => (
            <tr key={kind}>
              <th scope="row">{kind}</th>
              <td>{`${detections[0]?.[group]?.anomalous} : ${detections[0]?.[group]?.normal}`}</td>
              {scores.map(({ score }, index) => {
                const found = detections[index]?.[group];
                return (
                  <td key={score}>
                    {found === undefined ? '' : found.auroc.toFixed(2)}{' '}
                    <span className="quiet">
                      {found === undefined ? '' : `${found.lower.toFixed(2)}–${found.upper.toFixed(2)}`}
                    </span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </HTMLTable>
      <ul className="localisations">
        {localisations.map(({ score, found: { images, summary } }) => (
          <li key={score}>
            {summary === null
              ? `${score}: no scored image has an annotated anomaly, so localisation is not known.`
              : `${score}: the highest patch lies on the annotated anomaly in ${percent(summary.overlap.share)} of ${images} images (${percent(summary.overlap.interval.lower)} to ${percent(summary.overlap.interval.upper)}), by chance in ${percent(summary.overlap.byChance)}.`}
          </li>
        ))}
      </ul>
    </>
  );
}
