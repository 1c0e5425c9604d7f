// Which images are listed: conditions that all hold, each a list of choices with their counts in the archive.
import { Button, Checkbox, HTMLSelect, InputGroup } from '@blueprintjs/core';
import { FilterRemoveIcon, SearchIcon } from '@blueprintjs/icons';
import { useEffect, useRef, useState } from 'react';
import type { Filter } from '../../src-preload/schemas/image.ts';
import { useAnswer } from '../host/use-host.ts';
import { CohortMaker } from './cohort-maker.tsx';
import { SavedViews } from './saved-views.tsx';
import { scoreLabel } from './score-names.ts';
import { useTriage } from './triage-state.tsx';
import { useFacets } from './use-facets.ts';

/** The parts of a filter that are lists, and what the archive's facets call each. */
const lists = [
  { field: 'verdicts', facet: 'verdicts', title: 'Verdict' },
  { field: 'kinds', facet: 'kinds', title: 'Kind' },
  { field: 'modalities', facet: 'modalities', title: 'Modality' },
  { field: 'bodyParts', facet: 'bodyParts', title: 'Body part' },
  { field: 'views', facet: 'views', title: 'View' },
  { field: 'tags', facet: 'tags', title: 'Tag' },
  { field: 'states', facet: 'states', title: 'File' },
] as const;
type ListField = (typeof lists)[number]['field'];

const textAfterMilliseconds = 200;

export function FilterPanel() {
  const { filter, setFilter, begun } = useTriage();
  const cohorts = useAnswer('cohorts.list', {}, begun);
  const facets = useFacets();
  const narrowed = Object.keys(filter).length > 0;
  return (
    <aside className="filters" aria-label="Filters">
      <SavedViews />
      <TextFilter key={narrowed ? 'some' : 'none'} />
      <div className="facet">
        <h2 id="cohort-label">Cohort</h2>
        <HTMLSelect
          fill
          aria-labelledby="cohort-label"
          value={filter.cohort ?? ''}
          onChange={({ currentTarget: { value } }) => {
            const { cohort: _, ...others } = filter;
            setFilter(value === '' ? others : { ...others, cohort: Number(value) });
          }}
        >
          <option value="">all images</option>
          {cohorts.data?.cohorts.map(({ id, name, images }) => (
            <option key={id} value={id}>
              {name} ({images.toLocaleString('en')})
            </option>
          ))}
        </HTMLSelect>
        <CohortMaker />
      </div>
      {lists.map(({ field, facet, title }) => (
        <FacetList key={field} title={title} field={field} values={facets.data?.[facet] ?? []} />
      ))}
      <ScoreRange />
      <Button
        fill
        disabled={!narrowed}
        icon={<FilterRemoveIcon />}
        text="Clear the filter"
        onClick={() => setFilter({})}
      />
    </aside>
  );
}

function TextFilter() {
  const { filter, setFilter } = useTriage();
  const [text, setText] = useState(filter.text ?? '');
  const latest = useRef({ filter, setFilter });
  latest.current = { filter, setFilter };
  useEffect(() => {
    const timer = setTimeout(() => {
      const { filter, setFilter } = latest.current;
      if ((filter.text ?? '') === text) return;
      const { text: _, ...others } = filter;
      setFilter(text === '' ? others : { ...others, text });
    }, textAfterMilliseconds);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <InputGroup
      type="search"
      leftIcon={<SearchIcon />}
      placeholder="name, series or tag"
      aria-label="Text in name, series or tag"
      value={text}
      maxLength={200}
      onValueChange={setText}
    />
  );
}

interface FacetListProps {
  readonly title: string;
  readonly field: ListField;
  readonly values: readonly { readonly value: string | null; readonly images: number }[];
}

function FacetList({ title, field, values }: FacetListProps) {
  const { filter, setFilter } = useTriage();
  const chosen: readonly string[] = filter[field] ?? [];
  // Undecided images are a choice of their own; a missing kind or modality is none.
  const choices = values.flatMap(({ value, images }) =>
    value !== null ? [{ value, images }] : field === 'verdicts' ? [{ value: 'none', images }] : [],
  );
  // Files that are all as they were say nothing.
  const ordinary = field === 'states' && choices.every(({ value }) => value === 'present');
  if (choices.length === 0 || (ordinary && chosen.length === 0)) return null;
  const toggle = (value: string) => {
    const next = chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value];
    setFilter(withList(filter, field, next));
  };
  return (
    <fieldset className="facet">
      <legend>{title}</legend>
      {choices.map(({ value, images }) => (
        <Checkbox key={value} checked={chosen.includes(value)} onChange={() => toggle(value)}>
          <span className="choice">{value === 'none' ? 'undecided' : value}</span>
          <span className="quiet">{images.toLocaleString('en')}</span>
        </Checkbox>
      ))}
    </fieldset>
  );
}

/** The filter with another list of choices; none is no condition. */
function withList(filter: Filter, field: ListField, choices: readonly string[]): Filter {
  const entries = Object.entries({ ...filter, [field]: choices });
  return Object.fromEntries(entries.filter(([name]) => name !== field || choices.length > 0));
}

function ScoreRange() {
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
    <fieldset className="facet score-range">
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
