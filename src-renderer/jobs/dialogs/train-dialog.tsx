// Train: a StyleGAN2-ADA of a cohort of normals, with the published options that matter most.
import { useState } from 'react';
import { trainFacts } from '../../../src-preload/jobs/train.ts';
import {
  type TrainingWindow,
  training,
  trainingWindow,
  windowByModality,
} from '../../../src-preload/parameters/training.ts';
import { useAnswer } from '../../host/use-host.ts';
import { computedTomographyWindows } from '../../inspect/window-level.ts';
import { useUsualDevice } from './device-field.tsx';
import { ChoiceField, FieldRow, FlagField, MoreOptions, Note, TextField } from './fields.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import { NormalsField } from './normals-field.tsx';
import { NumberField } from './number-field.tsx';
import { ParameterFields, valuesBefore } from './parameter-fields.tsx';
import { PathField } from './path-field.tsx';
import { likelyNormals } from './reference-normals-field.tsx';

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
          : { kind: 'train', parameters: { ...values, cohort: cohort.id, name: name.trim(), window, options } }
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
      <FieldRow>
        <ChoiceField
          label={trainingWindow.label}
          choices={[
            { label: 'one for all CT, else as each file says', value: 'auto' as TrainingWindow },
            { label: 'as each file says', value: null },
            ...computedTomographyWindows.map(({ name, center, width }) => ({
              label: `CT ${name}: W ${width} L ${center}`,
              value: { center, width },
            })),
          ]}
          value={window}
          onChange={setWindow}
        />
      </FieldRow>
      <Note>{windowNote(window)}</Note>
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
      </MoreOptions>
    </JobDialog>
  );
}

const { center, width } = windowByModality.CT;
const imageByImage =
  'deep images (DICOM, NIfTI, 16 bits) get the window of their own file, or are stretched from their own minimum to their own maximum, so equal values can differ in grey between images.';

/** What is done to the images of a training, in words. */
function windowNote(window: TrainingWindow): string {
  const turned = 'Slices of NIfTI volumes are turned by their affine.';
  if (window === 'auto')
    return `CT in Hounsfield units: all images get the window that most of them state, or W ${width} L ${center}. Other ${imageByImage} ${turned}`;
  if (window === null) return `8-bit images stay as they are; ${imageByImage} ${turned}`;
  return `All images get this window, in the units of their files. ${turned}`;
}
