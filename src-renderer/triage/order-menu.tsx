// What the list is sorted by, and in which direction.
import { Button, HTMLSelect } from '@blueprintjs/core';
import { SortAscIcon, SortDescIcon } from '@blueprintjs/icons';
import type { Order } from '../../src-preload/schemas/image.ts';
import { classNames } from '../class-names.ts';
import styles from './order-menu.module.css';
import { mostAbnormalFirst, scoreLabel, scoreMeaning } from './score-names.ts';
import { useTriage } from './triage-state.tsx';

const fields = { imported: 'import order', name: 'name', kind: 'kind', verdict: 'verdict' } as const;

export function OrderMenu() {
  const { order, setOrder, scoreNames, scoreFacts } = useTriage();
  const choices: readonly { readonly label: string; readonly by: Order['by'] }[] = [
    ...scoreNames.map((by) => ({ label: scoreLabel(by), by })),
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
        title={typeof order.by === 'object' ? scoreMeaning(scoreFacts, order.by) : undefined}
        value={currentIndex}
        options={choices.map(({ label }, index) => ({ label, value: index }))}
        onChange={({ currentTarget }) => {
          const by = choices[Number(currentTarget.value)]!.by;
          setOrder(typeof by === 'object' ? mostAbnormalFirst(scoreFacts, by) : { by, descending: false });
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
