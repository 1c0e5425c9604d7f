// Compare: two to six images side by side under one window, pan and zoom; decisions are about the active one.
import { Button, useHotkeys } from '@blueprintjs/core';
import { ArrowLeftIcon, ContrastIcon, CrossIcon } from '@blueprintjs/icons';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Frame } from '../../src-preload/schemas/image.ts';
import { useLayout } from '../host/layout.tsx';
import type { Place } from '../inspect/sight.ts';
import { wholePicture } from '../inspect/sight.ts';
import { initialViewer, type Viewer } from '../inspect/viewer.ts';
import { dragged, type GreyWindow, isInHounsfield, ownWindow, valueRange } from '../inspect/window-level.ts';
import { useReview } from '../review.tsx';
import text from '../styles/text.module.css';
import { ToggleButton, ToolBar, ToolGroup } from '../tool-bar.tsx';
import { type Decide, useVerdictKeys, VerdictButtons } from '../triage/verdict-keys.tsx';
import { ComparePane } from './compare-pane.tsx';
import styles from './compare-view.module.css';
import { type Comparison, mostCompared } from './use-compare.ts';

/** Fewer are Inspect's. */
const leastCompared = 2;

interface CompareProps {
  readonly comparison: Comparison;
  readonly onInspect: (image: number) => void;
  readonly onClose: () => void;
}

/** Pixels of the screen that a drag across the whole range of values takes. */
const windowDrag = 600;

export function CompareView({ comparison, onInspect, onClose }: CompareProps) {
  const [images, setImages] = useState(comparison.images);
  const [active, setActive] = useState(0);
  const [viewer, setViewer] = useLayout<Viewer>('viewer', initialViewer);
  const [sight, setSight] = useState(wholePicture);
  const [pointer, setPointer] = useState<{ readonly image: number; readonly place: Place } | null>(null);
  const { decide } = useReview();
  const start = useRef<GreyWindow>(undefined);
  const shown = images[Math.min(active, images.length - 1)]!;
  const now = useRef({ shown, decide, images, active });
  now.current = { shown, decide, images, active };

  const decideOnActive = useCallback<Decide>((decision, reason = null) => {
    const { shown, decide, images, active } = now.current;
    if (decide(Uint32Array.of(shown), decision, reason) && decision !== null)
      setActive(Math.min(active + 1, images.length - 1));
  }, []);
  const reasonDialog = useVerdictKeys(decideOnActive);
  const remove = (image: number) => {
    if (images.length <= leastCompared) return onClose();
    setImages(images.filter((other) => other !== image));
    setActive(Math.max(0, Math.min(active, images.length - 2)));
  };
  useCompareKeys({
    go: (step) => setActive(Math.max(0, Math.min(images.length - 1, active + step))),
    pick: (index) => index < images.length && setActive(index),
    open: () => onInspect(shown),
    remove: () => remove(shown),
    fit: () => setSight(wholePicture),
    invert: () => setViewer({ ...viewer, invert: !viewer.invert }),
    close: onClose,
  });

  const windowKey = (frame: Frame, modality: string | null) =>
    isInHounsfield(frame, modality) ? 'CT' : (modality ?? '');
  const windowOf = (frame: Frame, modality: string | null): GreyWindow =>
    viewer.windows[windowKey(frame, modality)] ?? ownWindow(frame);
  const onWindow = (frame: Frame, modality: string | null) => (right: number, down: number, begins: boolean) => {
    if (begins) start.current = windowOf(frame, modality);
    if (start.current === undefined || (right === 0 && down === 0)) return;
    const [low, high] = valueRange(frame);
    const next = dragged(start.current, right, down, Math.max(1, high - low), windowDrag);
    setViewer({ ...viewer, windows: { ...viewer.windows, [windowKey(frame, modality)]: next } });
  };
  return (
    <div className={styles.compare}>
      <ToolBar label="Comparison" wraps>
        <Button variant="minimal" icon={<ArrowLeftIcon />} text="Back" title="Back (Esc)" onClick={onClose} />
        <h2 className={styles.title}>{images.length} images side by side</h2>
        <span className={text.quiet}>{comparison.note}</span>
        <ToolGroup>
          <ToggleButton
            icon={<ContrastIcon />}
            on={viewer.invert}
            aria-label="Invert grey"
            title="Invert grey (I)"
            onClick={() => setViewer({ ...viewer, invert: !viewer.invert })}
          />
          <Button
            text="Own windows"
            title="Each file's own window"
            onClick={() => setViewer({ ...viewer, windows: {} })}
          />
          <Button
            icon={<CrossIcon />}
            text="Remove"
            title="Remove the active image from the comparison (X)"
            onClick={() => remove(shown)}
          />
        </ToolGroup>
        <ToolGroup atEnd>
          <VerdictButtons decide={decideOnActive} />
        </ToolGroup>
      </ToolBar>
      {reasonDialog}
      <div className={styles.panes} data-count={images.length}>
        {images.map((image, index) => (
          <ComparePane
            key={image}
            image={image}
            number={index + 1}
            active={image === shown}
            invert={viewer.invert}
            sight={sight}
            cross={pointer !== null && pointer.image !== image ? pointer.place : null}
            windowOf={windowOf}
            onWindow={onWindow}
            onSight={setSight}
            onPoint={(place) => setPointer(place === null ? null : { image, place })}
            onActivate={() => setActive(index)}
            onOpen={() => onInspect(image)}
          />
        ))}
      </div>
    </div>
  );
}

interface CompareKeys {
  readonly go: (step: number) => void;
  readonly pick: (index: number) => void;
  readonly open: () => void;
  readonly remove: () => void;
  readonly fit: () => void;
  readonly invert: () => void;
  readonly close: () => void;
}

function useCompareKeys(keys: CompareKeys): void {
  const now = useRef(keys);
  now.current = keys;
  const combos = useMemo(() => {
    const common = { global: true, group: 'Compare', preventDefault: true } as const;
    return [
      { ...common, combo: 'right', label: 'Next image', onKeyDown: () => now.current.go(1) },
      { ...common, combo: 'left', label: 'Previous image', onKeyDown: () => now.current.go(-1) },
      ...Array.from({ length: mostCompared }, (_, index) => ({
        ...common,
        combo: String(index + 1),
        label: `Image ${index + 1}`,
        onKeyDown: () => now.current.pick(index),
      })),
      { ...common, combo: 'enter', label: 'Inspect the active image', onKeyDown: () => now.current.open() },
      { ...common, combo: 'x', label: 'Remove the active image', onKeyDown: () => now.current.remove() },
      { ...common, combo: 'w', label: 'Fit the images', onKeyDown: () => now.current.fit() },
      { ...common, combo: 'i', label: 'Invert grey', onKeyDown: () => now.current.invert() },
      { ...common, combo: 'esc', label: 'Back', onKeyDown: () => now.current.close() },
    ];
  }, []);
  useHotkeys(combos);
}
