// The measurements on the image that is shown; they are not stored.
import { Button } from '@blueprintjs/core';
import { CrossIcon } from '@blueprintjs/icons';
import type { Frame } from '../../src-preload/schemas/image.ts';
import { type Measure, measureText } from './measure.ts';
import styles from './measurements.module.css';

interface MeasurementsProps {
  readonly frame: Frame;
  readonly unit: string;
  readonly measures: readonly Measure[];
  readonly onRemove: (measure: Measure) => void;
}

export function Measurements({ frame, unit, measures, onRemove }: MeasurementsProps) {
  if (measures.length === 0) return null;
  return (
    <section aria-labelledby="measurements">
      <h2 id="measurements">Measurements</h2>
      <ul className={styles.list}>
        {measures.map((measure, index) => (
          <li key={JSON.stringify(measure)}>
            <span>{`${index + 1}. ${measureText(frame, measure, unit)}`}</span>
            <Button
              variant="minimal"
              size="small"
              icon={<CrossIcon />}
              aria-label={`Remove measurement ${index + 1}`}
              onClick={() => onRemove(measure)}
            />
          </li>
        ))}
      </ul>
      {frame.spacing === null ? <p className={styles.note}>The file does not say how large its pixels are.</p> : null}
    </section>
  );
}
