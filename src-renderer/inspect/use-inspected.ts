// Everything that is known of the inspected image; the images after and before it are fetched meanwhile.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { ImageDetail, ScoreName } from '../../src-preload/schemas/image.ts';
import { methodQuery, useAnswer, useHost } from '../host/use-host.ts';
import { useTriage } from '../triage/triage-state.tsx';
import {
  type MappedScores,
  type MapSource,
  mappedScoresOf,
  mapsOf,
  reconstructedBy,
  selectedMap,
} from './map-source.ts';

/** What of an image's runs is shown. */
function sourcesOf(
  detail: ImageDetail,
  score: ScoreName | undefined,
  requestedMap: MapSource | null,
  mapped: MappedScores,
) {
  const maps = mapsOf(detail, mapped);
  const map = selectedMap(maps, score, requestedMap);
  return { maps, map, run: reconstructedBy(detail, [map?.run, score?.run]) };
}

/** `requestedMap`: the selected score map, where the image has it; null: that of the list's score. */
export function useInspected(id: number, score: ScoreName | undefined, requestedMap: MapSource | null) {
  const host = useHost();
  const families = useAnswer('scores.families', {}).data?.families;
  const mapped = useMemo(() => mappedScoresOf(families ?? []), [families]);
  usePrefetchedNeighbours(score, requestedMap, mapped);
  const detail = useAnswer('images.detail', { id });
  // The previous image stays, dimmed, until the next one arrives: no flash in between.
  const frame = useQuery({ ...methodQuery(host, 'images.frame', { id }), placeholderData: keepPreviousData });
  const sources = useMemo(
    () => (detail.data === undefined ? undefined : sourcesOf(detail.data, score, requestedMap, mapped)),
    [detail.data, score, requestedMap, mapped],
  );
  const run = sources?.run;
  const source = sources?.map;
  const pair = useAnswer('images.reconstruction', { id, run: run ?? 0 }, run !== undefined);
  const map = useAnswer('images.map', { id, ...(source ?? { run: 0, map: 'WD' }) }, source !== undefined);
  const masks = useAnswer('images.masks', { id });
  const slices = useAnswer('images.slices', { id, ...(score === undefined ? {} : { score }) });
  return { id, run, mapped, maps: sources?.maps ?? [], source, detail, frame, pair, map, masks, slices };
}
export type Inspected = ReturnType<typeof useInspected>;

function usePrefetchedNeighbours(
  score: ScoreName | undefined,
  requestedMap: MapSource | null,
  mapped: MappedScores,
): void {
  const host = useHost();
  const client = useQueryClient();
  const { ids, selection } = useTriage();
  useEffect(() => {
    for (const id of [ids?.[selection.focus + 1], ids?.[selection.focus - 1]]) {
      if (id === undefined) continue;
      client.prefetchQuery(methodQuery(host, 'images.frame', { id }));
      client.prefetchQuery(methodQuery(host, 'images.masks', { id }));
      client.fetchQuery(methodQuery(host, 'images.detail', { id })).then((detail) => {
        const { run, map } = sourcesOf(detail, score, requestedMap, mapped);
        if (run !== undefined) client.prefetchQuery(methodQuery(host, 'images.reconstruction', { id, run }));
        if (map !== undefined) client.prefetchQuery(methodQuery(host, 'images.map', { id, ...map }));
      }, ignored);
    }
  }, [host, client, ids, selection.focus, score, requestedMap, mapped]);
}

/** The view of that image requests it again and shows the error. */
const ignored = () => {};
