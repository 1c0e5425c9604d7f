// The normal images that a network is trained on.
import { useState } from 'react';
import { useAnswer, useHost } from '../../host/use-host.ts';
import { ProblemNote } from '../../problem.tsx';
import { countOf } from '../../review.tsx';
import { ChoiceField } from './fields.tsx';

interface NormalsFieldProps {
  readonly value: number | null;
  readonly onChange: (cohort: number) => void;
}

/** A cohort; selecting a kind of images makes one of it. */
export function NormalsField({ value, onChange }: NormalsFieldProps) {
  const host = useHost();
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const facets = useAnswer('images.facets', { filter: {} });
  const [error, setError] = useState<Error | null>(null);
  const taken = new Set(cohorts.map(({ name }) => name));
  const kinds = (facets.data?.kinds ?? []).flatMap(({ value, images }) =>
    value === null || taken.has(value) ? [] : [{ kind: value, images }],
  );
  const choose = (selected: number | string | null) => {
    if (typeof selected === 'number') return onChange(selected);
    if (selected === null) return;
    host
      .call('cohorts.create', { name: selected, images: { filter: { kinds: [selected] } } })
      .then(({ id }) => onChange(id), setError);
  };
  return (
    <>
      <ChoiceField<number | string | null>
        label="Normal images"
        choices={[
          ...(value === null
            ? [{ label: cohorts.length + kinds.length === 0 ? 'import images first' : 'choose', value: null }]
            : []),
          ...cohorts.map(({ id, name, images }) => ({ label: `cohort ${name}: ${countOf(images)}`, value: id })),
          ...kinds.map(({ kind, images }) => ({
            label: `all images of kind ${kind}: ${countOf(images)} (creates a cohort)`,
            value: kind,
          })),
        ]}
        value={value}
        onChange={choose}
      />
      <ProblemNote error={error} />
    </>
  );
}
