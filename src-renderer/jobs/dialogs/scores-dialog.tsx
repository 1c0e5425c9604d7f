// Score: families of scores that need one pass over each image and no reconstruction, against reference normals.
import { useState } from 'react';
import { meaningOf } from '../../../src-preload/glossary.ts';
import { scoresFacts } from '../../../src-preload/jobs/scores.ts';
import { typicality } from '../../../src-preload/parameters/typicality.ts';
import { useAnswer } from '../../host/use-host.ts';
import { countOf } from '../../review.tsx';
import { DeviceField, useUsualDevice } from './device-field.tsx';
import { ChoiceField, ManyField, MoreOptions, Note } from './fields.tsx';
import { type ImagesChoice, ImagesField, useImages } from './images-field.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import { ParameterFields, valuesBefore } from './parameter-fields.tsx';

const { device: _device, ...typicalityOptions } = typicality;

/** Whether a family needs a network, which must have a discriminator. */
const needs = (family: { readonly needs: readonly string[] }): boolean => family.needs.includes('discriminator');

export function ScoresDialog(props: DialogProps) {
  const families = (useAnswer('scores.families', {}).data?.families ?? []).filter(({ onePass }) => onePass);
  const models = (useAnswer('models.list', {}).data?.models ?? []).filter(({ discriminator }) => discriminator);
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const usualDevice = useUsualDevice();
  const [given, setGiven] = useState<readonly string[]>();
  const [selectedModel, setModel] = useState<number>();
  const [selectedNormals, setNormals] = useState<number>();
  const [images, setImages] = useState<ImagesChoice>('usual');
  const [device, setDevice] = useState(usualDevice);
  const [options, setOptions] = useState(() => valuesBefore(typicalityOptions));
  const selection = useImages(images);
  const model = models.find(({ id }) => id === selectedModel) ?? models[0];
  const normals =
    cohorts.find(({ id }) => id === selectedNormals) ?? cohorts.find(({ name }) => /normal/i.test(name)) ?? cohorts[0];
  // Without a network those that need none.
  const possible = families.filter((family) => !needs(family) || model !== undefined).map(({ name }) => name);
  const wanted = possible.filter((name) => given?.includes(name) ?? true);
  const needsNetwork = families.some((family) => needs(family) && wanted.includes(family.name));
  const hasTypicality = wanted.includes('typicality');
  return (
    <JobDialog
      {...props}
      title={scoresFacts.title}
      action="Start"
      request={
        normals === undefined || wanted.length === 0
          ? null
          : {
              kind: 'scores',
              parameters: {
                images: selection,
                normals: normals.id,
                families: wanted,
                model: needsNetwork ? model!.id : null,
                settings: hasTypicality ? { typicality: { ...options } } : {},
                device,
              },
            }
      }
    >
      <ManyField
        label="Families of scores"
        choices={possible}
        value={wanted}
        onChange={setGiven}
        tooltips={(name) => families.find((family) => family.name === name)?.title}
      />
      {needsNetwork && model !== undefined ? (
        <ChoiceField
          label="Network of normals"
          tooltip={meaningOf('network of normals')}
          choices={models.map(({ id, name, resolution }) => ({
            label: `${name} (${resolution} × ${resolution})`,
            value: id,
          }))}
          value={model.id}
          onChange={setModel}
        />
      ) : null}
      {normals === undefined ? (
        <Note>Make a cohort of normal images first: filter them in Triage and name the current list there.</Note>
      ) : (
        <ChoiceField
          label="Reference normals"
          tooltip={meaningOf('reference normals')}
          choices={cohorts.map(({ id, name, images }) => ({ label: `cohort ${name}: ${countOf(images)}`, value: id }))}
          value={normals.id}
          onChange={setNormals}
        />
      )}
      <ImagesField value={images} onChange={setImages} />
      <DeviceField value={device} onChange={setDevice} />
      {hasTypicality ? (
        <MoreOptions>
          <ParameterFields set={typicalityOptions} values={options} onChange={setOptions} folded />
        </MoreOptions>
      ) : null}
    </JobDialog>
  );
}
