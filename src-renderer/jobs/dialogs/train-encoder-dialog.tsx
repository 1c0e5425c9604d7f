// Train an encoder: the inverse of a network of normals, on a cohort of normals.
import { Button } from '@blueprintjs/core';
import { useState } from 'react';
import { trainEncoderFacts } from '../../../src-preload/jobs/train-encoder.ts';
import { clusterChoice } from '../../../src-preload/parameters/cluster.ts';
import { encoderTraining } from '../../../src-preload/parameters/encoder.ts';
import { useAnswer } from '../../host/use-host.ts';
import { useUsualDevice } from './device-field.tsx';
import { FieldRow, MoreOptions, Note, TextField } from './fields.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import { ModelField } from './model-field.tsx';
import { NormalsField } from './normals-field.tsx';
import { oneJob, ParameterFields, valuesBefore } from './parameter-fields.tsx';
import { likelyNormals } from './reference-normals-field.tsx';

export function TrainEncoderDialog({ onNetwork, ...props }: DialogProps & { readonly onNetwork: () => void }) {
  const known = useAnswer('models.list', {}).data?.models ?? [];
  const models = known.filter(({ generator, discriminator }) => generator && discriminator);
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const device = useUsualDevice();
  const [selected, setModel] = useState<number>();
  const [normals, setCohort] = useState<number>();
  const [givenName, setName] = useState<string>();
  const [values, setValues] = useState(() => valuesBefore(encoderTraining, { device }));
  const [where, setWhere] = useState(() => valuesBefore(clusterChoice));
  const model = models.find(({ id }) => id === selected) ?? models[0];
  const cohort = likelyNormals(cohorts, normals);
  const name = givenName ?? (model === undefined ? '' : `${model.name} with encoder`);
  return (
    <JobDialog
      {...props}
      title={trainEncoderFacts.title}
      action="Train"
      request={
        model === undefined || cohort === undefined || name.trim() === ''
          ? null
          : {
              kind: 'train-encoder',
              parameters: { ...values, ...where, model: model.id, cohort: cohort.id, name: name.trim() },
            }
      }
    >
      {model === undefined ? (
        <Note>
          There is no network with a discriminator yet.{' '}
          <Button size="small" text="Import a network" onClick={onNetwork} /> or train one on a cohort of normals.
        </Note>
      ) : (
        <ModelField models={models} value={model.id} onChange={setModel} />
      )}
      <NormalsField value={cohort?.id ?? null} onChange={setCohort} />
      <FieldRow>
        <TextField label="Name of the network with its encoder" value={name} onChange={setName} />
      </FieldRow>
      <ParameterFields set={encoderTraining} values={values} onChange={setValues} folded={false} />
      <MoreOptions>
        <ParameterFields set={encoderTraining} values={values} onChange={setValues} folded />
        <ParameterFields set={clusterChoice} values={where} onChange={setWhere} folded narrowed={oneJob} />
      </MoreOptions>
    </JobDialog>
  );
}
