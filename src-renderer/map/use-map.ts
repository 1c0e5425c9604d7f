// What the map shows: points, their colours, and which of them are in the current list.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Request } from '../../src-preload/contract.ts';
import { useLayout } from '../host/layout.tsx';
import { methodQuery, useAnswer, useHost } from '../host/use-host.ts';
import { scoreLabel } from '../triage/score-names.ts';
import { useTriage } from '../triage/triage-state.tsx';
import { pointColours } from './point-colours.ts';

type Colouring = Request<'map.colours'>['colouring'];

const facts = {
  reason: 'reason',
  kind: 'kind',
  verdict: 'verdict',
  cohort: 'cohort',
  modality: 'modality',
  bodyPart: 'body part',
  view: 'view',
  patient: 'patient',
} as const;

export interface ColourChoice {
  readonly label: string;
  readonly colouring: Colouring;
}

/** What points can be coloured by: scores, facts of the image, columns of metadata. */
export function useColourChoices() {
  const { score, scoreNames } = useTriage();
  const columns = useAnswer('columns.list', {}).data?.columns;
  const [kept, keep] = useLayout<Colouring | null>('map colours', null);
  const choices = useMemo<readonly ColourChoice[]>(
    () => [
      ...(Object.keys(facts) as (keyof typeof facts)[]).map((by) => ({ label: facts[by], colouring: { by } })),
      ...(columns ?? []).map(({ id, name }) => ({ label: name, colouring: { column: id } })),
      ...scoreNames.map((name) => ({ label: scoreLabel(name), colouring: { score: name } })),
    ],
    [columns, scoreNames],
  );
  const usual: Colouring = score === undefined ? { by: 'kind' } : { score };
  const found = (wanted: Colouring) =>
    choices.findIndex(({ colouring }) => JSON.stringify(colouring) === JSON.stringify(wanted));
  const keptIndex = kept === null ? -1 : found(kept);
  const index = keptIndex >= 0 ? keptIndex : Math.max(0, found(usual));
  return { choices, index, choose: (at: number) => keep(choices[at]!.colouring) };
}

export function useMap(choice: ColourChoice) {
  const host = useHost();
  const { ids, isComplete, filter, usualFilter, selection } = useTriage();
  const map = useAnswer('map.points', {});
  const layout = map.data?.layout?.id;
  const asked = { layout: layout ?? 0, colouring: choice.colouring };
  const found = useQuery({
    ...methodQuery(host, 'map.colours', asked),
    enabled: layout !== undefined,
    placeholderData: keepPreviousData,
  });
  const onMap = map.data?.ids;
  const colours = useMemo(() => {
    const known = found.data !== undefined && sizeOf(found.data) === onMap?.length ? found.data : undefined;
    return pointColours(known, onMap?.length ?? 0);
  }, [found.data, onMap]);
  const isNarrowed = JSON.stringify(filter) !== JSON.stringify(usualFilter);
  const bright = useMemo(() => {
    if (!isNarrowed || !isComplete || ids === undefined || onMap === undefined) return undefined;
    const listed = new Uint8Array(onMap.reduce((most, id) => Math.max(most, id), 0) + 1);
    for (const id of ids) if (id < listed.length) listed[id] = 1;
    return Uint8Array.from(onMap, (id) => listed[id]!);
  }, [isNarrowed, isComplete, ids, onMap]);
  const focusId = ids?.[selection.focus];
  const focus = useMemo(() => {
    const at = focusId === undefined ? -1 : (onMap?.indexOf(focusId) ?? -1);
    return at < 0 ? undefined : at;
  }, [focusId, onMap]);
  return { map, colours, bright, focus, error: map.error ?? found.error };
}

const sizeOf = (colours: NonNullable<ReturnType<typeof useAnswer<'map.colours'>>['data']>): number =>
  'values' in colours ? colours.values.length : colours.categories.length;
