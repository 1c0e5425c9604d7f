// Evaluate: AUROC of every score of a run for each kind of anomaly, and whether patches lie on annotated anomalies.
import { Button, Spinner } from '@blueprintjs/core';
import { FormDialog } from '../../form-dialog.tsx';
import { ProblemNote } from '../../problem.tsx';
import styles from './evaluate-dialog.module.css';
import { EvaluationResults } from './evaluation-results.tsx';
import { ChoiceField, FieldRow, Note } from './fields.tsx';
import { PathField } from './path-field.tsx';
import { useEvaluation } from './use-evaluation.ts';

export function EvaluateDialog({ onClose }: { readonly onClose: () => void }) {
  const { runs, run, setRun, kinds, baseline, setBaseline, complete, file, setFile, report, write, state, start } =
    useEvaluation();
  return (
    <FormDialog
      wide
      title="Evaluate scores"
      action="Evaluate"
      cancel="Close"
      disabled={!complete || state === 'working'}
      onSubmit={start}
      onClose={onClose}
    >
      {complete ? (
        <FieldRow>
          <ChoiceField
            label="Scores of"
            choices={runs.map(({ id, title }) => ({ label: `run ${id}: ${title}`, value: id }))}
            value={run}
            onChange={setRun}
          />
          <ChoiceField
            label="Kind of the normal images"
            choices={kinds.map((kind) => ({ label: kind, value: kind }))}
            value={baseline}
            onChange={setBaseline}
          />
        </FieldRow>
      ) : (
        <Note>
          An evaluation compares images of at least two kinds that a run has scored. Import them with their kinds, then
          reconstruct and score them.
        </Note>
      )}
      {complete ? (
        <div className={styles.report}>
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
      {state === null || state === 'working' || state instanceof Error ? null : <EvaluationResults {...state} />}
    </FormDialog>
  );
}
