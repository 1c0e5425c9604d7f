// One image of a comparison: its picture, its score and verdict.
import { useMemo } from 'react';
import type { Frame } from '../../src-preload/schemas/image.ts';
import { classNames } from '../class-names.ts';
import { useAnswer } from '../host/use-host.ts';
import { Pane } from '../inspect/pane.tsx';
import { frameLayer } from '../inspect/picture.ts';
import { originalReading } from '../inspect/readings.ts';
import type { Place, Sight } from '../inspect/sight.ts';
import { extentOf } from '../inspect/use-layers.ts';
import { type GreyWindow, isInHounsfield } from '../inspect/window-level.ts';
import { sameScore, scoreText } from '../triage/score-names.ts';
import { useTriage } from '../triage/triage-state.tsx';
import { VerdictMark } from '../triage/verdict-mark.tsx';
import styles from './compare-view.module.css';

interface PaneProps {
  readonly image: number;
  /** The key that makes it the active one. */
  readonly number: number;
  readonly active: boolean;
  readonly invert: boolean;
  readonly sight: Sight;
  readonly cross: Place | null;
  readonly windowOf: (frame: Frame, modality: string | null) => GreyWindow;
  readonly onWindow: (frame: Frame, modality: string | null) => (right: number, down: number, begins: boolean) => void;
  readonly onSight: (sight: Sight) => void;
  readonly onPoint: (place: Place | null) => void;
  readonly onActivate: () => void;
  readonly onOpen: () => void;
}

const noExtent = { width: 1, height: 1 };

export function ComparePane(props: PaneProps) {
  const { image, number, active, invert, sight, cross } = props;
  const { score } = useTriage();
  const frame = useAnswer('images.frame', { id: image });
  const detail = useAnswer('images.detail', { id: image }).data;
  const modality = detail?.row.modality ?? null;
  const window = frame.data === undefined ? undefined : props.windowOf(frame.data, modality);
  const [center, width] = [window?.center, window?.width];
  const layers = useMemo(
    () =>
      frame.data === undefined || center === undefined || width === undefined
        ? []
        : [frameLayer(frame.data, { center, width }, invert)],
    [frame.data, center, width, invert],
  );
  const value = score && detail?.scores.find(({ name }) => sameScore(name, score))?.value;
  const unit = frame.data !== undefined && isInHounsfield(frame.data, modality) ? 'HU' : '';
  return (
    // The keys 1 to 6 do the same.
    <div className={classNames(styles.item, active && styles.active)} onPointerDown={props.onActivate}>
      <Pane
        title={`${number}. ${detail?.row.name ?? ''}`}
        layers={layers}
        marks={[]}
        extent={frame.data === undefined ? noExtent : extentOf(frame.data)}
        sight={sight}
        cross={cross}
        reading={
          frame.error?.message ??
          (frame.data === undefined || cross === null ? '' : originalReading(frame.data, unit, [], cross))
        }
        waiting={frame.isPending}
        onSight={props.onSight}
        onWindow={frame.data === undefined ? nothing : props.onWindow(frame.data, modality)}
        onDraw={undefined}
        onPoint={props.onPoint}
        onScroll={undefined}
        onEnlarge={props.onOpen}
      >
        <p className={styles.facts} data-surface="picture">
          <span>{value == null ? '' : `${score!.score} ${scoreText(value)}`}</span>
          <span>{[detail?.row.kind, detail?.row.why].filter(Boolean).join(', ')}</span>
          {detail?.row.verdict == null ? null : <VerdictMark verdict={detail.row.verdict} />}
        </p>
      </Pane>
    </div>
  );
}

const nothing = () => {};
