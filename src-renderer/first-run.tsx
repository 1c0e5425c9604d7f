// An empty catalog says what can be done with it; without a catalog, one is opened or made.
import { Button } from '@blueprintjs/core';
import { useState } from 'react';
import type { Host } from '../src-preload/host.ts';
import { ActionCard, NewCatalogCard, OpenCatalogCard, PathCard } from './catalog-cards.tsx';
import styles from './first-run.module.css';
import { useHost } from './host/use-host.ts';
import { queueAndWait } from './jobs/queue-and-wait.ts';
import { type DialogName, useJobDialogs } from './jobs/use-job-dialogs.ts';
import { ProblemNote } from './problem.tsx';
import text from './styles/text.module.css';

interface FirstRunProps {
  /** A job was queued: Jobs shows it. */
  readonly onQueued: () => void;
}

export function FirstRun({ onQueued }: FirstRunProps) {
  const host = useHost();
  const open = useJobDialogs();
  return (
    <div className={styles.firstRun}>
      <h2 className={styles.title}>This catalog is empty</h2>
      <p className={text.quiet}>Nothing leaves this machine, and no image is copied or changed.</p>
      <div className={styles.cards}>
        <ActionCard
          title="Rank your own images"
          text="Give a folder and say which images are normal: what does not look like them comes first. No training; minutes for a thousand images."
        >
          <Button intent="primary" text="Rank a folder" onClick={() => open('rank-folder')} />
        </ActionCard>
        <ActionCard
          title="Open the demonstration archive"
          text="Generates 120 CT phantoms, half of them with a known anomaly, and ranks them with a small network. Takes a few minutes."
        >
          <ActionButton text="Open" action={async () => openDemonstration(host, onQueued)} />
        </ActionCard>
        <PathCard
          title="Import a folder or zip"
          text="PNG, JPEG, TIFF, DICOM, NIfTI and NumPy. Each folder's name becomes the kind of its images."
          label="Folder on the machine that runs Residua"
          placeholder="/data/radiographs"
          action="Import"
          what="folder"
          run={async (path) => {
            await host.call('runs.queue', { kind: 'import', parameters: { sources: [path] } });
            onQueued();
          }}
        />
        <PathCard
          title="Train on normals"
          text="A network trained on your normal images finds what is abnormal in others. Imports them, then opens the training dialog."
          label="Folder of normal images"
          placeholder="/data/normals"
          action="Import and train"
          what="folder"
          run={async (path) => {
            const parameters = { sources: [path], kind: 'normal', cohort: 'normals' };
            await trainAfterImport(host, parameters, onQueued, open);
          }}
        />
        <ActionCard
          title="Import a network"
          text="A snapshot from a training, or a published StyleGAN2 network. No code in the file is executed."
        >
          <Button text="Choose a file" onClick={() => open('network')} />
        </ActionCard>
        <OpenCatalogCard />
        <NewCatalogCard />
      </div>
    </div>
  );
}

/** For a window that has no catalog yet. */
export function NoCatalog() {
  return (
    <div className={styles.firstRun}>
      <h1 className={styles.title}>Residua</h1>
      <p className={text.quiet}>Open a catalog, or create one in a new folder.</p>
      <div className={styles.cards}>
        <OpenCatalogCard />
        <NewCatalogCard />
      </div>
    </div>
  );
}

/** Does what `residua demo` does: generates, imports, scores in one pass, reconstructs and scores. */
async function openDemonstration(host: Host, onQueued: () => void): Promise<void> {
  const drawn = queueAndWait(host, { kind: 'demonstration', parameters: {} });
  onQueued();
  const { id } = await drawn;
  const { provenance } = await host.call('runs.detail', { id });
  const { cohorts } = await host.call('cohorts.list', {});
  const cohortNamed = (wanted: string) => cohorts.find(({ name }) => name === wanted)!.id;
  const images = { filter: { cohort: cohortNamed('demonstration') } };
  const model = Number(provenance.model);
  const localiser = typeof provenance.localiser === 'number' ? provenance.localiser : null;
  // One forward pass per image takes seconds, so it runs first.
  const normals = cohortNamed('training normals');
  const families = (await host.call('scores.families', {})).families
    .filter(
      ({ onePass, needs }) =>
        onePass && needs.includes('normals') && (localiser !== null || !needs.includes('localiser')),
    )
    .map(({ name }) => name);
  await host.call('runs.queue', { kind: 'scores', parameters: { images, normals, families, model, localiser } });
  const projecting = { model, normals, steps: 60, space: 'w+' as const, batch: 8 };
  const parameters = { images, projecting, scoring: { patchSize: 16, patchCount: 3 } };
  await host.call('runs.queue', { kind: 'project', parameters });
}

async function trainAfterImport(
  host: Host,
  parameters: { readonly sources: readonly string[]; readonly kind: string; readonly cohort: string },
  onQueued: () => void,
  open: (name: DialogName) => void,
): Promise<void> {
  const imported = queueAndWait(host, {
    kind: 'import',
    parameters: { ...parameters, sources: [...parameters.sources] },
  });
  onQueued();
  await imported;
  open('train');
}

function ActionButton({ text, action }: { readonly text: string; readonly action: () => Promise<unknown> }) {
  const [error, setError] = useState<Error | null>(null);
  return (
    <>
      <Button intent="primary" text={text} onClick={() => action().catch(setError)} />
      <ProblemNote error={error} />
    </>
  );
}
