// Train: a StyleGAN2-ADA of a cohort of normals, with the published options that matter most.
import { useState } from 'react';
import { trainFacts } from '../../../src-preload/jobs/train.ts';
import { clusterChoice } from '../../../src-preload/parameters/cluster.ts';
import { type TrainingWindow, training } from '../../../src-preload/parameters/training.ts';
import { useAnswer } from '../../host/use-host.ts';
import { useUsualDevice } from './device-field.tsx';
import { ChoiceField, FieldRow, FlagField, MoreOptions, TextField } from './fields.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import { NormalsField } from './normals-field.tsx';
import { NumberField } from './number-field.tsx';
import { oneJob, ParameterFields, valuesBefore } from './parameter-fields.tsx';
import { PathField } from './path-field.tsx';
import { likelyNormals } from './reference-normals-field.tsx';
import { WindowField } from './window-field.tsx';

export function TrainDialog(props: DialogProps) {
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const device = useUsualDevice();
  const [selected, setCohort] = useState<number>();
  const [givenName, setName] = useState<string>();
  const [window, setWindow] = useState<TrainingWindow>('auto');
  const [kimg, setKimg] = useState(1000);
  const [mirror, setMirror] = useState(false);
  const [aug, setAug] = useState<'ada' | 'noaug'>('ada');
  const [resume, setResume] = useState('');
  const [values, setValues] = useState(() => valuesBefore(training, { device }));
  const [where, setWhere] = useState(() => valuesBefore(clusterChoice));
  const cohort = likelyNormals(cohorts, selected);
  const name = givenName ?? cohort?.name ?? '';
  const options = {
    ...{ kimg, mirror, aug, metrics: 'none', snap: 10 },
    ...(resume.trim() === '' ? {} : { resume: resume.trim() }),
  };
  return (
    <JobDialog
      {...props}
      title={trainFacts.title}
      action="Train"
      long
      request={
        cohort === undefined || name.trim() === ''
          ? null
          : {
              kind: 'train',
              parameters: { ...values, ...where, cohort: cohort.id, name: name.trim(), window, options },
            }
      }
    >
      <NormalsField value={cohort?.id ?? null} onChange={setCohort} />
      <FieldRow>
        <TextField label="Name of the network" value={name} onChange={setName} />
        <NumberField
          label="Training length (thousand images)"
          value={kimg}
          min={1}
          max={100_000}
          onChange={setKimg}
          tooltip="How many images the discriminator is shown in all, in thousands. The published default is 25000."
        />
      </FieldRow>
      <ParameterFields set={training} values={values} onChange={setValues} folded={false} />
      <WindowField value={window} onChange={setWindow} />
      <MoreOptions>
        <FieldRow>
          <ChoiceField
            label="Augmentation"
            choices={[
              { label: 'adaptive (few images)', value: 'ada' },
              { label: 'none', value: 'noaug' },
            ]}
            value={aug}
            onChange={setAug}
          />
        </FieldRow>
        <ParameterFields set={training} values={values} onChange={setValues} folded />
        <PathField
          label="Start from a network file"
          what="file"
          value={resume}
          onChange={setResume}
          placeholder="none: start from random weights"
        />
        <FlagField
          label="Also show each image mirrored (not where left and right differ)"
          value={mirror}
          onChange={setMirror}
        />
        <ParameterFields set={clusterChoice} values={where} onChange={setWhere} folded narrowed={oneJob} />
      </MoreOptions>
    </JobDialog>
  );
}
