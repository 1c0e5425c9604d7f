// Score anew: the reconstructions of an earlier run with other distances, regions or patches.
import { useState } from 'react';
import { useAnswer } from '../../host/use-host.ts';
import { ChoiceField, Note } from './fields.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import { ScoringFields, usualScoring } from './scoring-fields.tsx';

export function ScoreDialog(props: DialogProps) {
  const runs = (useAnswer('runs.list', {}).data?.runs ?? []).filter(({ kind, done }) => kind === 'project' && done > 0);
  const [given, setGiven] = useState<number>();
  const [scoring, setScoring] = useState(usualScoring);
  const run = runs.find(({ id }) => id === given) ?? runs[0];
  return (
    <JobDialog
      {...props}
      title="Score reconstructions anew"
      action="Score"
      request={run === undefined ? null : { kind: 'score', parameters: { projection: run.id, scoring } }}
    >
      {run === undefined ? (
        <Note>There are no reconstructions yet: reconstruct images first.</Note>
      ) : (
        <ChoiceField
          label="Reconstructions of"
          choices={runs.map(({ id, title }) => ({ label: `run ${id}: ${title}`, value: id }))}
          value={run.id}
          onChange={setGiven}
        />
      )}
      <ScoringFields value={scoring} onChange={setScoring} resolution={1024} />
    </JobDialog>
  );
}
