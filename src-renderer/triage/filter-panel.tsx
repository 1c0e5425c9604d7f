// The filter of the list: conditions that must all hold, each a list of choices with their counts.

import { Button, HTMLSelect } from '@blueprintjs/core';
import { FilterRemoveIcon } from '@blueprintjs/icons';
import { meaningOf } from '../../src-preload/glossary.ts';
import { useAnswer } from '../host/use-host.ts';
import { CohortMaker } from './cohort-maker.tsx';
import { ColumnFilter } from './column-filter.tsx';
import facet from './facet.module.css';
import { FacetList, facetLists } from './facet-list.tsx';
import styles from './filter-panel.module.css';
import { FoundBy } from './found-by.tsx';
import { SavedViews } from './saved-views.tsx';
import { ScoreRange } from './score-range.tsx';
import { TextFilter } from './text-filter.tsx';
import { useTriage } from './triage-state.tsx';
import { useFacets } from './use-facets.ts';

export function FilterPanel() {
  const { filter, usualFilter, setFilter, isComplete, columns } = useTriage();
  const cohorts = useAnswer('cohorts.list', {}, isComplete);
  const facets = useFacets();
  const narrowed = JSON.stringify(filter) !== JSON.stringify(usualFilter);
  const outside = filter.outsideCohorts ?? usualFilter.outsideCohorts;
  return (
    <aside className={styles.filters} aria-label="Filters">
      <SavedViews />
      <FoundBy />
      <TextFilter key={narrowed ? 'some' : 'none'} />
      <div className={facet.facet}>
        <h2 id="cohort-label" title={meaningOf('cohort')}>
          Cohort
        </h2>
        <HTMLSelect
          fill
          aria-labelledby="cohort-label"
          title={
            filter.outsideCohorts === undefined
              ? undefined
              : `Without reference normals. ${meaningOf('reference normals')}`
          }
          value={filter.cohort ?? (filter.outsideCohorts === undefined ? 'all' : 'archive')}
          onChange={({ currentTarget: { value } }) => {
            const { cohort: _cohort, outsideCohorts: _outside, ...others } = filter;
            if (value === 'archive') setFilter({ ...others, outsideCohorts: outside });
            else setFilter(value === 'all' ? others : { ...others, cohort: Number(value) });
          }}
        >
          {outside === undefined ? null : <option value="archive">without the normals</option>}
          <option value="all">all images</option>
          {cohorts.data?.cohorts.map(({ id, name, images }) => (
            <option key={id} value={id}>
              {name} ({images.toLocaleString('en')})
            </option>
          ))}
        </HTMLSelect>
        <CohortMaker />
      </div>
      {facetLists.map(({ field, facet, title, meaning }) => (
        <FacetList key={field} title={title} meaning={meaning} field={field} values={facets.data?.[facet] ?? []} />
      ))}
      {columns.map((column) => (
        <ColumnFilter key={column.id} column={column} />
      ))}
      <ScoreRange />
      <Button
        fill
        disabled={!narrowed}
        icon={<FilterRemoveIcon />}
        text="Clear filter"
        onClick={() => setFilter(usualFilter)}
      />
    </aside>
  );
}
