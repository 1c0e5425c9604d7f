// Sources: the folders, zips and files that images came from; what is missing there, which are watched, and what can be done.
import { Button, Dialog, DialogBody, DialogFooter, HTMLTable, Switch } from '@blueprintjs/core';
import { useState } from 'react';
import type { Settings } from '../../src-preload/schemas/catalog.ts';
import { classNames } from '../class-names.ts';
import { useAnswer, useHost } from '../host/use-host.ts';
import type { OpenDialog } from '../jobs/use-job-dialogs.ts';
import { ProblemNote } from '../problem.tsx';
import { countOf, useReview } from '../review.tsx';
import { usePathChooser } from '../take-in/use-path-chooser.ts';
import styles from './sources-dialog.module.css';

interface SourcesProps {
  readonly onClose: () => void;
  readonly onQueued: () => void;
  readonly open: OpenDialog;
}

/** A source, or a watched folder that nothing was imported from yet. */
interface Line {
  readonly source: string;
  readonly images: number;
  readonly missing: number;
}

export function SourcesDialog({ onClose, onQueued, open }: SourcesProps) {
  const host = useHost();
  const { notify } = useReview();
  const choosePath = usePathChooser();
  const sources = useAnswer('archive.sources', {});
  const settings = useAnswer('settings.get', {}).data;
  const news = useAnswer('archive.news', {}).data?.folders ?? [];
  const [checking, setChecking] = useState(false);
  const watched = settings?.watchedFolders ?? [];
  const known = sources.data?.sources ?? [];
  const lines: readonly Line[] = [
    ...known,
    ...watched
      .filter((folder) => !known.some(({ source }) => source === folder))
      .map((source) => ({ source, images: 0, missing: 0 })),
  ];
  const failed = (error: Error) => notify(error.message, 'danger');
  const setWatched = (watchedFolders: Settings['watchedFolders']) =>
    host.call('settings.set', { watchedFolders }).catch(failed);
  const check = async () => {
    setChecking(true);
    await host.call('archive.check', {}).then(({ files, missing }) => {
      notify(
        missing === 0
          ? `All ${files.toLocaleString('en')} files are there.`
          : `${missing} of ${files} files are missing.`,
      );
    }, failed);
    setChecking(false);
  };
  const importNew = async (source: string) => {
    await host.call('runs.queue', { kind: 'import', parameters: { sources: [source] } }).then(onQueued, failed);
    onClose();
  };
  return (
    <Dialog isOpen className={classNames(styles.dialog)} title="Sources" onClose={onClose} transitionDuration={0}>
      <DialogBody useOverflowScrollContainer={false}>
        <p className={styles.note}>
          Where the images of this catalog are. Images stay there; a watched folder only says how many new ones it has.
        </p>
        <ProblemNote error={sources.error} />
        <div className={styles.lines}>
          <HTMLTable compact className={classNames(styles.table)} aria-label="Sources">
            <thead>
              <tr>
                <th scope="col">folder, zip or file</th>
                <th scope="col">images</th>
                <th scope="col">missing</th>
                <th scope="col">watched</th>
                <th scope="col">actions</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ source, images, missing }) => {
                const found = news.find(({ folder }) => folder === source);
                return (
                  <tr key={source}>
                    <th scope="row" className={styles.path} title={source}>
                      {source}
                      {found?.problem == null ? null : <div className={styles.problem}>{found.problem}</div>}
                    </th>
                    <td className={styles.number}>{images.toLocaleString('en')}</td>
                    <td className={classNames(styles.number, missing > 0 && styles.missing)}>
                      {missing.toLocaleString('en')}
                    </td>
                    <td>
                      <Switch
                        className={classNames(styles.switch)}
                        aria-label={`Watch ${source}`}
                        checked={watched.includes(source)}
                        onChange={({ currentTarget: { checked } }) =>
                          setWatched(checked ? [...watched, source] : watched.filter((each) => each !== source))
                        }
                      />
                    </td>
                    <td className={styles.actions}>
                      {(found?.images ?? 0) > 0 ? (
                        <Button
                          size="small"
                          intent="primary"
                          text={`Import ${found!.images!.toLocaleString('en')} new`}
                          onClick={() => importNew(source)}
                        />
                      ) : null}
                      {missing > 0 ? (
                        <Button
                          size="small"
                          text="Locate…"
                          aria-label={`Locate ${source}`}
                          title="The folder was moved: say where it is now"
                          onClick={() => open('locate', undefined, [source])}
                        />
                      ) : null}
                      {images > 0 ? (
                        <Button
                          size="small"
                          variant="minimal"
                          text="Remove…"
                          aria-label={`Remove ${source}`}
                          title="Remove its images from the catalog"
                          onClick={() =>
                            open('remove', {
                              label: `${countOf(images)} of ${source}`,
                              selection: { filter: { sources: [source] } },
                            })
                          }
                        />
                      ) : null}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </HTMLTable>
        </div>
      </DialogBody>
      <DialogFooter className={classNames(styles.footer)} actions={<Button text="Close" onClick={onClose} />}>
        <Button
          text="Check now"
          loading={checking}
          title="Look whether every file is there, and what is new"
          onClick={check}
        />{' '}
        <Button
          text="Watch a folder…"
          onClick={() =>
            choosePath('folder').then((folder) => {
              if (folder !== null && !watched.includes(folder)) void setWatched([...watched, folder]);
            }, failed)
          }
        />
      </DialogFooter>
    </Dialog>
  );
}
