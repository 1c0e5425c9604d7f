// An empty catalog says what can be done with it.
import { Button, Card, InputGroup, NonIdealState } from '@blueprintjs/core';
import { useState } from 'react';
import { useHost } from './host/use-host.ts';
import { ProblemNote } from './problem.tsx';

export function FirstRun({ onQueued }: { readonly onQueued: () => void }) {
  const host = useHost();
  const [folder, setFolder] = useState('');
  const [error, setError] = useState<Error | null>(null);
  const importFolder = (path: string) =>
    host.call('runs.queue', { kind: 'import', parameters: { sources: [path] } }).then(onQueued, setError);
  return (
    <NonIdealState icon="media" title="This catalog is empty" className="first-run">
      <Card>
        <h2>Import a folder or zip</h2>
        <p>PNG, JPEG, TIFF, DICOM and NIfTI. Nothing is copied or changed; the name of each folder becomes the kind.</p>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            importFolder(folder.trim());
          }}
        >
          <InputGroup
            fill
            leftIcon="folder-open"
            aria-label="Folder on the machine that runs Residua"
            placeholder="/data/radiographs"
            value={folder}
            onValueChange={setFolder}
            rightElement={<Button type="submit" intent="primary" text="Import" disabled={folder.trim() === ''} />}
          />
        </form>
        <ProblemNote error={error} />
      </Card>
      <Card>
        <h2>Look at the demonstration archive</h2>
        <p>
          <code>npx residua demo</code> generates phantoms, reconstructs and scores them in a catalog of their own.
        </p>
      </Card>
      <Card>
        <h2>Then reconstruct and rank</h2>
        <p>
          <code>npx residua run FOLDER --network FILE</code> projects every image with a network of normals; without
          one,
          <code> npx residua train</code> makes it.
        </p>
      </Card>
    </NonIdealState>
  );
}
