// What the list is sorted by, and in which direction.
import { Button, HTMLSelect } from '@blueprintjs/core';
import { SortAscIcon, SortDescIcon } from '@blueprintjs/icons';
import { orderingScore } from '../../src-preload/ordering-score.ts';
import type { Order } from '../../src-preload/schemas/image.ts';
import { classNames } from '../class-names.ts';
import { useAnswer } from '../host/use-host.ts';
import styles from './order-menu.module.css';
import { mostAbnormalFirst, scoreLabel, scoreMeaning } from './score-names.ts';
import { useTriage } from './triage-state.tsx';

const fields = { imported: 'import order', name: 'name', kind: 'kind', verdict: 'verdict' } as const;

export function OrderMenu() {
  const { order, setOrder, scoreNames, scoreFacts } = useTriage();
  const columns = useAnswer('columns.list', {}).data?.columns ?? [];
  const ordering = orderingScore(order);
  const choices: readonly { readonly label: string; readonly by: Order['by'] }[] = [
    ...scoreNames.map((by) => ({ label: scoreLabel(by), by })),
    ...columns.map(({ id, name }) => ({ label: name, by: { column: id } })),
    ...Object.entries(fields).map(([by, label]) => ({ label, by: by as keyof typeof fields })),
  ];
  const currentIndex = choices.findIndex(({ by }) => JSON.stringify(by) === JSON.stringify(order.by));
  return (
    <div className={styles.order}>
      <span className={styles.label} aria-hidden>
        Sort by
      </span>
      <HTMLSelect
        className={classNames(styles.menu)}
        aria-label="Sort by"
        title={ordering === undefined ? undefined : scoreMeaning(scoreFacts, ordering)}
        value={currentIndex}
        options={choices.map(({ label }, index) => ({ label, value: index }))}
        onChange={({ currentTarget }) => {
          const by = choices[Number(currentTarget.value)]!.by;
          const score = orderingScore({ by });
          setOrder(score === undefined ? { by, descending: false } : mostAbnormalFirst(scoreFacts, score));
        }}
      />
      <Button
        variant="minimal"
        icon={order.descending ? <SortDescIcon /> : <SortAscIcon />}
        aria-label={order.descending ? 'highest first' : 'lowest first'}
        title={order.descending ? 'highest first; click for lowest first' : 'lowest first; click for highest first'}
        onClick={() => setOrder({ ...order, descending: !order.descending })}
      />
    </div>
  );
}
