// Which cohort of normals a job compares images with.
import { meaningOf } from '../../../src-preload/glossary.ts';
import { countOf } from '../../review.tsx';
import { ChoiceField, Note } from './fields.tsx';

interface Cohort {
  readonly id: number;
  readonly name: string;
  readonly images: number;
}

/** The selected cohort, else the one most likely to hold normals: one that is named so, else the first. */
export const likelyNormals = <C extends Cohort>(cohorts: readonly C[], selected: number | undefined): C | undefined =>
  cohorts.find(({ id }) => id === selected) ?? cohorts.find(({ name }) => /normal/i.test(name)) ?? cohorts[0];

interface ReferenceNormalsProps {
  readonly cohorts: readonly Cohort[];
  readonly value: number | undefined;
  readonly onChange: (cohort: number) => void;
}

export function ReferenceNormalsField({ cohorts, value, onChange }: ReferenceNormalsProps) {
  if (value === undefined)
    return <Note>Make a cohort of normal images first: filter them in Triage and name the current list there.</Note>;
  return (
    <ChoiceField
      label="Reference normals"
      tooltip={meaningOf('reference normals')}
      choices={cohorts.map(({ id, name, images }) => ({ label: `cohort ${name}: ${countOf(images)}`, value: id }))}
      value={value}
      onChange={onChange}
      help="Use the images that the network was trained on, or others that you will not evaluate scores on."
    />
  );
}
