// The choices of the filter, with counts: kinds, modalities, verdicts, tags and so on.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { methodQuery, useHost } from '../host/use-host.ts';
import { useTriage } from './triage-state.tsx';

/** Only the cohort narrows the counts, so that the other choices of a list show theirs. */
export function useFacets() {
  const host = useHost();
  const { filter, isComplete } = useTriage();
  return useQuery({
    ...methodQuery(host, 'images.facets', { filter: { cohort: filter.cohort, outsideCohorts: filter.outsideCohorts } }),
    // Counting a large archive takes longer than listing it: images first.
    enabled: isComplete,
    placeholderData: keepPreviousData,
  });
}
