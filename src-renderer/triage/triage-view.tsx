// Triage: the archive sorted by suspicion, judged with one key per image.
import { Button, SegmentedControl, Slider, useHotkeys } from '@blueprintjs/core';
import { AddColumnRightIcon, FilterIcon, TagIcon } from '@blueprintjs/icons';
import { useMemo, useRef, useState } from 'react';
import { classNames } from '../class-names.ts';
import { EmptyState } from '../empty-state.tsx';
import { useLayout } from '../host/layout.tsx';
import { useJobDialogs } from '../jobs/use-job-dialogs.ts';
import { ProblemNote } from '../problem.tsx';
import { countOf } from '../review.tsx';
import { ToolBar } from '../tool-bar.tsx';
import { ColumnsDialog } from './columns-dialog.tsx';
import { FilterPanel } from './filter-panel.tsx';
import { ImageGrid } from './image-grid.tsx';
import { ImageTable } from './image-table.tsx';
import { LearnOffer } from './learn-offer.tsx';
import { OrderMenu } from './order-menu.tsx';
import { TagsDialog } from './tags-dialog.tsx';
import { useTriage } from './triage-state.tsx';
import styles from './triage-view.module.css';
import { useHoverPreview } from './use-hover-preview.tsx';
import { useListMenu } from './use-list-menu.tsx';
import { useVerdictKeys, VerdictButtons } from './verdict-keys.tsx';

/** Sides of a tile, in pixels. */
const [leastTile, mostTile, tileStep] = [96, 320, 8];
/** Below this a larger picture helps. */
const smallTile = 210;

interface TriageProps {
  readonly onInspect: () => void;
  /** Two to six images side by side; one with its nearest normals. */
  readonly onCompare: (images: readonly number[]) => void;
}

export function TriageView({ onInspect, onCompare }: TriageProps) {
  const { ids, isComplete, error, usualFilter, setFilter, selection } = useTriage();
  const [tileSize, setTileSize] = useLayout('tile size', 168);
  const [layout, setLayout] = useLayout<'grid' | 'table'>('list form', 'grid');
  const [choosing, setChoosing] = useState(false);
  const [tagged, setTagged] = useState<Uint32Array | null>(null);
  const open = useJobDialogs();
  const reasonDialog = useVerdictKeys();
  const selected = () => ids?.filter((id) => selection.selected.has(id)) ?? new Uint32Array();
  const remove = (images: Uint32Array) => {
    if (images.length > 0) open('remove', { label: countOf(images.length), selection: { ids: images } });
  };
  const preview = useHoverPreview(tileSize < smallTile || layout === 'table');
  const { onContextMenu, menu } = useListMenu({
    ...{ onInspect, onCompare },
    more: (images) => [{ label: 'Remove from the catalog', key: 'Del', does: () => remove(images) }],
    onTags: () => setTagged(selected()),
  });
  useTriageKeys(
    () => setTagged(selected()),
    () => remove(selected()),
    () => setLayout(layout === 'grid' ? 'table' : 'grid'),
    () => setChoosing(true),
    () => onCompare([...selected()]),
    (step) => setTileSize(Math.max(leastTile, Math.min(mostTile, tileSize + step * tileStep))),
  );
  return (
    <div className={styles.triage}>
      <FilterPanel />
      <section className={styles.list} aria-label="Archive" {...preview.handlers} onContextMenu={onContextMenu}>
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
          {layout === 'table' ? (
            <Button
              variant="minimal"
              icon={<AddColumnRightIcon />}
              aria-label="Columns of metadata"
              title="Columns of metadata (C)"
              onClick={() => setChoosing(true)}
            />
          ) : (
            <div className={styles.tileSize}>
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
          )}
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
        {choosing ? <ColumnsDialog onClose={() => setChoosing(false)} /> : null}
        {preview.card}
        {menu}
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
  onColumns: () => void,
  onCompare: () => void,
  onTileSize: (steps: number) => void,
): void {
  const now = useRef({ onTags, onRemove, onToggleLayout, onColumns, onCompare, onTileSize });
  now.current = { onTags, onRemove, onToggleLayout, onColumns, onCompare, onTileSize };
  const combos = useMemo(() => {
    const common = { global: true, group: 'Triage', preventDefault: true } as const;
    return [
      { ...common, combo: 't', label: 'Tags of the selection', onKeyDown: () => now.current.onTags() },
      {
        ...common,
        combo: 'del',
        label: 'Remove the selection from the catalog',
        onKeyDown: () => now.current.onRemove(),
      },
      { ...common, combo: 'g', label: 'Grid or table', onKeyDown: () => now.current.onToggleLayout() },
      { ...common, combo: 'c', label: 'Columns of metadata', onKeyDown: () => now.current.onColumns() },
      { ...common, combo: 'v', label: 'Compare the selected images', onKeyDown: () => now.current.onCompare() },
      { ...common, combo: 'plus', label: 'Larger tiles', onKeyDown: () => now.current.onTileSize(3) },
      { ...common, combo: 'minus', label: 'Smaller tiles', onKeyDown: () => now.current.onTileSize(-3) },
    ];
  }, []);
  useHotkeys(combos);
}
