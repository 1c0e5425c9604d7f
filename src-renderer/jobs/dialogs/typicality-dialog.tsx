// Typicality: ranks images by one look of the network's discriminator at each, against a cohort of normals.
import { Button } from '@blueprintjs/core';
import { useState } from 'react';
import { useAnswer } from '../../host/use-host.ts';
import { DeviceField, useUsualDevice } from './device-field.tsx';
import { ChoiceField, FieldRow, Note, NumberField } from './fields.tsx';
import { type ImagesChoice, ImagesField, useImages } from './images-field.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';

export function TypicalityDialog({ onNetwork, ...props }: DialogProps & { readonly onNetwork: () => void }) {
  const models = (useAnswer('models.list', {}).data?.models ?? []).filter(({ discriminator }) => discriminator);
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const usualDevice = useUsualDevice();
  const [givenModel, setModel] = useState<number>();
  const [givenNormals, setNormals] = useState<number>();
  const [images, setImages] = useState<ImagesChoice>('all');
  const [components, setComponents] = useState(64);
  const [neighbours, setNeighbours] = useState(5);
  const [device, setDevice] = useState(usualDevice);
  const selection = useImages(images);
  const model = models.find(({ id }) => id === givenModel) ?? models[0];
  const normals =
    cohorts.find(({ id }) => id === givenNormals) ?? cohorts.find(({ name }) => /normal/i.test(name)) ?? cohorts[0];
  return (
    <JobDialog
      {...props}
      title="Typicality: one look at each image"
      action="Start"
      request={
        model === undefined || normals === undefined
          ? null
          : {
              kind: 'typicality',
              parameters: { images: selection, model: model.id, normals: normals.id, components, neighbours, device },
            }
      }
    >
      {model === undefined ? (
        <Note>
          There is no network with a discriminator yet.{' '}
          <Button size="small" text="Import a network" onClick={onNetwork} /> or train one on a cohort of normals.
        </Note>
      ) : (
        <ChoiceField
          label="Network of normals"
          choices={models.map(({ id, name, resolution }) => ({
            label: `${name} (${resolution} × ${resolution})`,
            value: id,
          }))}
          value={model.id}
          onChange={setModel}
        />
      )}
      {normals === undefined ? (
        <Note>Make a cohort of normal images first: filter them in Triage, and name there what is listed.</Note>
      ) : (
        <ChoiceField
          label="Normal images to learn from"
          choices={cohorts.map(({ id, name, images }) => ({ label: `cohort ${name}: ${images} images`, value: id }))}
          value={normals.id}
          onChange={setNormals}
          help="Best are those that the network was trained on, or others that no score is judged on."
        />
      )}
      <ImagesField value={images} onChange={setImages} />
      <FieldRow>
        <NumberField label="Principal components" value={components} min={1} max={1000} onChange={setComponents} />
        <NumberField label="Nearest normals" value={neighbours} min={1} max={100} onChange={setNeighbours} />
      </FieldRow>
      <DeviceField value={device} onChange={setDevice} />
    </JobDialog>
  );
}
