// The name of the open catalog, and the dialog that opens or creates another one.
import { Button, Dialog, DialogBody, useHotkeys } from '@blueprintjs/core';
import { CaretDownIcon } from '@blueprintjs/icons';
import { useMemo, useState } from 'react';
import type { CatalogInfo } from '../src-preload/schemas/catalog.ts';
import styles from './catalog-button.module.css';
import { NewCatalogCard, OpenCatalogCard } from './catalog-cards.tsx';
import { classNames } from './class-names.ts';
import { useAnswer } from './host/use-host.ts';
import { RecentCatalogs } from './recent-catalogs.tsx';
import { countOf } from './review.tsx';
import text from './styles/text.module.css';

export function CatalogButton({ info }: { readonly info: CatalogInfo }) {
  const [open, setOpen] = useState(false);
  const combos = useMemo(
    () => [
      {
        combo: 'shift+o',
        global: true,
        label: 'Open or create a catalog',
        preventDefault: true,
        onKeyDown: () => setOpen(true),
      },
    ],
    [],
  );
  useHotkeys(combos);
  return (
    <>
      <Button
        className={classNames(styles.button)}
        ellipsizeText
        variant="minimal"
        endIcon={<CaretDownIcon />}
        aria-haspopup="dialog"
        title={`${info.folder}. Click to switch catalogs (Shift+O)`}
        onClick={() => setOpen(true)}
      >
        {info.name} <span className={classNames(text.quiet, styles.count)}>{countOf(info.images)}</span>
      </Button>
      {open ? <CatalogDialog info={info} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

interface CatalogDialogProps {
  readonly info: CatalogInfo;
  readonly onClose: () => void;
}

function CatalogDialog({ info, onClose }: CatalogDialogProps) {
  const runs = useAnswer('runs.list', {}).data?.runs ?? [];
  const running = runs.filter(({ state }) => state === 'running').length;
  return (
    <Dialog isOpen title="Catalogs" onClose={onClose} transitionDuration={0}>
      <DialogBody useOverflowScrollContainer={false}>
        <p>
          Current catalog: {info.name}, {countOf(info.images)}, in <span className={styles.path}>{info.folder}</span>.
          It is not changed{running === 0 ? '.' : `; ${jobsStop(running)}.`} All windows of this Residua switch to the
          other catalog.
        </p>
        <div className={styles.cards}>
          <RecentCatalogs current={info.folder} />
          <OpenCatalogCard autoFocus />
          <NewCatalogCard />
        </div>
      </DialogBody>
    </Dialog>
  );
}

const jobsStop = (running: number): string =>
  running === 1
    ? 'the running job stops, and resumes when this catalog is opened again'
    : `the ${running} running jobs stop, and resume when this catalog is opened again`;
