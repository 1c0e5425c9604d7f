// Buttons to the previous and next image of the list, and the position of the current one.
import { Button } from '@blueprintjs/core';
import { ChevronLeftIcon, ChevronRightIcon } from '@blueprintjs/icons';
import text from '../styles/text.module.css';
import { choose } from '../triage/selection.ts';
import { useTriage } from '../triage/triage-state.tsx';
import styles from './walk.module.css';

export function Walk() {
  const { ids, selection, select } = useTriage();
  const all = ids?.length ?? 0;
  const go = (step: number) => {
    if (ids !== undefined) select(choose(selection, ids, selection.focus + step, { toggle: false, range: false }));
  };
  return (
    <span className={styles.walk}>
      <Button
        variant="minimal"
        icon={<ChevronLeftIcon />}
        aria-label="Previous image"
        disabled={selection.focus === 0}
        onClick={() => go(-1)}
      />
      <span className={text.quiet}>
        {(selection.focus + 1).toLocaleString('en')} of {all.toLocaleString('en')}
      </span>
      <Button
        variant="minimal"
        icon={<ChevronRightIcon />}
        aria-label="Next image"
        disabled={selection.focus + 1 >= all}
        onClick={() => go(1)}
      />
    </span>
  );
}
