// Groups (scanners, stations, ...) with their quantiles before and after the end of the baseline, and whether they drifted.
import { Button, HTMLTable, Tag } from '@blueprintjs/core';
import { meaningOf } from '../../src-preload/glossary.ts';
import type { DriftGroup, Quantiles } from '../../src-preload/schemas/drift.ts';
import { classNames } from '../class-names.ts';
import { scoreText } from '../triage/score-names.ts';
import styles from './groups-table.module.css';

interface TableProps {
  readonly groups: readonly DriftGroup[];
  readonly by: string;
  readonly shown: string | null;
  readonly onShow: (group: string | null) => void;
}

export function GroupsTable({ groups, by, shown, onShow }: TableProps) {
  const reach = reachOf(groups);
  // Those that drifted first, the others by the number of their images.
  const sorted = groups.toSorted((a, b) => Number(b.test?.drifted ?? false) - Number(a.test?.drifted ?? false));
  return (
    <HTMLTable compact className={classNames(styles.table)} aria-label="Groups">
      <thead>
        <tr>
          <th scope="col">{by}</th>
          <th scope="col">images</th>
          <th scope="col" title="Median, quartiles, 5th and 95th percentile: baseline above, after it below">
            before and after
          </th>
          <th scope="col" title={meaningOf('Kolmogorov-Smirnov distance')}>
            distance
          </th>
          <th scope="col">adjusted p</th>
          <th scope="col">
            <span className={styles.onlyRead}>result</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {sorted.map(({ group, before, after, test }) => (
          <tr key={group ?? ''} className={group === shown ? styles.shown : undefined}>
            <th scope="row">
              <Button
                variant="minimal"
                size="small"
                alignText="start"
                text={group ?? 'not known'}
                aria-pressed={group === shown}
                title="Show its distribution"
                onClick={() => onShow(group)}
              />
            </th>
            <td>
              {(before?.images ?? 0).toLocaleString('en')} → {(after?.images ?? 0).toLocaleString('en')}
            </td>
            <td className={styles.boxes}>
              <Boxes before={before} after={after} reach={reach} />
            </td>
            <td
              title={
                test?.against === 'all' ? 'against all of the baseline: it has fewer than 20 images there' : undefined
              }
            >
              {test === null ? '-' : `${test.distance.toFixed(3)}${test.against === 'all' ? ' *' : ''}`}
            </td>
            <td>{test === null ? '-' : test.adjusted < 0.001 ? '< 0.001' : test.adjusted.toFixed(3)}</td>
            <td className={styles.result}>
              {test === null ? 'too few images' : test.drifted ? <Tag intent="danger">drifted</Tag> : 'no drift'}
            </td>
          </tr>
        ))}
      </tbody>
    </HTMLTable>
  );
}

/** From the least 5th to the highest 95th percentile of all, so that all boxes have one scale. */
function reachOf(groups: readonly DriftGroup[]): readonly [number, number] {
  const all = groups.flatMap(({ before, after }) => [before, after]).filter((each) => each !== null);
  const [low, high] = [Math.min(...all.map(({ p5 }) => p5)), Math.max(...all.map(({ p95 }) => p95))];
  return low < high ? [low, high] : [low - 1, high + 1];
}

interface BoxesProps extends Pick<DriftGroup, 'before' | 'after'> {
  readonly reach: readonly [number, number];
}

const [width, height] = [160, 34];

/** Two box plots on one scale; whiskers are the 5th and 95th percentile. */
function Boxes({ before, after, reach: [low, high] }: BoxesProps) {
  const x = (value: number) => ((value - low) / (high - low)) * (width - 2) + 1;
  const box = (quantiles: Quantiles | null, top: number, className: string | undefined) =>
    quantiles === null ? null : (
      <g className={className}>
        <line x1={x(quantiles.p5)} x2={x(quantiles.p95)} y1={top + 6} y2={top + 6} />
        <rect x={x(quantiles.p25)} width={Math.max(1, x(quantiles.p75) - x(quantiles.p25))} y={top} height={12} />
        <line className={styles.median} x1={x(quantiles.median)} x2={x(quantiles.median)} y1={top} y2={top + 12} />
      </g>
    );
  const words = (quantiles: Quantiles | null) => (quantiles === null ? 'none' : scoreText(quantiles.median));
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={`median before ${words(before)}, after ${words(after)}`}
    >
      {box(before, 2, styles.before)}
      {box(after, 19, styles.after)}
    </svg>
  );
}
