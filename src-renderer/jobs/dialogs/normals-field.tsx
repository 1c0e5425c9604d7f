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

/** A cohort; a kind of images becomes one when it is chosen. */
export function NormalsField({ value, onChange }: NormalsFieldProps) {
  const host = useHost();
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const facets = useAnswer('images.facets', { filter: {} });
  const [error, setError] = useState<Error | null>(null);
  const taken = new Set(cohorts.map(({ name }) => name));
  const kinds = (facets.data?.kinds ?? []).flatMap(({ value, images }) =>
    value === null || taken.has(value) ? [] : [{ kind: value, images }],
  );
  const choose = (chosen: number | string | null) => {
    if (typeof chosen === 'number') return onChange(chosen);
    if (chosen === null) return;
    host
      .call('cohorts.create', { name: chosen, images: { filter: { kinds: [chosen] } } })
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
            label: `all of kind ${kind}: ${countOf(images)} (makes a cohort)`,
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
