// Learn from verdicts: the images of a run ranked again by what was kept and rejected so far.
import { useState } from 'react';
import { learnFacts } from '../../../src-preload/jobs/learn.ts';
import { useAnswer } from '../../host/use-host.ts';
import { ChoiceField, Note } from './fields.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';

export function LearnDialog(props: DialogProps) {
  const runs = (useAnswer('runs.list', {}).data?.runs ?? []).filter(({ kind, done }) => kind === 'scores' && done > 0);
  const verdicts = useAnswer('images.facets', { filter: {} }).data?.verdicts ?? [];
  const [selected, setRun] = useState<number>();
  const run = runs.find(({ id }) => id === selected) ?? runs[0];
  const count = (wanted: string) => verdicts.find(({ value }) => value === wanted)?.images ?? 0;
  const [kept, rejected] = [count('keep'), count('reject')];
  const isEnough = kept + rejected >= 20 && Math.min(kept, rejected) >= 4;
  return (
    <JobDialog
      {...props}
      title={learnFacts.title}
      action="Learn"
      request={run === undefined || !isEnough ? null : { kind: 'learn', parameters: { run: run.id } }}
    >
      {run === undefined ? (
        <Note>There are no one-pass scores yet: score images first.</Note>
      ) : (
        <ChoiceField
          label="Images of"
          choices={runs.map(({ id, title }) => ({ label: `run ${id}: ${title}`, value: id }))}
          value={run.id}
          onChange={setRun}
        />
      )}
      <Note>
        {`${kept} kept and ${rejected} rejected so far; at least 20 verdicts are needed, 4 of each kind. The score "learned" is added beside the others; the log says by cross-validation how well it ranks.`}
      </Note>
    </JobDialog>
  );
}
