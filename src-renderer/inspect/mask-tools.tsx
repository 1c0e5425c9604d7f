// Which segmentations lie over the picture, in which colour, and how opaque.
import { Checkbox } from '@blueprintjs/core';
import type { Mask } from '../../src-preload/schemas/segmentation.ts';
import { OpacitySlider } from './opacity-slider.tsx';
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
      <OpacitySlider
        of="masks"
        value={viewer.maskOpacity}
        onChange={(maskOpacity) => onChange({ ...viewer, maskOpacity })}
      />
    </span>
  );
}
