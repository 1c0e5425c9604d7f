// The tool bar of the viewer: window presets, invert, colour map and opacity of the heat map, masks, marks, drawing.

import { Button, HTMLSelect, InputGroup } from '@blueprintjs/core';
import {
  AreaOfInterestIcon,
  ContrastIcon,
  EyeOpenIcon,
  GridViewIcon,
  MaximizeIcon,
  RegressionChartIcon,
  SelectIcon,
} from '@blueprintjs/icons';
import { type ColourMap, colourMaps } from '../../src-preload/colour-maps.ts';
import { meaningOf } from '../../src-preload/glossary.ts';
import type { Frame } from '../../src-preload/schemas/image.ts';
import type { Mask } from '../../src-preload/schemas/segmentation.ts';
import { classNames } from '../class-names.ts';
import text from '../styles/text.module.css';
import { ToggleButton, ToolBar, ToolGroup } from '../tool-bar.tsx';
import { type MapSource, mapTitle, sameMap } from './map-source.ts';
import { MaskTools } from './mask-tools.tsx';
import type { Tool } from './measure.ts';
import { OpacitySlider } from './opacity-slider.tsx';
import { enlarged, type Viewer } from './viewer.ts';
import styles from './viewer-tools.module.css';
import { computedTomographyWindows, type GreyWindow } from './window-level.ts';

interface ToolsProps {
  readonly viewer: Viewer;
  readonly onChange: (viewer: Viewer) => void;
  /** The current window; null returns to the file's own. */
  readonly window: GreyWindow | undefined;
  readonly isOwnWindow: boolean;
  readonly onWindow: (window: GreyWindow | null) => void;
  readonly presets: Frame['windows'];
  /** The image is in Hounsfield units, so that CT windows apply. */
  readonly inHounsfield: boolean;
  readonly masks: readonly Mask[];
  /** The score maps that the image has, and the one that is shown. */
  readonly maps: readonly MapSource[];
  readonly source: MapSource | undefined;
  readonly tool: Tool | null;
  readonly onTool: (tool: Tool | null) => void;
}

export function ViewerTools(props: ToolsProps) {
  const { viewer, onChange, masks, tool, onTool } = props;
  const toggle = (wanted: Tool) => onTool(tool === wanted ? null : wanted);
  return (
    <ToolBar label="Viewer" dense className={styles.tools}>
      <WindowMenu {...props} />
      <ToggleButton
        icon={<ContrastIcon />}
        on={viewer.invert}
        aria-label="Invert grey"
        title="Invert grey (I)"
        onClick={() => onChange({ ...viewer, invert: !viewer.invert })}
      />
      <Button
        icon={viewer.large === null ? <MaximizeIcon /> : <GridViewIcon />}
        aria-pressed={viewer.large !== null}
        aria-label={viewer.large === null ? 'One pane' : 'Four panes'}
        title={viewer.large === null ? 'One pane (M, or double-click a pane)' : 'Four panes (M)'}
        onClick={() => onChange(enlarged(viewer, 'original'))}
      />
      <ToolGroup>
        <span className={text.quiet} title={meaningOf('score map')}>
          Heat map
        </span>
        <MapMenu {...props} />
        <HTMLSelect
          aria-label="Colour map"
          value={viewer.colourMap}
          options={colourMaps}
          onChange={({ currentTarget }) => onChange({ ...viewer, colourMap: currentTarget.value as ColourMap })}
        />
        <OpacitySlider of="score map" value={viewer.opacity} onChange={(opacity) => onChange({ ...viewer, opacity })} />
      </ToolGroup>
      {masks.length === 0 ? null : <MaskTools viewer={viewer} onChange={onChange} masks={masks} />}
      <ToolGroup atEnd>
        <ToggleButton
          icon={<EyeOpenIcon />}
          on={viewer.marks}
          aria-label="Show rectangles"
          title="Show patches and annotations (H)"
          onClick={() => onChange({ ...viewer, marks: !viewer.marks })}
        />
        <ToggleButton
          icon={<RegressionChartIcon />}
          on={tool === 'length'}
          aria-label="Measure lengths"
          title="Measure lengths by dragging (L)"
          onClick={() => toggle('length')}
        />
        <ToggleButton
          icon={<AreaOfInterestIcon />}
          on={tool === 'region'}
          aria-label="Measure regions"
          title="Measure the values in a rectangle by dragging (O)"
          onClick={() => toggle('region')}
        />
        <ToggleButton
          icon={<SelectIcon />}
          on={tool === 'annotate'}
          text="Annotate"
          title="Drag rectangles around true anomalies (A), or place one with keys (N)"
          onClick={() => toggle('annotate')}
        />
        {tool === 'annotate' ? (
          <InputGroup
            className={classNames(styles.label)}
            aria-label="Label of the anomaly"
            value={viewer.label}
            maxLength={200}
            onValueChange={(label) => onChange({ ...viewer, label })}
            onKeyDown={(event) => {
              // The next Enter saves the rectangle.
              if (event.key === 'Enter') event.currentTarget.blur();
            }}
          />
        ) : null}
      </ToolGroup>
    </ToolBar>
  );
}

function MapMenu({ viewer, onChange, maps, source }: ToolsProps) {
  if (source === undefined) return null;
  return (
    <HTMLSelect
      aria-label="Score map"
      value={maps.findIndex((map) => sameMap(map, source))}
      options={maps.map((map, index) => ({ label: mapTitle(map), value: index }))}
      onChange={({ currentTarget }) => onChange({ ...viewer, map: maps[Number(currentTarget.value)] ?? null })}
    />
  );
}

function WindowMenu({ window, isOwnWindow, onWindow, presets, inHounsfield }: ToolsProps) {
  const windows = [
    ...presets.map(({ name, center, width }, index) => ({
      name: `${name || 'window'} (file${presets.length > 1 ? `, ${index + 1}` : ''})`,
      center,
      width,
    })),
    ...(inHounsfield ? computedTomographyWindows : []),
  ];
  const currentIndex = isOwnWindow
    ? -1
    : windows.findIndex(({ center, width }) => center === window?.center && width === window.width);
  return (
    <ToolGroup>
      <HTMLSelect
        aria-label="Window and level"
        title={meaningOf('window and level')}
        value={isOwnWindow ? 'own' : currentIndex < 0 ? 'dragged' : currentIndex}
        onChange={({ currentTarget: { value } }) => {
          const preset = windows[Number(value)];
          onWindow(preset === undefined ? null : { center: preset.center, width: preset.width });
        }}
      >
        <option value="own">file's window</option>
        {!isOwnWindow && currentIndex < 0 ? <option value="dragged">custom</option> : null}
        {windows.map(({ name }, index) => (
          <option key={name} value={index}>
            {name}
          </option>
        ))}
      </HTMLSelect>
      <output
        className={styles.reading}
        aria-label="Current window and level"
        title="Drag in a pane: right widens the window, down brightens"
      >
        {window === undefined ? '' : `W ${Math.round(window.width)} L ${Math.round(window.center)}`}
      </output>
    </ToolGroup>
  );
}
