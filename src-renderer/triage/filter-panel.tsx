// Which images are listed: conditions that all hold, each a list of choices with their counts in the archive.
import { Button, HTMLSelect } from '@blueprintjs/core';
import { FilterRemoveIcon } from '@blueprintjs/icons';
import { useAnswer } from '../host/use-host.ts';
import { CohortMaker } from './cohort-maker.tsx';
import facet from './facet.module.css';
import { FacetList, facetLists } from './facet-list.tsx';
import styles from './filter-panel.module.css';
import { SavedViews } from './saved-views.tsx';
import { ScoreRange } from './score-range.tsx';
import { TextFilter } from './text-filter.tsx';
import { useTriage } from './triage-state.tsx';
import { useFacets } from './use-facets.ts';

export function FilterPanel() {
  const { filter, setFilter, begun } = useTriage();
  const cohorts = useAnswer('cohorts.list', {}, begun);
  const facets = useFacets();
  const narrowed = Object.keys(filter).length > 0;
  return (
    <aside className={styles.filters} aria-label="Filters">
      <SavedViews />
      <TextFilter key={narrowed ? 'some' : 'none'} />
      <div className={facet.facet}>
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
      {facetLists.map(({ field, facet, title }) => (
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
