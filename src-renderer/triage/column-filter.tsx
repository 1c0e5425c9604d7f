// One column of metadata in the filter: its most frequent values, or a range of numbers.
import { Checkbox, InputGroup } from '@blueprintjs/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Filter } from '../../src-preload/schemas/image.ts';
import { classNames } from '../class-names.ts';
import { methodQuery, useHost } from '../host/use-host.ts';
import text from '../styles/text.module.css';
import styles from './facet.module.css';
import type { MetadataColumn } from './rows-page.ts';
import { useTriage } from './triage-state.tsx';

type Condition = NonNullable<Filter['columns']>[number];

/** A longer list would fill the panel; the order of the table leads to every value. */
const mostValues = 12;

export function ColumnFilter({ column }: { readonly column: MetadataColumn }) {
  const { filter, setFilter } = useTriage();
  const condition = filter.columns?.find((each) => each.column === column.id);
  const change = (next: Omit<Condition, 'column'>) => {
    const others = (filter.columns ?? []).filter((each) => each.column !== column.id);
    const isEmpty = (next.values ?? []).length === 0 && next.from === undefined && next.to === undefined;
    const columns = isEmpty ? others : [...others, { column: column.id, ...next }];
    const { columns: _before, ...rest } = filter;
    setFilter(columns.length === 0 ? rest : { ...rest, columns });
  };
  return column.isNumber ? (
    <NumberRange column={column} condition={condition} onChange={change} />
  ) : (
    <ValueList column={column} condition={condition} onChange={change} />
  );
}

interface ConditionProps {
  readonly column: MetadataColumn;
  readonly condition: Condition | undefined;
  readonly onChange: (condition: Omit<Condition, 'column'>) => void;
}

function ValueList({ column, condition, onChange }: ConditionProps) {
  const host = useHost();
  const { filter, isComplete } = useTriage();
  const { data } = useQuery({
    ...methodQuery(host, 'columns.facet', {
      column: column.id,
      filter: { cohort: filter.cohort, outsideCohorts: filter.outsideCohorts },
      limit: mostValues,
    }),
    enabled: isComplete,
    placeholderData: keepPreviousData,
  });
  const selected = condition?.values ?? [];
  const choices = (data?.values ?? []).flatMap(({ value, images }) => (value === null ? [] : [{ value, images }]));
  if (choices.length === 0) return null;
  const toggle = (value: string) =>
    onChange({ values: selected.includes(value) ? selected.filter((each) => each !== value) : [...selected, value] });
  return (
    <fieldset className={styles.facet}>
      <legend>{column.name}</legend>
      {choices.map(({ value, images }) => (
        <Checkbox
          className={classNames(styles.checkbox)}
          key={value}
          checked={selected.includes(value)}
          onChange={() => toggle(value)}
        >
          <span className={styles.choice}>{value}</span>
          <span className={text.quiet}>{images.toLocaleString('en')}</span>
        </Checkbox>
      ))}
    </fieldset>
  );
}

function NumberRange({ column, condition, onChange }: ConditionProps) {
  const set = (bound: 'from' | 'to', written: string) => {
    const value = written.trim() === '' ? undefined : Number(written.replace(',', '.'));
    const bounds = { from: condition?.from, to: condition?.to, [bound]: value };
    const { from, to } = bounds;
    onChange({ ...(isBound(from) ? { from } : {}), ...(isBound(to) ? { to } : {}) });
  };
  return (
    <fieldset className={classNames(styles.facet, styles.range)}>
      <legend>{column.name}</legend>
      {(['from', 'to'] as const).map((bound) => (
        <InputGroup
          key={`${bound} ${condition?.[bound] ?? ''}`}
          aria-label={`${column.name} ${bound}`}
          placeholder={bound}
          inputMode="decimal"
          defaultValue={condition?.[bound]?.toString() ?? ''}
          onBlur={({ currentTarget }) => set(bound, currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
          }}
        />
      ))}
    </fieldset>
  );
}

const isBound = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);
