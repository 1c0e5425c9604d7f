// Typicality: ranks images by the features that the network's discriminator sees in each, against a cohort of normals.

import { Button } from '@blueprintjs/core';
import { useState } from 'react';
import { typicalityFacts } from '../../../src-preload/jobs/typicality.ts';
import { typicality } from '../../../src-preload/parameters/typicality.ts';
import { useAnswer } from '../../host/use-host.ts';
import { useUsualDevice } from './device-field.tsx';
import { MoreOptions, Note } from './fields.tsx';
import { type ImagesChoice, ImagesField, useImages } from './images-field.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import { ModelField } from './model-field.tsx';
import { ParameterFields, valuesBefore } from './parameter-fields.tsx';
import { likelyNormals, ReferenceNormalsField } from './reference-normals-field.tsx';

export function TypicalityDialog({ onNetwork, ...props }: DialogProps & { readonly onNetwork: () => void }) {
  const models = (useAnswer('models.list', {}).data?.models ?? []).filter(({ discriminator }) => discriminator);
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const device = useUsualDevice();
  const [selectedModel, setModel] = useState<number>();
  const [selectedNormals, setNormals] = useState<number>();
  const [images, setImages] = useState<ImagesChoice>('usual');
  const [values, setValues] = useState(() => valuesBefore(typicality, { device }));
  const selection = useImages(images);
  const model = models.find(({ id }) => id === selectedModel) ?? models[0];
  const normals = likelyNormals(cohorts, selectedNormals);
  return (
    <JobDialog
      {...props}
      title={typicalityFacts.title}
      action="Start"
      request={
        model === undefined || normals === undefined
          ? null
          : { kind: 'typicality', parameters: { ...values, images: selection, model: model.id, normals: normals.id } }
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
      <ReferenceNormalsField cohorts={cohorts} value={normals?.id} onChange={setNormals} />
      <ImagesField value={images} onChange={setImages} />
      <ParameterFields set={typicality} values={values} onChange={setValues} folded={false} />
      <MoreOptions>
        <ParameterFields set={typicality} values={values} onChange={setValues} folded />
      </MoreOptions>
    </JobDialog>
  );
}
