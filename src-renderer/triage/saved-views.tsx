// Filters with their order kept under a name in the catalog: selected, saved, removed.
import { Button, HTMLSelect, InputGroup } from '@blueprintjs/core';
import { FloppyDiskIcon, TrashIcon } from '@blueprintjs/icons';
import { useState } from 'react';
import type { Response } from '../../src-preload/contract.ts';
import { useAnswer, useHost } from '../host/use-host.ts';
import { useReview } from '../review.tsx';
import facet from './facet.module.css';
import styles from './saved-views.module.css';
import { useTriage } from './triage-state.tsx';

type View = Response<'views.list'>['views'][number];

export function SavedViews() {
  const host = useHost();
  const { notify } = useReview();
  const { filter, setFilter, order, setOrder, isComplete } = useTriage();
  const views = useAnswer('views.list', {}, isComplete).data?.views ?? [];
  const [name, setName] = useState<string | null>(null);
  const shown = views.find((view) => same(view, { filter, order }));
  const failed = (error: Error) => notify(error.message, 'danger');
  const show = (view: View) => {
    setFilter(view.filter);
    setOrder(view.order);
  };
  const save = () => {
    const wanted = name?.trim() ?? '';
    if (wanted === '') return;
    host.call('views.save', { name: wanted, filter, order }).then(() => {
      notify(`View "${wanted}" saved`, 'success');
      setName(null);
    }, failed);
  };
  return (
    <div className={facet.facet}>
      <h2 id="view-label">Saved views</h2>
      <div className={styles.row}>
        <HTMLSelect
          fill
          aria-labelledby="view-label"
          value={shown?.id ?? ''}
          onChange={({ currentTarget: { value } }) => {
            const view = views.find(({ id }) => id === Number(value));
            if (view !== undefined) show(view);
          }}
        >
          <option value="">{views.length === 0 ? 'none saved yet' : 'select a view'}</option>
          {views.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </HTMLSelect>
        {shown === undefined ? (
          <Button
            variant="minimal"
            icon={<FloppyDiskIcon />}
            aria-label="Save this view"
            title="Save this filter and order"
            aria-expanded={name !== null}
            onClick={() => setName(name === null ? '' : null)}
          />
        ) : (
          <Button
            variant="minimal"
            icon={<TrashIcon />}
            aria-label={`Remove the view ${shown.name}`}
            title={`Remove the view ${shown.name}`}
            onClick={() => host.call('views.remove', { id: shown.id }).catch(failed)}
          />
        )}
      </div>
      {name === null || shown !== undefined ? null : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          <InputGroup
            autoFocus
            aria-label="Name of the view"
            placeholder="name, then Enter"
            maxLength={200}
            value={name}
            onValueChange={setName}
            onKeyDown={({ key }) => {
              if (key === 'Escape') setName(null);
            }}
          />
        </form>
      )}
    </div>
  );
}

/** The same conditions in any order of writing. */
function same(a: Pick<View, 'filter' | 'order'>, b: Pick<View, 'filter' | 'order'>): boolean {
  const text = ({ filter, order }: typeof a) =>
    JSON.stringify([Object.entries(filter).toSorted(([x], [y]) => x.localeCompare(y)), order.by, order.descending]);
  return text(a) === text(b);
}
