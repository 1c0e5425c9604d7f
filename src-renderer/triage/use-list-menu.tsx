// The context menu of the list: about the selected images, or the one under the pointer where it is not selected.
import { type MouseEvent, type ReactNode, useCallback, useState } from 'react';
import { useReport } from '../report/use-report.ts';
import { countOf, useReview } from '../review.tsx';
import { useSimilar } from '../similar/use-similar.ts';
import { ContextMenu, type MenuEntry } from './context-menu.tsx';
import { choose } from './selection.ts';
import { useTriage } from './triage-state.tsx';

interface MenuActions {
  readonly onInspect: () => void;
  readonly onCompare: (images: readonly number[]) => void;
  readonly onTags: () => void;
  /** More that can be done with the selected images. */
  readonly more: (images: Uint32Array) => readonly MenuEntry[];
}

interface Opened {
  readonly place: readonly [x: number, y: number];
  readonly images: Uint32Array;
  readonly focus: number;
}

/** A handler for the element around the list, and the menu while it is open. */
export function useListMenu({ onInspect, onCompare, onTags, more }: MenuActions) {
  const { ids, selection, select, usualFilter, setFilter } = useTriage();
  const { decide } = useReview();
  const similar = useSimilar();
  const report = useReport();
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = useCallback(() => setOpened(null), []);
  const onContextMenu = (event: MouseEvent<HTMLElement>) => {
    if (ids === undefined) return;
    const tile = (event.target as Element).closest('[id^="image-"]');
    // The menu key is about the focused image, wherever the pointer is.
    const isKey = event.button !== 2;
    const id = isKey || tile === null ? ids[selection.focus] : Number(tile.id.slice('image-'.length));
    if (id === undefined || (tile === null && !isKey)) return;
    event.preventDefault();
    const isSelected = selection.selected.has(id);
    if (!isSelected) select(choose(selection, ids, ids.indexOf(id), { toggle: false, range: false }));
    const images = isSelected ? ids.filter((each) => selection.selected.has(each)) : Uint32Array.of(id);
    const box = document.getElementById(`image-${id}`)?.getBoundingClientRect();
    const place =
      isKey && box !== undefined ? ([box.left + 20, box.top + 20] as const) : ([event.clientX, event.clientY] as const);
    setOpened({ place, images, focus: id });
  };
  const groupsOf = ({ images, focus }: Opened): readonly (readonly MenuEntry[])[] => [
    [
      { label: 'Keep', key: 'K', does: () => decide(images, 'keep', null) },
      { label: 'Reject', key: 'R', does: () => decide(images, 'reject', null) },
      { label: 'Unsure', key: 'U', does: () => decide(images, 'unsure', null) },
      { label: 'Withdraw the verdict', key: 'Backspace', does: () => decide(images, null, null) },
    ],
    [
      { label: 'Inspect', key: 'Enter', does: onInspect },
      {
        label: images.length > 1 ? 'Compare' : 'Compare with the nearest normals',
        key: 'V',
        does: () => onCompare([...images]),
      },
      { label: 'Similar images', key: 'S', does: () => similar(focus) },
      {
        label: 'List the 48 most similar',
        does: () => setFilter({ ...usualFilter, similar: { image: focus, count: 48 } }),
      },
    ],
    [
      { label: 'Tags', key: 'T', does: onTags },
      { label: 'Report', key: 'Shift+P', does: () => report([...images]) },
      ...more(images),
    ],
  ];
  const menu: ReactNode =
    opened === null ? null : (
      <ContextMenu
        label={countOf(opened.images.length)}
        place={opened.place}
        groups={groupsOf(opened)}
        onClose={close}
      />
    );
  return { onContextMenu, menu };
}
