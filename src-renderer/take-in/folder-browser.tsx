// The folders of the machine that runs Residua, for a window in a browser: names only, one folder at a time, by keys or pointer.
import { Button, InputGroup } from '@blueprintjs/core';
import { ArchiveIcon, ArrowUpIcon, DocumentIcon, FolderCloseIcon } from '@blueprintjs/icons';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Response } from '../../src-preload/contract.ts';
import { classNames } from '../class-names.ts';
import { FormDialog } from '../form-dialog.tsx';
import { useHost } from '../host/use-host.ts';
import { readBrowsedFolder, writeBrowsedFolder } from '../host/window-storage.ts';
import { ProblemNote } from '../problem.tsx';
import styles from './folder-browser.module.css';
import type { PathKind } from './use-path-chooser.ts';

type Listing = Response<'folders.list'>;
type Entry = Listing['entries'][number];

const icons = { folder: FolderCloseIcon, archive: ArchiveIcon, file: DocumentIcon } as const;

interface BrowserProps {
  readonly what: PathKind;
  readonly because: string | undefined;
  readonly onChoose: (path: string) => void;
  readonly onClose: () => void;
}

const titles: Readonly<Record<PathKind, string>> = {
  folder: 'Choose a folder, archive or file',
  file: 'Choose a file',
  new: 'Choose where the new folder goes',
};

export function FolderBrowser({ what, because, onChoose, onClose }: BrowserProps) {
  const { listing, error, go } = useListing();
  // Without a mark, the folder itself is what is chosen.
  const [current, setCurrent] = useState(-1);
  const [name, setName] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const entries = listing?.entries.filter(({ kind }) => what !== 'new' || kind === 'folder') ?? [];
  const selected = entries[current];
  useEffect(() => {
    setCurrent(listing?.folder == null ? 0 : -1);
    if (listing !== undefined) list.current?.focus();
  }, [listing]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  });
  const folder = listing?.folder ?? null;
  const open = (entry: Entry | undefined) => {
    if (entry === undefined) {
      if (what === 'folder' && folder !== null) choose(folder);
      return;
    }
    if (entry.kind === 'folder') go(entry.path);
    else if (what !== 'new') choose(entry.path);
  };
  const choose = (path: string) => {
    if (listing?.folder != null) writeBrowsedFolder(listing.folder);
    onChoose(path);
  };
  const up = () => {
    if (listing?.folder != null) go(listing.parent);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 }[event.key];
    if (step !== undefined) setCurrent(Math.max(0, Math.min(entries.length - 1, current + step)));
    else if (event.key === 'Enter' || event.key === 'ArrowRight') open(selected);
    else if (event.key === 'Backspace' || event.key === 'ArrowLeft') up();
    else if (/^[\p{L}\p{N}_]$/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const after = [...entries.keys()].map((index) => (current + 1 + index) % entries.length);
      const found = after.find((index) => entries[index]!.name.toLowerCase().startsWith(event.key.toLowerCase()));
      if (found !== undefined) setCurrent(found);
    } else return;
    event.preventDefault();
  };
  const chosen = chosenPath(what, folder, selected, name);
  return (
    <FormDialog
      title={titles[what]}
      action={what === 'folder' && chosen !== null && chosen === folder ? 'Choose this folder' : 'Choose'}
      disabled={chosen === null}
      onSubmit={() => chosen !== null && choose(chosen)}
      onClose={onClose}
    >
      {because === undefined ? null : <p className={styles.because}>{because}</p>}
      <div className={styles.place}>
        <Button
          icon={<ArrowUpIcon />}
          aria-label="Folder above"
          title="Folder above (Backspace)"
          disabled={folder === null}
          onClick={up}
        />
        <span className={styles.path} role="status" aria-label="Folder">
          {folder ?? 'Folders that may be listed'}
        </span>
      </div>
      <ProblemNote error={error} />
      <div
        ref={list}
        className={styles.list}
        role="listbox"
        tabIndex={0}
        aria-label="Names"
        aria-activedescendant={selected === undefined ? undefined : `entry-${current}`}
        onKeyDown={onKeyDown}
      >
        {entries.map((entry, index) => {
          const Icon = icons[entry.kind];
          return (
            <div
              key={entry.path}
              id={`entry-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === current}
              className={classNames(styles.entry, index === current && styles.current)}
              onClick={() => setCurrent(index)}
              onDoubleClick={() => open(entry)}
              onKeyDown={() => {}}
            >
              <Icon className={classNames(styles.icon)} />
              <span>{entry.name}</span>
            </div>
          );
        })}
        {listing !== undefined && entries.length === 0 ? <p className={styles.empty}>nothing to choose here</p> : null}
        {(listing?.more ?? 0) > 0 ? (
          <p className={styles.empty}>and {listing!.more.toLocaleString('en')} more, which are not listed</p>
        ) : null}
      </div>
      {what === 'new' ? (
        <InputGroup
          fill
          aria-label="Name of the new folder"
          placeholder="name of the new folder"
          value={name}
          maxLength={200}
          onValueChange={setName}
        />
      ) : null}
      <p className={styles.chosen} title={chosen ?? undefined}>
        {chosen ?? 'Enter opens a folder, Backspace goes up; letters find a name.'}
      </p>
    </FormDialog>
  );
}

/** What the main button would choose; null: nothing yet. A folder that is only marked is not entered by that. */
function chosenPath(what: PathKind, folder: string | null, selected: Entry | undefined, name: string): string | null {
  if (what === 'new') {
    const usable = name.trim() !== '' && !/[\\/]/.test(name) && folder !== null;
    return usable ? `${folder}${folder.endsWith('/') ? '' : '/'}${name.trim()}` : null;
  }
  if (what === 'file') return selected?.kind === 'file' || selected?.kind === 'archive' ? selected.path : null;
  return selected?.path ?? folder;
}

/** The listing of a folder, first of the one where the last choice was made; where that cannot be listed, of the outermost ones. */
function useListing() {
  const host = useHost();
  const [listing, setListing] = useState<Listing>();
  const [error, setError] = useState<Error | null>(null);
  const latest = useRef(0);
  const go = (folder: string | null) => {
    const number = ++latest.current;
    return host.call('folders.list', { folder }).then(
      (found) => {
        if (number !== latest.current) return;
        setError(null);
        setListing(found);
      },
      (failure: Error) => setError(failure),
    );
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useEffect(() => {
    const first = host.call('folders.list', { folder: readBrowsedFolder() });
    first.catch(() => host.call('folders.list', { folder: null })).then(setListing, setError);
  }, []);
  return { listing, error, go };
}
