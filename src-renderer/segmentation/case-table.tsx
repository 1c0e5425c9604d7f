// Scans with their scores and their Dice, sorted by one of them.
import { Button, HTMLTable } from '@blueprintjs/core';
import { BlankIcon, SortAscIcon, SortDescIcon } from '@blueprintjs/icons';
import type { SegmentedCase } from '../../src-preload/schemas/segmentation.ts';
import { classNames } from '../class-names.ts';
import { scoreText, shortReason } from '../triage/score-names.ts';
import styles from './case-table.module.css';

export type Column = 'score' | 'dice';

interface TableProps {
  readonly cases: readonly SegmentedCase[];
  readonly column: Column;
  readonly onColumn: (column: Column) => void;
  readonly below: number;
  readonly onPoint: (image: number | null) => void;
  readonly onInspect: (image: number) => void;
}

export function CaseTable({ cases, column, onColumn, below, onPoint, onInspect }: TableProps) {
  const reasoned = cases.some(({ why }) => why !== null);
  return (
    <div className={styles.cases}>
      <HTMLTable compact interactive aria-label="Scans" className={classNames(styles.table)}>
        <thead>
          <tr>
            <th scope="col">scan</th>
            <th scope="col">slices</th>
            {(['score', 'dice'] as const).map((name) => (
              <th
                scope="col"
                key={name}
                aria-sort={column === name ? (name === 'score' ? 'descending' : 'ascending') : 'none'}
              >
                <Button
                  variant="minimal"
                  size="small"
                  text={name}
                  active={column === name}
                  endIcon={column !== name ? <BlankIcon /> : name === 'score' ? <SortDescIcon /> : <SortAscIcon />}
                  onClick={() => onColumn(name)}
                />
              </th>
            ))}
            {reasoned ? (
              <th scope="col" className={styles.why}>
                why
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {cases.map(({ image, name, slices, score, dice, why }) => (
            <tr key={image} onMouseEnter={() => onPoint(image)} onMouseLeave={() => onPoint(null)}>
              <th scope="row">
                <Button
                  variant="minimal"
                  size="small"
                  alignText="start"
                  text={name}
                  title="Inspect its highest-scoring slice"
                  onFocus={() => onPoint(image)}
                  onClick={() => onInspect(image)}
                />
              </th>
              <td>{slices}</td>
              <td>{scoreText(score)}</td>
              <td className={dice < below ? styles.failed : undefined}>{dice.toFixed(3)}</td>
              {reasoned ? (
                <td className={styles.why} title={why ?? undefined}>
                  {why === null ? null : shortReason(why)}
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </HTMLTable>
    </div>
  );
}
