// Triage: the archive sorted by suspicion, judged with one key per image.
import { Button, HTMLSelect, SegmentedControl, Slider, useHotkeys } from '@blueprintjs/core';
import { FilterIcon, SortAscIcon, SortDescIcon, TagIcon } from '@blueprintjs/icons';
import { useMemo, useRef, useState } from 'react';
import type { Order } from '../../src-preload/schemas/image.ts';
import { EmptyState } from '../empty-state.tsx';
import { useLayout } from '../host/layout.tsx';
import { ProblemNote } from '../problem.tsx';
import { countOf } from '../review.tsx';
import { FilterPanel } from './filter-panel.tsx';
import { ImageGrid } from './image-grid.tsx';
import { ImageTable } from './image-table.tsx';
import { scoreLabel } from './score-names.ts';
import { TagsDialog } from './tags-dialog.tsx';
import { useTriage } from './triage-state.tsx';
import { useVerdictKeys, VerdictButtons } from './verdict-keys.tsx';

export function TriageView({ onInspect }: { readonly onInspect: () => void }) {
  const { ids, begun, error, setFilter, selection } = useTriage();
  const [tileSize, setTileSize] = useLayout('tile size', 168);
  const [form, setForm] = useLayout<'grid' | 'table'>('list form', 'grid');
  const [tagged, setTagged] = useState<Uint32Array | null>(null);
  const reasonDialog = useVerdictKeys();
  const chosen = () => ids?.filter((id) => selection.chosen.has(id)) ?? new Uint32Array();
  useTriageKeys(
    () => setTagged(chosen()),
    () => setForm(form === 'grid' ? 'table' : 'grid'),
  );
  return (
    <div className="triage">
      <FilterPanel />
      <section className="list" aria-label="Archive">
        <div className="tool-bar">
          <OrderMenu />
          <span className="count" role="status">
            {ids === undefined || !begun ? 'listing' : countOf(ids.length)}
            {selection.chosen.size > 1 ? `, ${selection.chosen.size.toLocaleString('en')} chosen` : ''}
          </span>
          <VerdictButtons />
          <Button
            variant="minimal"
            icon={<TagIcon />}
            aria-label="Tags of what is chosen"
            title="Tags of what is chosen (T)"
            disabled={selection.chosen.size === 0}
            onClick={() => setTagged(chosen())}
          />
          <SegmentedControl
            size="small"
            aria-label="The list as"
            value={form}
            onValueChange={(value) => setForm(value as 'grid' | 'table')}
            options={[
              { label: 'Grid', value: 'grid' },
              { label: 'Table', value: 'table' },
            ]}
          />
          <div className={`tile-size ${form === 'grid' ? '' : 'unused'}`}>
            <Slider
              min={96}
              max={320}
              stepSize={8}
              labelRenderer={false}
              value={tileSize}
              onChange={setTileSize}
              handleHtmlProps={{ 'aria-label': 'size of the tiles' }}
            />
          </div>
        </div>
        <ProblemNote error={error} />
        {ids?.length === 0 ? (
          <EmptyState
            icon={FilterIcon}
            title="No image fits the filter"
            action={<Button text="Clear the filter" onClick={() => setFilter({})} />}
          />
        ) : ids === undefined ? null : form === 'table' ? (
          <ImageTable ids={ids} onInspect={onInspect} />
        ) : (
          <ImageGrid ids={ids} tileSize={tileSize} onInspect={onInspect} />
        )}
        {reasonDialog}
        {tagged === null || tagged.length === 0 ? null : <TagsDialog images={tagged} onClose={() => setTagged(null)} />}
      </section>
    </div>
  );
}

/** Keys of the view beside those of decisions and of the list. */
function useTriageKeys(onTags: () => void, onForm: () => void): void {
  const now = useRef({ onTags, onForm });
  now.current = { onTags, onForm };
  const combos = useMemo(() => {
    const common = { global: true, group: 'Triage', preventDefault: true } as const;
    return [
      { ...common, combo: 't', label: 'Tags of what is chosen', onKeyDown: () => now.current.onTags() },
      { ...common, combo: 'g', label: 'Grid or table', onKeyDown: () => now.current.onForm() },
    ];
  }, []);
  useHotkeys(combos);
}

const fields = { imported: 'import', name: 'name', kind: 'kind', verdict: 'verdict' } as const;

function OrderMenu() {
  const { order, setOrder, scoreNames } = useTriage();
  const choices: readonly { readonly label: string; readonly by: Order['by'] }[] = [
    ...scoreNames.map((by) => ({ label: scoreLabel(by), by })),
    ...Object.entries(fields).map(([by, label]) => ({ label, by: by as keyof typeof fields })),
  ];
  const present = choices.findIndex(({ by }) => JSON.stringify(by) === JSON.stringify(order.by));
  return (
    <div className="order">
      <span id="order-label">Sort by</span>
      <HTMLSelect
        aria-labelledby="order-label"
        value={present}
        options={choices.map(({ label }, index) => ({ label, value: index }))}
        onChange={({ currentTarget }) => {
          const by = choices[Number(currentTarget.value)]!.by;
          setOrder({ by, descending: typeof by === 'object' });
        }}
      />
      <Button
        variant="minimal"
        icon={order.descending ? <SortDescIcon /> : <SortAscIcon />}
        aria-label={order.descending ? 'highest first' : 'lowest first'}
        title={order.descending ? 'highest first; click for lowest first' : 'lowest first; click for highest first'}
        onClick={() => setOrder({ ...order, descending: !order.descending })}
      />
    </div>
  );
}
