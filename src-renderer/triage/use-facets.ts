// What can be chosen in the archive, with counts: kinds, modalities, verdicts, tags and so on.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { methodQuery, useHost } from '../host/use-host.ts';
import { useTriage } from './triage-state.tsx';

/** Only the cohort narrows the counts: what could be chosen besides is counted too. */
export function useFacets() {
  const host = useHost();
  const { filter, begun } = useTriage();
  return useQuery({
    ...methodQuery(host, 'images.facets', { filter: filter.cohort === undefined ? {} : { cohort: filter.cohort } }),
    // Counting a large archive takes longer than listing it: the images come first.
    enabled: begun,
    placeholderData: keepPreviousData,
  });
}
