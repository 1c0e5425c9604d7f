// Train: a StyleGAN2-ADA of a cohort of normals, with the published options that matter most.
import { Checkbox } from '@blueprintjs/core';
import { useState } from 'react';
import { useAnswer } from '../../host/use-host.ts';
import { computedTomographyWindows } from '../../inspect/window-level.ts';
import { DeviceField, useUsualDevice } from './device-field.tsx';
import { ChoiceField, FieldRow, NumberField, PathField, TextField } from './fields.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import { NormalsField } from './normals-field.tsx';

const resolutions = [32, 64, 128, 256, 512, 1024] as const;

export function TrainDialog(props: DialogProps) {
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const usualDevice = useUsualDevice();
  const [given, setGiven] = useState<number>();
  const [givenName, setName] = useState<string>();
  const [resolution, setResolution] = useState<number | null>(null);
  const [fit, setFit] = useState<'crop' | 'pad' | 'squash'>('crop');
  const [window, setWindow] = useState<{ readonly center: number; readonly width: number } | null>(null);
  const [kimg, setKimg] = useState(1000);
  const [mirror, setMirror] = useState(false);
  const [aug, setAug] = useState<'ada' | 'noaug'>('ada');
  const [resume, setResume] = useState('');
  const [device, setDevice] = useState(usualDevice);
  // Whoever made a cohort of normals most likely called it so.
  const cohort =
    cohorts.find(({ id }) => id === given) ?? cohorts.find(({ name }) => /normal/i.test(name)) ?? cohorts[0];
  const name = givenName ?? cohort?.name ?? '';
  const options = {
    ...{ kimg, mirror, aug, metrics: 'none', snap: 10 },
    ...(resume.trim() === '' ? {} : { resume: resume.trim() }),
  };
  return (
    <JobDialog
      {...props}
      title="Train a network on normals"
      action="Train"
      long
      request={
        cohort === undefined || name.trim() === ''
          ? null
          : {
              kind: 'train',
              parameters: { cohort: cohort.id, name: name.trim(), resolution, window, fit, options, device },
            }
      }
    >
      <NormalsField value={cohort?.id ?? null} onChange={setGiven} />
      <FieldRow>
        <TextField label="Name of the network" value={name} onChange={setName} />
        <ChoiceField
          label="Resolution"
          choices={[
            { label: 'as the images are', value: null },
            ...resolutions.map((side) => ({ label: `${side} × ${side}`, value: side })),
          ]}
          value={resolution}
          onChange={setResolution}
        />
        <ChoiceField
          label="Rectangles become squares by"
          choices={(['crop', 'pad', 'squash'] as const).map((value) => ({ label: value, value }))}
          value={fit}
          onChange={setFit}
        />
      </FieldRow>
      <FieldRow>
        <ChoiceField
          label="Window"
          choices={[
            { label: 'as each file says', value: null },
            ...computedTomographyWindows.map(({ name, center, width }) => ({
              label: `CT ${name}: ${width} / ${center}`,
              value: { center, width },
            })),
          ]}
          value={window}
          onChange={setWindow}
        />
        <NumberField
          label="Thousands of images shown"
          value={kimg}
          min={1}
          max={100_000}
          onChange={setKimg}
          help="25000 as published"
        />
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
      <PathField
        label="Start from a network file"
        what="file"
        value={resume}
        onChange={setResume}
        placeholder="none: begin anew"
      />
      <DeviceField value={device} onChange={setDevice} />
      <Checkbox
        checked={mirror}
        label="Show each image mirrored as well (not where left and right differ)"
        onChange={({ currentTarget }) => setMirror(currentTarget.checked)}
      />
    </JobDialog>
  );
}
