// How pictures are shown: window presets, invert, colour map and opacity of the heat map. What is set stays set.
import { Button, HTMLSelect, Slider } from '@blueprintjs/core';
import type { Frame } from '../../src-preload/schemas/image.ts';
import { type ColourMap, colourMaps } from './colour-map.ts';
import { computedTomographyWindows, type GreyWindow } from './window-level.ts';

export interface Viewer {
  /** Null: the window that each file asks for. */
  readonly window: GreyWindow | null;
  readonly invert: boolean;
  readonly colourMap: ColourMap;
  /** Of the heat map at its highest value, 0..1. */
  readonly opacity: number;
}
export const initialViewer: Viewer = { window: null, invert: false, colourMap: 'inferno', opacity: 0.7 };

interface ToolsProps {
  readonly viewer: Viewer;
  readonly onChange: (viewer: Viewer) => void;
  readonly presets: Frame['windows'];
  readonly modality: string | null;
}

export function ViewerTools({ viewer, onChange, presets, modality }: ToolsProps) {
  const windows = [
    ...presets.map(({ name, center, width }, index) => ({
      name: name || `window ${index + 1} of the file`,
      center,
      width,
    })),
    ...(modality === 'CT' ? computedTomographyWindows : []),
  ];
  const present = windows.findIndex(
    ({ center, width }) => center === viewer.window?.center && width === viewer.window.width,
  );
  return (
    <div className="viewer-tools">
      <HTMLSelect
        aria-label="Window and level"
        value={viewer.window === null ? 'own' : present < 0 ? 'dragged' : present}
        onChange={({ currentTarget: { value } }) => {
          const preset = windows[Number(value)];
          onChange({ ...viewer, window: preset === undefined ? null : { center: preset.center, width: preset.width } });
        }}
      >
        <option value="own">window of the file</option>
        {viewer.window !== null && present < 0 ? <option value="dragged">as dragged</option> : null}
        {windows.map(({ name }, index) => (
          <option key={name} value={index}>
            {name}
          </option>
        ))}
      </HTMLSelect>
      <Button
        icon="contrast"
        active={viewer.invert}
        aria-pressed={viewer.invert}
        text="Invert"
        title="Invert grey (I)"
        onClick={() => onChange({ ...viewer, invert: !viewer.invert })}
      />
      <HTMLSelect
        aria-label="Colours of the score map"
        value={viewer.colourMap}
        options={colourMaps}
        onChange={({ currentTarget }) => onChange({ ...viewer, colourMap: currentTarget.value as ColourMap })}
      />
      <div className="opacity">
        <Slider
          min={0}
          max={1}
          stepSize={0.05}
          labelRenderer={false}
          value={viewer.opacity}
          onChange={(opacity) => onChange({ ...viewer, opacity })}
          handleHtmlProps={{ 'aria-label': 'opacity of the score map' }}
        />
      </div>
    </div>
  );
}
