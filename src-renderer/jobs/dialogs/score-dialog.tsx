// Rescore: the reconstructions of an earlier run with other distances, regions or patches.
import { useState } from 'react';
import { scoreFacts } from '../../../src-preload/jobs/score.ts';
import { scoring } from '../../../src-preload/parameters/scoring.ts';
import { completeRuns } from '../../../src-preload/usual-score.ts';
import { useAnswer } from '../../host/use-host.ts';
import { useTriage } from '../../triage/triage-state.tsx';
import { ChoiceField, MoreOptions, Note } from './fields.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import { ParameterFields, valuesBefore } from './parameter-fields.tsx';

export function ScoreDialog(props: DialogProps) {
  const runs = (useAnswer('runs.list', {}).data?.runs ?? []).filter(({ kind, done }) => kind === 'project' && done > 0);
  const { scoreNames } = useTriage();
  const [complete] = completeRuns(scoreNames, runs);
  const [selected, setRun] = useState<number>();
  const [values, setValues] = useState(() => valuesBefore(scoring));
  const run = runs.find(({ id }) => id === selected) ?? runs.find(({ id }) => id === complete) ?? runs[0];
  return (
    <JobDialog
      {...props}
      title={scoreFacts.title}
      action="Score"
      request={run === undefined ? null : { kind: 'score', parameters: { projection: run.id, scoring: values } }}
    >
      {run === undefined ? (
        <Note>There are no reconstructions yet: reconstruct images first.</Note>
      ) : (
        <ChoiceField
          label="Reconstructions of"
          choices={runs.map(({ id, title }) => ({ label: `run ${id}: ${title}`, value: id }))}
          value={run.id}
          onChange={setRun}
        />
      )}
      <ParameterFields set={scoring} values={values} onChange={setValues} folded={false} />
      <MoreOptions>
        <ParameterFields set={scoring} values={values} onChange={setValues} folded />
      </MoreOptions>
    </JobDialog>
  );
}
