// Below the tabs while a work list is read: which one, how far, and how to end it.
import { Button, ProgressBar } from '@blueprintjs/core';
import { EyeOffIcon, EyeOpenIcon } from '@blueprintjs/icons';
import { classNames } from '../class-names.ts';
import { useReading } from './reading.tsx';
import styles from './reading-bar.module.css';

export function ReadingBar() {
  const { list, blind, end } = useReading();
  if (list === null) return null;
  const { name, reader, read, images } = list;
  const done = read === images;
  return (
    <section className={styles.bar} aria-label="Reading">
      {blind ? <EyeOffIcon /> : <EyeOpenIcon />}
      <span className={styles.words}>{blind ? `${reader} reads ${name} blind` : `Work list ${name} of ${reader}`}</span>
      <ProgressBar
        className={classNames(styles.progress)}
        intent={done ? 'success' : 'primary'}
        stripes={false}
        animate={false}
        value={images === 0 ? 0 : read / images}
        aria-label={`progress of ${name}`}
      />
      <span className={styles.count} role="status" aria-label="Read">
        {done
          ? `all ${images.toLocaleString('en')} read`
          : `${read.toLocaleString('en')} of ${images.toLocaleString('en')} read`}
      </span>
      <Button size="small" text={blind ? 'End blind reading' : 'Leave the list'} onClick={end} />
    </section>
  );
}
