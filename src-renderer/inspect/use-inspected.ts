// Everything that is known of the inspected image; the images after and before it are fetched meanwhile.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ScoreName } from '../../src-preload/schemas/image.ts';
import { asked, useAnswer, useHost } from '../host/use-host.ts';
import { useTriage } from '../triage/triage-state.tsx';

export type DistanceName = 'MSE' | 'WD';

export function useInspected(id: number, score: ScoreName | undefined) {
  const host = useHost();
  const run = score?.run ?? 0;
  const distance: DistanceName = score?.score.startsWith('MSE') ? 'MSE' : 'WD';
  usePrefetchedNeighbours(run, distance);
  const detail = useAnswer('images.detail', { id });
  // The last picture stays, dimmed, until the next one is there: no flash between images.
  const frame = useQuery({ ...asked(host, 'images.frame', { id }), placeholderData: keepPreviousData });
  const hasRun = run > 0 && (detail.data === undefined || detail.data.scores.some(({ name }) => name.run === run));
  const pair = useAnswer('images.reconstruction', { id, run }, hasRun);
  const map = useAnswer('images.map', { id, run, distance }, hasRun);
  const masks = useAnswer('images.masks', { id });
  const slices = useAnswer('images.slices', { id, ...(score === undefined ? {} : { score }) });
  return { id, run, distance, hasRun, detail, frame, pair, map, masks, slices };
}
export type Inspected = ReturnType<typeof useInspected>;

function usePrefetchedNeighbours(run: number, distance: DistanceName): void {
  const host = useHost();
  const client = useQueryClient();
  const { ids, selection } = useTriage();
  useEffect(() => {
    for (const id of [ids?.[selection.focus + 1], ids?.[selection.focus - 1]]) {
      if (id === undefined) continue;
      client.prefetchQuery(asked(host, 'images.frame', { id }));
      client.prefetchQuery(asked(host, 'images.detail', { id }));
      client.prefetchQuery(asked(host, 'images.masks', { id }));
      if (run === 0) continue;
      client.prefetchQuery(asked(host, 'images.reconstruction', { id, run }));
      client.prefetchQuery(asked(host, 'images.map', { id, run, distance }));
    }
  }, [host, client, ids, selection.focus, run, distance]);
}
