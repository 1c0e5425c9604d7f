// How opaque something that lies over the picture is.
import { Slider } from '@blueprintjs/core';
import { classNames } from '../class-names.ts';
import styles from './opacity-slider.module.css';

interface OpacitySliderProps {
  /** What it is the opacity of. */
  readonly of: string;
  /** 0 to 1. */
  readonly value: number;
  readonly onChange: (opacity: number) => void;
}

export function OpacitySlider({ of, value, onChange }: OpacitySliderProps) {
  return (
    <span className={styles.opacity}>
      <Slider
        className={classNames(styles.slider)}
        min={0}
        max={1}
        stepSize={0.05}
        labelRenderer={false}
        value={value}
        onChange={onChange}
        handleHtmlProps={{ 'aria-label': `opacity of the ${of}` }}
      />
    </span>
  );
}
