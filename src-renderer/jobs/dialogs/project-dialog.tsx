// Reconstruct and score: projects images into the latent space of a network of normals and scores what it misses.

import { Button } from '@blueprintjs/core';
import { useState } from 'react';
import { meaningOf } from '../../../src-preload/glossary.ts';
import { projectFacts } from '../../../src-preload/jobs/project.ts';
import { clusterChoice } from '../../../src-preload/parameters/cluster.ts';
import { projection } from '../../../src-preload/parameters/projection.ts';
import { scoring } from '../../../src-preload/parameters/scoring.ts';
import { useAnswer } from '../../host/use-host.ts';
import { countOf } from '../../review.tsx';
import { useUsualDevice } from './device-field.tsx';
import { ChoiceField, MoreOptions, Note } from './fields.tsx';
import { type ImagesChoice, ImagesField, useImages } from './images-field.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import { ModelField } from './model-field.tsx';
import { ParameterFields, valuesBefore } from './parameter-fields.tsx';

/** Patches are an eighth of the picture, as 32 of 256 published, and not less than 16 pixels. */
const usualPatch = (resolution: number): number => Math.max(Math.min(16, resolution), resolution / 8);
/** Small networks leave a device idle one image at a time. */
const usualBatch = (resolution: number): number => (resolution <= 64 ? 8 : 1);

export function ProjectDialog({ onNetwork, ...props }: DialogProps & { readonly onNetwork: () => void }) {
  const models = (useAnswer('models.list', {}).data?.models ?? []).filter(({ generator }) => generator);
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const device = useUsualDevice();
  const [selected, setModel] = useState<number>();
  const [images, setImages] = useState<ImagesChoice>('usual');
  const [where, setWhere] = useState(() => valuesBefore(clusterChoice));
  const [givenNormals, setNormals] = useState<number | null>();
  const [givenProjecting, setProjecting] = useState<ReturnType<typeof projectingBefore>>();
  const [givenScoring, setScoring] = useState<ReturnType<typeof scoringBefore>>();
  // Those that other runs compared images with.
  const normals = givenNormals === undefined ? (cohorts.find(({ reference }) => reference)?.id ?? null) : givenNormals;
  const model = models.find(({ id }) => id === selected) ?? models[0];
  const resolution = model?.resolution ?? 256;
  const projecting = givenProjecting ?? projectingBefore(resolution, device);
  const scores = givenScoring ?? scoringBefore(resolution);
  const selection = useImages(images);
  return (
    <JobDialog
      {...props}
      title={projectFacts.title}
      action="Start"
      long
      request={
        model === undefined
          ? null
          : {
              kind: 'project',
              parameters: {
                images: selection,
                projecting: { ...projecting, model: model.id, normals },
                scoring: scores,
                ...where,
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
        <ModelField
          models={models}
          value={model.id}
          onChange={(id) => {
            setModel(id);
            // What fits one network need not fit another.
            setProjecting(undefined);
            setScoring(undefined);
          }}
        />
      )}
      <ImagesField value={images} onChange={setImages} />
      <ChoiceField
        label="Reference normals"
        tooltip={meaningOf('reference normals')}
        choices={[
          { label: 'none', value: null },
          ...cohorts.map(({ id, name, images }) => ({ label: `cohort ${name}: ${countOf(images)}`, value: id })),
        ]}
        value={normals}
        onChange={setNormals}
        help="Some of them are reconstructed too, to calibrate anomaly; the loss is balanced on the others."
      />
      <ParameterFields set={projection} values={projecting} onChange={setProjecting} folded={false} />
      <ParameterFields set={scoring} values={scores} onChange={setScoring} folded={false} />
      <MoreOptions>
        <ParameterFields
          key={resolution}
          set={projection}
          values={projecting}
          onChange={setProjecting}
          folded
          narrowed={{
            loss: { refused: model?.discriminator === false ? { discriminator: 'this network has none' } : {} },
          }}
        />
        <ParameterFields
          set={scoring}
          values={scores}
          onChange={setScoring}
          folded
          narrowed={{ patchSize: { max: resolution } }}
        />
        <ParameterFields set={clusterChoice} values={where} onChange={setWhere} folded />
      </MoreOptions>
    </JobDialog>
  );
}

const projectingBefore = (resolution: number, device: ReturnType<typeof useUsualDevice>) =>
  valuesBefore(projection, { batch: usualBatch(resolution), device });
const scoringBefore = (resolution: number) => valuesBefore(scoring, { patchSize: usualPatch(resolution) });
