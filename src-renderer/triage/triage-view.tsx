// Triage: the archive sorted by suspicion, judged with one key per image.
import { Button, HTMLSelect, NonIdealState, Slider } from '@blueprintjs/core';
import type { Order } from '../../src-preload/schemas/image.ts';
import { useLayout } from '../host/layout.tsx';
import { ProblemNote } from '../problem.tsx';
import { countOf } from '../review.tsx';
import { FilterPanel } from './filter-panel.tsx';
import { ImageGrid } from './image-grid.tsx';
import { scoreLabel } from './score-names.ts';
import { useTriage } from './triage-state.tsx';
import { useVerdictKeys, VerdictButtons } from './verdict-keys.tsx';

export function TriageView({ onInspect }: { readonly onInspect: () => void }) {
  const { ids, error, setFilter, selection } = useTriage();
  const [tileSize, setTileSize] = useLayout('tile size', 168);
  useVerdictKeys();
  return (
    <div className="triage">
      <FilterPanel />
      <section className="list" aria-label="Archive">
        <div className="tool-bar">
          <OrderMenu />
          <span className="count" role="status">
            {ids === undefined ? 'listing' : countOf(ids.length)}
            {selection.chosen.size > 1 ? `, ${selection.chosen.size.toLocaleString('en')} chosen` : ''}
          </span>
          <VerdictButtons />
          <div className="tile-size">
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
          <NonIdealState
            icon="filter"
            title="No image fits the filter"
            action={<Button text="Clear the filter" onClick={() => setFilter({})} />}
          />
        ) : ids === undefined ? null : (
          <ImageGrid ids={ids} tileSize={tileSize} onInspect={onInspect} />
        )}
      </section>
    </div>
  );
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
        icon={order.descending ? 'sort-desc' : 'sort-asc'}
        text={order.descending ? 'highest first' : 'lowest first'}
        onClick={() => setOrder({ ...order, descending: !order.descending })}
      />
    </div>
  );
}
