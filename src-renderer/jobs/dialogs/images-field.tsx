// Which images a job is about: all, those of the triage filter, those chosen there, or a cohort; with their number.
import type { Selection } from '../../../src-preload/schemas/image.ts';
import { useAnswer } from '../../host/use-host.ts';
import { countOf } from '../../review.tsx';
import { useTriage } from '../../triage/triage-state.tsx';
import { ChoiceField } from './fields.tsx';

/** Images that were chosen where the dialog was opened from, such as those above a threshold. */
export interface GivenImages {
  readonly label: string;
  readonly selection: Selection;
}

/** `cohort:3`, or one of the words. */
export type ImagesChoice = 'all' | 'filter' | 'chosen' | 'given' | `cohort:${number}`;

interface ImagesFieldProps {
  readonly given?: GivenImages | undefined;
  readonly value: ImagesChoice;
  readonly onChange: (value: ImagesChoice) => void;
}

export function ImagesField({ given, value, onChange }: ImagesFieldProps) {
  const { filter, selection } = useTriage();
  const cohorts = useAnswer('cohorts.list', {});
  const info = useAnswer('catalog.info', {});
  const filtered = useAnswer('images.count', { filter });
  const isFiltered = Object.keys(filter).length > 0;
  const choices: readonly { readonly label: string; readonly value: ImagesChoice }[] = [
    ...(given === undefined ? [] : [{ label: given.label, value: 'given' as const }]),
    { label: `all ${countOf(info.data?.images ?? 0)}`, value: 'all' },
    ...(isFiltered
      ? [{ label: `as filtered in Triage: ${countOf(filtered.data?.images ?? 0)}`, value: 'filter' as const }]
      : []),
    ...(selection.chosen.size > 1
      ? [{ label: `chosen in Triage: ${countOf(selection.chosen.size)}`, value: 'chosen' as const }]
      : []),
    ...(cohorts.data?.cohorts ?? []).map(({ id, name, images }) => ({
      label: `cohort ${name}: ${countOf(images)}`,
      value: `cohort:${id}` as const,
    })),
  ];
  return <ChoiceField label="Images" choices={choices} value={value} onChange={onChange} />;
}

/** What is meant: a filter, or images one by one. */
export function useImages(choice: ImagesChoice, given?: GivenImages): Selection {
  const { filter, selection } = useTriage();
  if (choice === 'given' && given !== undefined) return given.selection;
  if (choice === 'all' || choice === 'given') return { filter: {} };
  if (choice === 'filter') return { filter };
  if (choice === 'chosen') return { ids: Uint32Array.from(selection.chosen) };
  return { filter: { cohort: Number(choice.slice('cohort:'.length)) } };
}
