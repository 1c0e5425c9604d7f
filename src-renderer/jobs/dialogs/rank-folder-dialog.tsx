// The first ranking of one's own images: a folder, its normals, and the top row; no training and nothing to be read first.
import { ProgressBar } from '@blueprintjs/core';
import { useEffect, useRef, useState } from 'react';
import type { Host } from '../../../src-preload/host.ts';
import { FormDialog } from '../../form-dialog.tsx';
import { useAnswer, useHost } from '../../host/use-host.ts';
import { ProblemNote } from '../../problem.tsx';
import { countOf } from '../../review.tsx';
import { useTriage } from '../../triage/triage-state.tsx';
import { paceWords } from '../pace.ts';
import { usePaces } from '../paces.tsx';
import { queueAndWait } from '../queue-and-wait.ts';
import { ChoiceField, Note } from './fields.tsx';
import { PathField } from './path-field.tsx';

/** Where the normals come from: a folder of their own, a kind of the images, or a cohort that is there. */
type Normals = { readonly from: 'folder' } | { readonly kind: string } | { readonly cohort: number };

/** Families that need normals and no network: they rank within minutes. */
const families = ['features', 'acquisition'] as const;
/** Fewer normals teach nothing that can be relied on. */
const fewNormals = 50;

interface RankFolderProps {
  readonly onClose: () => void;
  readonly onRanked: () => void;
}

export function RankFolderDialog({ onClose, onRanked }: RankFolderProps) {
  const host = useHost();
  const { setFilter, startOver } = useTriage();
  const info = useAnswer('catalog.info', {}).data;
  const facets = useAnswer('images.facets', { filter: {} }).data;
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const [folder, setFolder] = useState('');
  const [normalFolder, setNormalFolder] = useState('');
  const [given, setNormals] = useState<Normals>();
  const [working, setWorking] = useState<string | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);
  // Once their kinds are known too: the folder called normal is proposed at once.
  const hasImages = (info?.images ?? 0) > 0 && (facets?.kinds.length ?? 0) > 0;
  const kinds = (facets?.kinds ?? []).flatMap(({ value, images }) => (value === null ? [] : [{ value, images }]));
  const usual = kinds.find(({ value }) => /^(normal|healthy|no.?finding)s?$/i.test(value));
  const normals: Normals = given ?? (usual === undefined ? { from: 'folder' } : { kind: usual.value });
  const choices = [
    { label: 'a folder of normal images', value: { from: 'folder' } as Normals },
    ...kinds.map(({ value, images }) => ({
      label: `the kind ${value}: ${countOf(images)}`,
      value: { kind: value } as Normals,
    })),
    ...cohorts.map(({ id, name, images }) => ({
      label: `the cohort ${name}: ${countOf(images)}`,
      value: { cohort: id } as Normals,
    })),
  ];
  const known =
    'kind' in normals
      ? kinds.find(({ value }) => value === normals.kind)?.images
      : 'cohort' in normals
        ? cohorts.find(({ id }) => id === normals.cohort)?.images
        : undefined;
  const isReady = hasImages ? !('from' in normals) || normalFolder.trim() !== '' : folder.trim() !== '';

  const importImages = async () => {
    setWorking('Importing');
    await queueAndWait(host, { kind: 'import', parameters: { sources: [folder.trim()] } });
    setWorking(null);
  };
  const rank = async () => {
    setWorking('Ranking');
    const cohort = await cohortOf(host, normals, normalFolder.trim());
    const images = { filter: { outsideCohorts: [cohort] } };
    await queueAndWait(host, { kind: 'scores', parameters: { images, normals: cohort, families: [...families] } });
    // Whoever has closed the dialog meanwhile is not taken from what they do.
    if (!isOpen.current) return;
    // The normals are not in the way of what is to be looked through.
    setFilter(images.filter);
    startOver();
    onRanked();
    onClose();
  };
  const submit = () => {
    setError(null);
    (hasImages ? rank() : importImages()).catch((error: Error) => {
      setWorking(null);
      setError(error);
    });
  };
  return (
    <FormDialog
      title="Rank a folder"
      action={hasImages ? 'Rank' : 'Import'}
      disabled={!isReady}
      busy={working !== null}
      cancel={working === null ? 'Cancel' : 'Continue in the background'}
      onSubmit={submit}
      onClose={onClose}
    >
      <ProblemNote error={error} />
      {hasImages ? (
        <>
          <Note>{countOf(info?.images ?? 0)} are in the catalog. Which images are normal?</Note>
          <ChoiceField label="Normal images" choices={choices} value={normals} onChange={setNormals} />
          {'from' in normals ? (
            <PathField
              label="Folder, zip or file of normal images"
              what="folder"
              value={normalFolder}
              onChange={setNormalFolder}
              help="Of the same kind of examination as the images to be ranked; a few hundred are enough."
            />
          ) : null}
          {known !== undefined && known < fewNormals ? (
            <Note warning>
              Only {countOf(known)}: the ranking will say little. {fewNormals} or more are better.
            </Note>
          ) : null}
          <Note>
            Each image is compared with the normals: the features of a small network, blur, noise and exposure. No
            training is needed; it takes about a minute for a thousand images.
          </Note>
        </>
      ) : (
        <PathField
          label="Folder, zip or file of images to look through"
          what="folder"
          value={folder}
          onChange={setFolder}
          help="Images stay where they are. The next step asks which images are normal."
        />
      )}
      {working === null ? null : <Progress />}
    </FormDialog>
  );
}

/** How far the running job is. */
function Progress() {
  const runs = useAnswer('runs.list', {}).data?.runs ?? [];
  const paces = usePaces();
  const run = runs.find(({ state }) => state === 'running');
  const pace = run && paces.get(run.id);
  return (
    <div role="status" aria-label="Progress">
      <ProgressBar
        intent="primary"
        animate={false}
        stripes={false}
        {...(pace !== undefined && pace.total > 0 ? { value: pace.done / pace.total } : {})}
      />
      <Note>{pace === undefined ? 'starting' : paceWords(pace)}</Note>
    </div>
  );
}

/** The cohort of normals, made where there is none yet. */
async function cohortOf(host: Host, normals: Normals, folder: string): Promise<number> {
  if ('cohort' in normals) return normals.cohort;
  const { cohorts } = await host.call('cohorts.list', {});
  const name = freshName(
    'normals',
    cohorts.map(({ name }) => name),
  );
  if ('kind' in normals) {
    const made = await host.call('cohorts.create', { name, images: { filter: { kinds: [normals.kind] } } });
    return made.id;
  }
  await queueAndWait(host, { kind: 'import', parameters: { sources: [folder], kind: 'normal', cohort: name } });
  const made = (await host.call('cohorts.list', {})).cohorts.find((cohort) => cohort.name === name);
  if (made === undefined) throw new Error(`No image could be read in ${folder}.`);
  return made.id;
}

/** `normals`, or `normals 2` and so on where that is taken. */
function freshName(wanted: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted} ${number}`;
    if (!taken.includes(name)) return name;
  }
}
