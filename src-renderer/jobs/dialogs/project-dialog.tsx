// Reconstruct and score: projects images into the latent space of a network of normals and scores what it misses.
import { Button } from '@blueprintjs/core';
import { useState } from 'react';
import { useAnswer } from '../../host/use-host.ts';
import { DeviceField, useUsualDevice } from './device-field.tsx';
import { ChoiceField, FieldRow, Note, NumberField } from './fields.tsx';
import { type ImagesChoice, ImagesField, useImages } from './images-field.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import { type Scoring, ScoringFields, usualScoring } from './scoring-fields.tsx';

/** Patches are an eighth of the picture, as 32 of 256 published, and not less than 16 pixels. */
const usualPatch = (resolution: number): number => Math.max(Math.min(16, resolution), resolution / 8);
/** Small networks leave a device idle one image at a time. */
const usualBatch = (resolution: number): number => (resolution <= 64 ? 8 : 1);

export function ProjectDialog({ onNetwork, ...props }: DialogProps & { readonly onNetwork: () => void }) {
  const models = useAnswer('models.list', {}).data?.models ?? [];
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const usualDevice = useUsualDevice();
  const [given, setGiven] = useState<number>();
  const [images, setImages] = useState<ImagesChoice>('all');
  const [loss, setLoss] = useState<'lpips' | 'discriminator' | 'pixel' | null>(null);
  const [normals, setNormals] = useState<number | null>(null);
  const [space, setSpace] = useState<'w' | 'w+'>('w');
  const [steps, setSteps] = useState(1000);
  const [givenBatch, setBatch] = useState<number>();
  const [device, setDevice] = useState(usualDevice);
  const [givenScoring, setScoring] = useState<Scoring>();
  const model = models.find(({ id }) => id === given) ?? models[0];
  const resolution = model?.resolution ?? 256;
  const batch = givenBatch ?? usualBatch(resolution);
  const scoring = givenScoring ?? { ...usualScoring, patchSize: usualPatch(resolution) };
  const selection = useImages(images);
  return (
    <JobDialog
      {...props}
      title="Reconstruct and score"
      action="Start"
      long
      request={
        model === undefined
          ? null
          : {
              kind: 'project',
              parameters: {
                images: selection,
                projecting: { model: model.id, normals, loss, space, steps, batch, device },
                scoring,
              },
            }
      }
    >
      {model === undefined ? (
        <Note>
          There is no network yet. <Button size="small" text="Import a network" onClick={onNetwork} /> or train one on a
          cohort of normals.
        </Note>
      ) : (
        <ChoiceField
          label="Network of normals"
          choices={models.map(({ id, name, resolution }) => ({
            label: `${name} (${resolution} × ${resolution})`,
            value: id,
          }))}
          value={model.id}
          onChange={setGiven}
        />
      )}
      <ImagesField value={images} onChange={setImages} />
      <FieldRow>
        <NumberField
          label="Steps per image"
          value={steps}
          min={1}
          max={100_000}
          onChange={setSteps}
          help="1000 as published"
        />
        <NumberField key={resolution} label="Images at once" value={batch} min={1} max={256} onChange={setBatch} />
        <ChoiceField
          label="Loss"
          choices={[
            { label: 'what the network allows', value: null },
            { label: 'lpips (needs its weights)', value: 'lpips' },
            { label: 'discriminator', value: 'discriminator' },
            { label: 'pixel', value: 'pixel' },
          ]}
          value={loss}
          onChange={setLoss}
        />
      </FieldRow>
      <FieldRow>
        <ChoiceField
          label="Latent space"
          choices={[
            { label: 'W, as published', value: 'w' },
            { label: 'W+, one vector a layer', value: 'w+' },
          ]}
          value={space}
          onChange={setSpace}
        />
        <ChoiceField
          label="Balance the loss on"
          choices={[
            { label: 'images that the network draws', value: null },
            ...cohorts.map(({ id, name }) => ({ label: `cohort ${name}`, value: id })),
          ]}
          value={normals}
          onChange={setNormals}
        />
      </FieldRow>
      <DeviceField value={device} onChange={setDevice} />
      <ScoringFields value={scoring} onChange={setScoring} resolution={resolution} />
    </JobDialog>
  );
}
