// Duplicates: copies among the images, and what leaks between cohorts.
import { SegmentedControl } from '@blueprintjs/core';
import { useLayout } from '../host/layout.tsx';
import { CopiesPanel } from './copies-panel.tsx';
import styles from './duplicates-view.module.css';
import { LeaksPanel } from './leaks-panel.tsx';

type Part = 'copies' | 'leaks';

export function DuplicatesView({ onInspect }: { readonly onInspect: (image: number) => void }) {
  const [part, setPart] = useLayout<Part>('duplicates part', 'copies');
  return (
    <div className={styles.view}>
      <div className={styles.parts}>
        <SegmentedControl
          aria-label="Part"
          value={part}
          onValueChange={(value) => setPart(value as Part)}
          options={[
            { label: 'Copies', value: 'copies' },
            { label: 'Leaks between cohorts', value: 'leaks' },
          ]}
        />
      </div>
      {part === 'copies' ? <CopiesPanel onInspect={onInspect} /> : <LeaksPanel onInspect={onInspect} />}
    </div>
  );
}
