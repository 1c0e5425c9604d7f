// Readers: work lists and how far they are, how readers agree, and the images on which they differ.
import { Button, HTMLSelect } from '@blueprintjs/core';
import { DocumentIcon, ExportIcon, EyeOffIcon, ImportIcon, PeopleIcon, PlusIcon } from '@blueprintjs/icons';
import { useState } from 'react';
import type { WorkList } from '../../src-preload/schemas/readers.ts';
import { EmptyState } from '../empty-state.tsx';
import { useAnswer, useHost } from '../host/use-host.ts';
import { ProblemNote } from '../problem.tsx';
import { useReview } from '../review.tsx';
import { ToolBar, ToolGroup } from '../tool-bar.tsx';
import { Adjudication } from './adjudication.tsx';
import { AgreementTables } from './agreement-tables.tsx';
import { FileDialog, ListDialog, SecondDialog } from './list-dialogs.tsx';
import { ListsTable } from './lists-table.tsx';
import styles from './readers-view.module.css';
import { useReading } from './reading.tsx';

type Open =
  | { readonly dialog: 'list' | 'report' | 'export' | 'merge' }
  | { readonly dialog: 'second'; readonly list: WorkList };

export function ReadersView({ onInspect }: { readonly onInspect: (image: number) => void }) {
  const reading = useReading();
  if (reading.blind) {
    return (
      <EmptyState
        icon={EyeOffIcon}
        title="Blind reading"
        description="While you read blind, this window shows no verdict, mark, count or agreement of other readers. End the reading to see them; you can continue it later."
        action={<Button text="End blind reading" onClick={reading.end} />}
      />
    );
  }
  return <OpenView onInspect={onInspect} />;
}

function OpenView({ onInspect }: { readonly onInspect: (image: number) => void }) {
  const host = useHost();
  const { demandReviewer, notify } = useReview();
  const lists = useAnswer('readers.lists', {});
  const [within, setWithin] = useState<number | null>(null);
  const [open, setOpen] = useState<Open | null>(null);
  const all = lists.data?.lists;
  const list = all?.find(({ id }) => id === within);
  const about = list === undefined ? {} : { list: list.id };
  const agreement = useAnswer('readers.agreement', about);
  const differences = useAnswer('readers.differences', about);
  const close = () => setOpen(null);
  const remove = ({ id, name }: WorkList) => {
    const by = demandReviewer();
    if (by === null) return;
    host.call('readers.remove', { id, by }).then(
      () => notify(`Work list "${name}" removed; what was decided in it stays.`),
      (error: Error) => notify(error.message, 'danger'),
    );
  };
  return (
    <div className={styles.readers}>
      <ToolBar label="Readers" wraps>
        <Button icon={<PlusIcon />} text="New work list" onClick={() => setOpen({ dialog: 'list' })} />
        <ToolGroup>
          <span id="readers-within">Agreement on</span>
          <HTMLSelect
            aria-labelledby="readers-within"
            value={list?.id ?? ''}
            onChange={({ currentTarget: { value } }) => setWithin(value === '' ? null : Number(value))}
          >
            <option value="">all images</option>
            {all?.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </HTMLSelect>
        </ToolGroup>
        <ToolGroup atEnd>
          <Button
            variant="minimal"
            icon={<DocumentIcon />}
            text="Report"
            onClick={() => setOpen({ dialog: 'report' })}
          />
          <Button
            variant="minimal"
            icon={<ExportIcon />}
            text="Export verdicts"
            onClick={() => setOpen({ dialog: 'export' })}
          />
          <Button
            variant="minimal"
            icon={<ImportIcon />}
            text="Merge verdicts"
            onClick={() => setOpen({ dialog: 'merge' })}
          />
        </ToolGroup>
      </ToolBar>
      <ProblemNote error={lists.error ?? agreement.error ?? differences.error} />
      <div className={styles.body}>
        <div className={styles.tables}>
          {all?.length === 0 ? (
            <EmptyState
              icon={PeopleIcon}
              title="No work lists yet"
              description="Give the current list of Triage, or a saved view, to a reader. A second reader can then read a random share of it blind, which tells how well the two agree."
              action={<Button text="New work list" onClick={() => setOpen({ dialog: 'list' })} />}
            />
          ) : (
            <ListsTable
              lists={all ?? []}
              onSecond={(second) => setOpen({ dialog: 'second', list: second })}
              onRemove={remove}
            />
          )}
          {agreement.data === undefined ? null : <AgreementTables {...agreement.data} />}
        </div>
        <Adjudication
          differences={differences.data?.differences}
          count={agreement.data?.differences ?? 0}
          onInspect={onInspect}
        />
      </div>
      {open?.dialog === 'list' ? <ListDialog onClose={close} /> : null}
      {open?.dialog === 'second' ? <SecondDialog list={open.list} onClose={close} /> : null}
      {open === null || open.dialog === 'list' || open.dialog === 'second' ? null : (
        <FileDialog what={open.dialog} about={about} onClose={close} />
      )}
    </div>
  );
}
