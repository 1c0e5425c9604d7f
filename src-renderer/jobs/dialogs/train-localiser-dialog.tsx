// Train a localiser: a network that marks anomalies in one pass, on a cohort of normals.
import { useState } from 'react';
import { trainLocaliserFacts } from '../../../src-preload/jobs/train-localiser.ts';
import { clusterChoice } from '../../../src-preload/parameters/cluster.ts';
import { localiserTraining } from '../../../src-preload/parameters/localiser.ts';
import type { TrainingWindow } from '../../../src-preload/parameters/training.ts';
import { useAnswer } from '../../host/use-host.ts';
import { useUsualDevice } from './device-field.tsx';
import { FieldRow, MoreOptions, TextField } from './fields.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import { NormalsField } from './normals-field.tsx';
import { oneJob, ParameterFields, valuesBefore } from './parameter-fields.tsx';
import { likelyNormals } from './reference-normals-field.tsx';
import { WindowField } from './window-field.tsx';

export function TrainLocaliserDialog(props: DialogProps) {
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const device = useUsualDevice();
  const [selected, setCohort] = useState<number>();
  const [givenName, setName] = useState<string>();
  const [window, setWindow] = useState<TrainingWindow>('auto');
  const [values, setValues] = useState(() => valuesBefore(localiserTraining, { device }));
  const [where, setWhere] = useState(() => valuesBefore(clusterChoice));
  const cohort = likelyNormals(cohorts, selected);
  const name = givenName ?? (cohort === undefined ? '' : `localiser of ${cohort.name}`);
  return (
    <JobDialog
      {...props}
      title={trainLocaliserFacts.title}
      action="Train"
      long
      request={
        cohort === undefined || name.trim() === ''
          ? null
          : {
              kind: 'train-localiser',
              parameters: { ...values, ...where, cohort: cohort.id, name: name.trim(), window },
            }
      }
    >
      <NormalsField value={cohort?.id ?? null} onChange={setCohort} />
      <FieldRow>
        <TextField label="Name of the network" value={name} onChange={setName} />
      </FieldRow>
      <ParameterFields set={localiserTraining} values={values} onChange={setValues} folded={false} />
      <WindowField value={window} onChange={setWindow} />
      <MoreOptions>
        <ParameterFields set={localiserTraining} values={values} onChange={setValues} folded />
        <ParameterFields set={clusterChoice} values={where} onChange={setWhere} folded narrowed={oneJob} />
      </MoreOptions>
    </JobDialog>
  );
}
