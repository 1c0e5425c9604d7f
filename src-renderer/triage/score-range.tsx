// The lowest and the highest score of the listed images.
import { InputGroup } from '@blueprintjs/core';
import { classNames } from '../class-names.ts';
import styles from './facet.module.css';
import { scoreLabel } from './score-names.ts';
import { useTriage } from './triage-state.tsx';

export function ScoreRange() {
  const { filter, setFilter, score } = useTriage();
  if (score === undefined) return null;
  const set = (bound: 'from' | 'to', text: string) => {
    const { score: before, ...others } = filter;
    const bounds = { from: before?.from, to: before?.to, [bound]: text.trim() === '' ? undefined : Number(text) };
    const { from, to } = bounds;
    const range = { ...(isBound(from) ? { from } : {}), ...(isBound(to) ? { to } : {}) };
    setFilter(Object.keys(range).length > 0 ? { ...others, score: { ...range, name: score } } : others);
  };
  return (
    <fieldset className={classNames(styles.facet, styles.range)}>
      <legend>{scoreLabel(filter.score?.name ?? score)}</legend>
      {(['from', 'to'] as const).map((bound) => (
        <InputGroup
          key={`${bound} ${filter.score?.[bound] ?? ''}`}
          aria-label={`score ${bound}`}
          placeholder={bound}
          inputMode="decimal"
          defaultValue={filter.score?.[bound]?.toString() ?? ''}
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
