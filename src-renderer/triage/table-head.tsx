// The head of the image table: the names of the columns, which sort.
import { CaretDownIcon, CaretUpIcon } from '@blueprintjs/icons';
import { orderingScore } from '../../src-preload/ordering-score.ts';
import type { Order } from '../../src-preload/schemas/image.ts';
import { classNames } from '../class-names.ts';
import styles from './image-table.module.css';
import { mostAbnormalFirst, scoreLabel } from './score-names.ts';
import type { Column } from './table-columns.tsx';
import { useTriage } from './triage-state.tsx';

export interface HeadProps {
  readonly shown: readonly Column[];
  readonly template: string;
}

const sameKey = (a: Order['by'], b: Order['by']) => JSON.stringify(a) === JSON.stringify(b);

export function TableHead({ shown, template }: HeadProps) {
  const { order, setOrder, score, scoreFacts } = useTriage();
  const isSorted = ({ by }: Column) =>
    by === 'score' ? orderingScore(order) !== undefined : by !== undefined && sameKey(by, order.by);
  const sort = (column: Column) => {
    const by = column.by === 'score' ? score : column.by;
    if (by === undefined) return;
    if (isSorted(column)) setOrder({ by, descending: !order.descending });
    else {
      const ordering = orderingScore({ by });
      setOrder(ordering === undefined ? { by, descending: false } : mostAbnormalFirst(scoreFacts, ordering));
    }
  };
  return (
    <div
      className={classNames(styles.line, styles.head)}
      role="row"
      aria-rowindex={1}
      tabIndex={-1}
      style={{ gridTemplateColumns: template }}
    >
      <span role="columnheader" tabIndex={-1} aria-label="picture" />
      {shown.map((column) => {
        const sorted = isSorted(column);
        const title = column.by === 'score' && score !== undefined ? scoreLabel(score) : column.title;
        return (
          <span
            key={column.title}
            role="columnheader"
            tabIndex={-1}
            className={column.number && styles.number}
            {...(sorted ? { 'aria-sort': order.descending ? ('descending' as const) : ('ascending' as const) } : {})}
          >
            {column.by === undefined ? (
              title
            ) : (
              <button type="button" title={`Sort by ${title}`} onClick={() => sort(column)}>
                {title} {sorted ? order.descending ? <CaretDownIcon size={12} /> : <CaretUpIcon size={12} /> : null}
              </button>
            )}
          </span>
        );
      })}
    </div>
  );
}
