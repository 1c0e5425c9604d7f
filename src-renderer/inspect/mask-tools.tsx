// Which segmentations lie over the picture, in which colour, and how opaque.
import { Checkbox, Slider } from '@blueprintjs/core';
import type { Mask } from '../../src-preload/schemas/segmentation.ts';
import { maskColours } from './picture.ts';
import type { Viewer } from './viewer.ts';

interface MaskToolsProps {
  readonly viewer: Viewer;
  readonly onChange: (viewer: Viewer) => void;
  readonly masks: readonly Mask[];
}

export function MaskTools({ viewer, onChange, masks }: MaskToolsProps) {
  return (
    <span className="tool-group">
      <span className="quiet">Masks</span>
      {masks.map(({ role }) => (
        <Checkbox
          key={role}
          inline
          checked={viewer.masks[role]}
          onChange={({ currentTarget }) =>
            onChange({ ...viewer, masks: { ...viewer.masks, [role]: currentTarget.checked } })
          }
        >
          <span className="mask-name" style={{ color: `rgb(${maskColours[role].join(' ')})` }}>
            {role}
          </span>
        </Checkbox>
      ))}
      <span className="opacity">
        <Slider
          min={0}
          max={1}
          stepSize={0.05}
          labelRenderer={false}
          value={viewer.maskOpacity}
          onChange={(maskOpacity) => onChange({ ...viewer, maskOpacity })}
          handleHtmlProps={{ 'aria-label': 'opacity of the masks' }}
        />
      </span>
    </span>
  );
}
