// Which segmentations lie over the picture, in which colour, and how opaque.
import { Checkbox } from '@blueprintjs/core';
import type { Mask } from '../../src-preload/schemas/segmentation.ts';
import { classNames } from '../class-names.ts';
import text from '../styles/text.module.css';
import { asText } from '../theme.tsx';
import bar from '../tool-bar.module.css';
import { ToolGroup } from '../tool-bar.tsx';
import styles from './mask-tools.module.css';
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
    <ToolGroup>
      <span className={text.quiet}>Masks</span>
      {masks.map(({ role }) => (
        <Checkbox
          key={role}
          inline
          className={classNames(bar.control)}
          checked={viewer.masks[role]}
          onChange={({ currentTarget }) =>
            onChange({ ...viewer, masks: { ...viewer.masks, [role]: currentTarget.checked } })
          }
        >
          <span className={styles.name} style={{ color: asText(`rgb(${maskColours[role].join(' ')})`) }}>
            {role}
          </span>
        </Checkbox>
      ))}
      <OpacitySlider
        of="masks"
        value={viewer.maskOpacity}
        onChange={(maskOpacity) => onChange({ ...viewer, maskOpacity })}
      />
    </ToolGroup>
  );
}
