// What is dropped anywhere in the window: folders, zips and images are imported, network files too, each after its dialog.
import { ImportIcon } from '@blueprintjs/icons';
import { useEffect, useRef, useState } from 'react';
import { useHost } from '../host/use-host.ts';
import { useJobDialogs } from '../jobs/use-job-dialogs.ts';
import { useReview } from '../review.tsx';
import styles from './drop-target.module.css';
import { usePathChooser } from './use-path-chooser.ts';

/** Names of network files; everything else is looked at by an import, which tells what is no image. */
const networkFile = /\.(pkl|pt|pth|safetensors)$/i;

export function DropTarget() {
  const { pathOf } = useHost();
  const { notify } = useReview();
  const open = useJobDialogs();
  const choosePath = usePathChooser();
  const [over, setOver] = useState(false);
  const now = useRef({ pathOf, notify, open, choosePath });
  now.current = { pathOf, notify, open, choosePath };
  useEffect(() => {
    // Entering a child comes before leaving its parent.
    let depth = 0;
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const enter = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      depth++;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      // Without this a browser leaves the page for the file.
      event.preventDefault();
      depth = 0;
      setOver(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      void takeIn(files, now.current).catch((error: Error) => now.current.notify(error.message, 'danger'));
    };
    const stay = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
    };
    document.addEventListener('dragenter', enter);
    document.addEventListener('dragleave', leave);
    document.addEventListener('dragover', stay);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragenter', enter);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('dragover', stay);
      document.removeEventListener('drop', drop);
    };
  }, []);
  if (!over) return null;
  return (
    <div className={styles.veil} role="status">
      <div className={styles.words}>
        <ImportIcon size={32} />
        <p>Drop folders, archives and images to import them, a network file to add it.</p>
      </div>
    </div>
  );
}

interface Means {
  readonly pathOf: ((file: File) => string) | null;
  readonly notify: (message: string, intent?: 'warning') => void;
  readonly open: ReturnType<typeof useJobDialogs>;
  readonly choosePath: ReturnType<typeof usePathChooser>;
}

async function takeIn(files: readonly File[], { pathOf, notify, open, choosePath }: Means): Promise<void> {
  const [first] = files;
  if (first === undefined) return notify('Nothing that was dropped is a file or folder.', 'warning');
  const isNetwork = networkFile.test(first.name);
  const paths =
    pathOf === null
      ? [await choosePath(isNetwork ? 'file' : 'folder', whereIs(files))]
      : files.map(pathOf).filter((path) => path !== '');
  const [path] = paths;
  if (path == null)
    return pathOf === null ? undefined : notify('What was dropped has no path on this machine.', 'warning');
  const networks = paths.filter((each) => networkFile.test(each ?? ''));
  if (networks.length === paths.length) return open('network', undefined, [path]);
  open(
    'import',
    undefined,
    paths.filter((each): each is string => each !== null && !networkFile.test(each)),
  );
  if (networks.length > 0) notify('Network files are added one at a time: drop them alone.', 'warning');
}

/** A browser tells the name of what was dropped, and not where it is. */
function whereIs(files: readonly File[]): string {
  const names = files.length === 1 ? files[0]!.name : `${files[0]!.name} and ${files.length - 1} more`;
  return `A browser does not say where ${names} is. Find it on the machine that runs Residua:`;
}
