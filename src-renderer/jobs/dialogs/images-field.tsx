// Which images a job is about: all, those of the triage filter, those selected there, or a cohort; with their number.
import type { Selection } from '../../../src-preload/schemas/image.ts';
import { useAnswer } from '../../host/use-host.ts';
import { countOf } from '../../review.tsx';
import { useTriage } from '../../triage/triage-state.tsx';
import { ChoiceField } from './fields.tsx';

/** Images that were selected where the dialog was opened from, such as those above a threshold. */
export interface GivenImages {
  readonly label: string;
  readonly selection: Selection;
}

/** `cohort:3`, or one of the words; `usual`: the archive, which is all images where there are no reference normals. */
export type ImagesChoice = 'usual' | 'all' | 'filter' | 'selected' | 'given' | `cohort:${number}`;

interface ImagesFieldProps {
  readonly given?: GivenImages | undefined;
  readonly value: ImagesChoice;
  readonly onChange: (value: ImagesChoice) => void;
}

export function ImagesField({ given, value, onChange }: ImagesFieldProps) {
  const { filter, usualFilter, selection } = useTriage();
  const cohorts = useAnswer('cohorts.list', {});
  const info = useAnswer('catalog.info', {});
  const filtered = useAnswer('images.count', { filter });
  const archive = useAnswer('images.count', { filter: usualFilter });
  const hasReferences = usualFilter.outsideCohorts !== undefined;
  const isFiltered = JSON.stringify(filter) !== JSON.stringify(usualFilter) && Object.keys(filter).length > 0;
  const choices: readonly { readonly label: string; readonly value: ImagesChoice }[] = [
    ...(given === undefined ? [] : [{ label: given.label, value: 'given' as const }]),
    {
      label: hasReferences
        ? `the archive: ${countOf(archive.data?.images ?? 0)}, without reference normals`
        : `all ${countOf(info.data?.images ?? 0)}`,
      value: 'usual',
    },
    ...(hasReferences ? [{ label: `all ${countOf(info.data?.images ?? 0)}`, value: 'all' as const }] : []),
    ...(isFiltered
      ? [{ label: `as filtered in Triage: ${countOf(filtered.data?.images ?? 0)}`, value: 'filter' as const }]
      : []),
    ...(selection.selected.size > 1
      ? [{ label: `selected in Triage: ${countOf(selection.selected.size)}`, value: 'selected' as const }]
      : []),
    ...(cohorts.data?.cohorts ?? []).map(({ id, name, images }) => ({
      label: `cohort ${name}: ${countOf(images)}`,
      value: `cohort:${id}` as const,
    })),
  ];
  return <ChoiceField label="Images" choices={choices} value={value} onChange={onChange} />;
}

/** The choice as a selection of the contract: a filter, or a list of images. */
export function useImages(choice: ImagesChoice, given?: GivenImages): Selection {
  const { filter, usualFilter, selection } = useTriage();
  if (choice === 'given' && given !== undefined) return given.selection;
  if (choice === 'usual' || choice === 'given') return { filter: usualFilter };
  if (choice === 'all') return { filter: {} };
  if (choice === 'filter') return { filter };
  if (choice === 'selected') return { ids: Uint32Array.from(selection.selected) };
  return { filter: { cohort: Number(choice.slice('cohort:'.length)) } };
}
