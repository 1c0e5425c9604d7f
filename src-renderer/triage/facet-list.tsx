// One condition of the filter as a list of choices, each with its number of images.

import { Button, Checkbox } from '@blueprintjs/core';
import { meaningOf } from '../../src-preload/glossary.ts';
import type { Filter, ImageRow } from '../../src-preload/schemas/image.ts';
import { fileStateText } from '../archive/file-state.ts';
import { classNames } from '../class-names.ts';
import { useJobDialogs } from '../jobs/use-job-dialogs.ts';
import text from '../styles/text.module.css';
import styles from './facet.module.css';
import { useTriage } from './triage-state.tsx';

/** The parts of a filter that are lists, and what the archive's facets call each. */
export const facetLists = [
  { field: 'verdicts', facet: 'verdicts', title: 'Verdict', meaning: meaningOf('verdict') },
  { field: 'reasons', facet: 'reasons', title: 'Reason', meaning: meaningOf('reason') },
  { field: 'kinds', facet: 'kinds', title: 'Kind', meaning: meaningOf('kind') },
  { field: 'modalities', facet: 'modalities', title: 'Modality', meaning: undefined },
  { field: 'bodyParts', facet: 'bodyParts', title: 'Body part', meaning: undefined },
  { field: 'views', facet: 'views', title: 'View', meaning: undefined },
  { field: 'tags', facet: 'tags', title: 'Tag', meaning: undefined },
  { field: 'states', facet: 'states', title: 'File', meaning: undefined },
] as const;
type ListField = (typeof facetLists)[number]['field'];

interface FacetListProps {
  readonly title: string;
  /** For the tooltip. */
  readonly meaning: string | undefined;
  readonly field: ListField;
  readonly values: readonly { readonly value: string | null; readonly images: number }[];
}

export function FacetList({ title, meaning, field, values }: FacetListProps) {
  const { filter, setFilter } = useTriage();
  const open = useJobDialogs();
  const selected: readonly string[] = filter[field] ?? [];
  // Undecided images are a choice of their own; a missing kind or modality is none.
  const choices = values.flatMap(({ value, images }) =>
    value !== null ? [{ value, images }] : field === 'verdicts' ? [{ value: 'none', images }] : [],
  );
  // Files that are all as they were say nothing.
  const ordinary = field === 'states' && choices.every(({ value }) => value === 'present');
  if (choices.length === 0 || (ordinary && selected.length === 0)) return null;
  const toggle = (value: string) => {
    const next = selected.includes(value) ? selected.filter((each) => each !== value) : [...selected, value];
    setFilter(withList(filter, field, next));
  };
  return (
    <fieldset className={styles.facet}>
      <legend title={meaning}>{title}</legend>
      {choices.map(({ value, images }) => (
        <Checkbox
          className={classNames(styles.checkbox)}
          key={value}
          checked={selected.includes(value)}
          onChange={() => toggle(value)}
        >
          <span className={styles.choice}>{choiceText(field, value)}</span>
          <span className={text.quiet}>{images.toLocaleString('en')}</span>
        </Checkbox>
      ))}
      {field === 'states' && choices.some(({ value }) => value === 'vanished') ? (
        <Button
          size="small"
          text="Locate folder…"
          title="The folder was moved: say where it is now"
          onClick={() => open('locate')}
        />
      ) : null}
    </fieldset>
  );
}

/** A choice in the words of the window. */
function choiceText(field: ListField, value: string): string {
  if (field === 'states') return fileStateText(value as ImageRow['state']);
  return value === 'none' ? 'undecided' : value;
}

/** The filter with another list of choices; none is no condition. */
function withList(filter: Filter, field: ListField, choices: readonly string[]): Filter {
  const entries = Object.entries({ ...filter, [field]: choices });
  return Object.fromEntries(entries.filter(([name]) => name !== field || choices.length > 0));
}
