// Score: families of scores that need one pass over each image and no reconstruction, against reference normals.
import { useState } from 'react';
import { scoresFacts, scoresOptions } from '../../../src-preload/jobs/scores.ts';
import { clusterChoice } from '../../../src-preload/parameters/cluster.ts';
import { asksForDiscriminator, parametersOfFamily } from '../../../src-preload/parameters/families.ts';
import { useAnswer } from '../../host/use-host.ts';
import { useUsualDevice } from './device-field.tsx';
import { ManyField, MoreOptions, Note } from './fields.tsx';
import { type ImagesChoice, ImagesField, useImages } from './images-field.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import type { JobRequest } from './job-request.ts';
import { KeptSpace } from './kept-space.tsx';
import { ModelField } from './model-field.tsx';
import { ParameterFields, valuesBefore } from './parameter-fields.tsx';
import { likelyNormals, ReferenceNormalsField } from './reference-normals-field.tsx';

type Needing = { readonly needs: readonly string[] };
/** Whether a family needs a network, which must have a discriminator. */
const needsDiscriminator = ({ needs }: Needing): boolean => needs.includes('discriminator');
const needsNormals = ({ needs }: Needing): boolean => needs.includes('normals');
const needsLocaliser = ({ needs }: Needing): boolean => needs.includes('localiser');

export function ScoresDialog(props: DialogProps) {
  const families = (useAnswer('scores.families', {}).data?.families ?? []).filter(({ onePass }) => onePass);
  const known = useAnswer('models.list', {}).data?.models ?? [];
  const models = known.filter(({ discriminator }) => discriminator);
  const localisers = known.filter((each) => each.localiser);
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const device = useUsualDevice();
  const [given, setGiven] = useState<readonly string[]>();
  const [selectedModel, setModel] = useState<number>();
  const [selectedLocaliser, setLocaliser] = useState<number>();
  const [selectedNormals, setNormals] = useState<number>();
  const [images, setImages] = useState<ImagesChoice>('usual');
  const [options, setOptions] = useState(() => valuesBefore(scoresOptions, { device }));
  const [where, setWhere] = useState(() => valuesBefore(clusterChoice));
  const [changed, setChanged] = useState<Readonly<Record<string, Readonly<Record<string, unknown>>>>>({});
  const selection = useImages(images);
  const model = models.find(({ id }) => id === selectedModel) ?? models[0];
  const localiser = localisers.find(({ id }) => id === selectedLocaliser) ?? localisers[0];
  const normals = likelyNormals(cohorts, selectedNormals);
  // Without a network those that need none.
  const usable = families
    .filter((family) => !needsDiscriminator(family) || model !== undefined)
    .filter((family) => !needsLocaliser(family) || localiser !== undefined);
  // Those that compare with normals, unless the user says otherwise: text takes seconds for an image and answers another question.
  const wanted = usable
    .filter((family) => given?.includes(family.name) ?? needsNormals(family))
    .map(({ name }) => name);
  const isWanted = (needs: (family: Needing) => boolean) =>
    families.some((family) => needs(family) && wanted.includes(family.name));
  const fewest = Math.max(
    0,
    ...families.filter(({ name }) => wanted.includes(name)).map((family) => family.fewestNormals ?? 0),
  );
  const tooFew = normals !== undefined && normals.images < fewest;
  const marks = isWanted(needsLocaliser);
  const compares = isWanted(needsNormals);
  const sets = wanted.map((name) => ({ name, set: parametersOfFamily(name) }));
  const valuesOf = ({ name, set }: (typeof sets)[number]) => changed[name] ?? valuesBefore(set);
  const needsNetwork = isWanted(needsDiscriminator) || sets.some((each) => asksForDiscriminator(valuesOf(each)));
  const fields = (folded: boolean) => (
    <>
      {sets.map((each) => (
        <ParameterFields
          key={each.name}
          set={each.set}
          values={valuesOf(each)}
          onChange={(values) => setChanged({ ...changed, [each.name]: values })}
          folded={folded}
        />
      ))}
      <ParameterFields set={scoresOptions} values={options} onChange={setOptions} folded={folded} />
      <ParameterFields set={clusterChoice} values={where} onChange={setWhere} folded={folded} />
    </>
  );
  const request: JobRequest | null =
    wanted.length === 0 || (compares && (normals === undefined || tooFew))
      ? null
      : {
          kind: 'scores',
          parameters: {
            images: selection,
            normals: compares ? normals!.id : null,
            families: wanted,
            model: needsNetwork ? (model?.id ?? null) : null,
            localiser: marks ? localiser!.id : null,
            settings: Object.fromEntries(sets.map((each) => [each.name, { ...valuesOf(each) }])),
            ...options,
            ...where,
          },
        };
  return (
    <JobDialog {...props} title={scoresFacts.title} action="Start" request={request}>
      <ManyField
        label="Families of scores"
        choices={usable.map(({ name }) => name)}
        value={wanted}
        onChange={setGiven}
        tooltips={(name) => families.find((family) => family.name === name)?.title}
      />
      {needsNetwork && model !== undefined ? <ModelField models={models} value={model.id} onChange={setModel} /> : null}
      {marks && localiser !== undefined ? (
        <ModelField label="Localiser" models={localisers} value={localiser.id} onChange={setLocaliser} />
      ) : null}
      {compares ? <ReferenceNormalsField cohorts={cohorts} value={normals?.id} onChange={setNormals} /> : null}
      {compares && tooFew ? <Note warning>{`These families need ${fewest} reference normals or more.`}</Note> : null}
      <ImagesField value={images} onChange={setImages} />
      {fields(false)}
      <MoreOptions>{fields(true)}</MoreOptions>
      {request === null ? null : <KeptSpace request={request} />}
    </JobDialog>
  );
}
