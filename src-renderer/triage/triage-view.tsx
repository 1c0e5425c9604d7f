// Triage: the archive sorted by suspicion, judged with one key per image.
import { Button, SegmentedControl, Slider, useHotkeys } from '@blueprintjs/core';
import { FilterIcon, TagIcon } from '@blueprintjs/icons';
import { useMemo, useRef, useState } from 'react';
import { classNames } from '../class-names.ts';
import { EmptyState } from '../empty-state.tsx';
import { useLayout } from '../host/layout.tsx';
import { useJobDialogs } from '../jobs/use-job-dialogs.ts';
import { ProblemNote } from '../problem.tsx';
import { countOf } from '../review.tsx';
import { ToolBar } from '../tool-bar.tsx';
import { FilterPanel } from './filter-panel.tsx';
import { ImageGrid } from './image-grid.tsx';
import { ImageTable } from './image-table.tsx';
import { LearnOffer } from './learn-offer.tsx';
import { OrderMenu } from './order-menu.tsx';
import { TagsDialog } from './tags-dialog.tsx';
import { useTriage } from './triage-state.tsx';
import styles from './triage-view.module.css';
import { useVerdictKeys, VerdictButtons } from './verdict-keys.tsx';

/** Sides of a tile, in pixels. */
const [leastTile, mostTile, tileStep] = [96, 320, 8];

export function TriageView({ onInspect }: { readonly onInspect: () => void }) {
  const { ids, isComplete, error, usualFilter, setFilter, selection } = useTriage();
  const [tileSize, setTileSize] = useLayout('tile size', 168);
  const [layout, setLayout] = useLayout<'grid' | 'table'>('list form', 'grid');
  const [tagged, setTagged] = useState<Uint32Array | null>(null);
  const open = useJobDialogs();
  const reasonDialog = useVerdictKeys();
  const selected = () => ids?.filter((id) => selection.selected.has(id)) ?? new Uint32Array();
  useTriageKeys(
    () => setTagged(selected()),
    () => {
      const images = selected();
      if (images.length === 0) return;
      open('remove', { label: countOf(images.length), selection: { ids: images } });
    },
    () => setLayout(layout === 'grid' ? 'table' : 'grid'),
    (step) => setTileSize(Math.max(leastTile, Math.min(mostTile, tileSize + step * tileStep))),
  );
  return (
    <div className={styles.triage}>
      <FilterPanel />
      <section className={styles.list} aria-label="Archive">
        <ToolBar label="List" wraps>
          <OrderMenu />
          <span className={styles.count} role="status" aria-label="Number of images">
            {ids === undefined || !isComplete ? 'loading' : countOf(ids.length)}
            {selection.selected.size > 1 ? `, ${selection.selected.size.toLocaleString('en')} selected` : ''}
          </span>
          <VerdictButtons />
          <LearnOffer />
          <Button
            variant="minimal"
            icon={<TagIcon />}
            aria-label="Tags of the selection"
            title="Tags of the selection (T)"
            disabled={selection.selected.size === 0}
            onClick={() => setTagged(selected())}
          />
          <SegmentedControl
            size="small"
            aria-label="Layout"
            value={layout}
            onValueChange={(value) => setLayout(value as 'grid' | 'table')}
            options={[
              { label: 'Grid', value: 'grid' },
              { label: 'Table', value: 'table' },
            ]}
          />
          <div className={classNames(styles.tileSize, layout === 'table' && styles.unused)}>
            <Slider
              className={classNames(styles.slider)}
              min={leastTile}
              max={mostTile}
              stepSize={tileStep}
              labelRenderer={false}
              value={tileSize}
              onChange={setTileSize}
              handleHtmlProps={{ 'aria-label': 'tile size' }}
            />
          </div>
        </ToolBar>
        <ProblemNote error={error} />
        {ids?.length === 0 ? (
          <EmptyState
            icon={FilterIcon}
            title="No images match the filter"
            action={<Button text="Clear filter" onClick={() => setFilter(usualFilter)} />}
          />
        ) : ids === undefined ? null : layout === 'table' ? (
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

/** Keys of the view, in addition to those of decisions and of the list. */
function useTriageKeys(
  onTags: () => void,
  onRemove: () => void,
  onToggleLayout: () => void,
  onTileSize: (steps: number) => void,
): void {
  const now = useRef({ onTags, onRemove, onToggleLayout, onTileSize });
  now.current = { onTags, onRemove, onToggleLayout, onTileSize };
  const combos = useMemo(() => {
    const common = { global: true, group: 'Triage', preventDefault: true } as const;
    return [
      { ...common, combo: 't', label: 'Tags of the selection', onKeyDown: () => now.current.onTags() },
      {
        ...common,
        combo: 'del',
        label: 'Remove the selection from the catalog: says first what goes with it',
        onKeyDown: () => now.current.onRemove(),
      },
      { ...common, combo: 'g', label: 'Grid or table', onKeyDown: () => now.current.onToggleLayout() },
      { ...common, combo: 'plus', label: 'Larger tiles', onKeyDown: () => now.current.onTileSize(3) },
      { ...common, combo: 'minus', label: 'Smaller tiles', onKeyDown: () => now.current.onTileSize(-3) },
    ];
  }, []);
  useHotkeys(combos);
}
