// Which network of normals a job uses.
import { meaningOf } from '../../../src-preload/glossary.ts';
import type { Model } from '../../../src-preload/schemas/catalog.ts';
import { ChoiceField } from './fields.tsx';

interface ModelFieldProps {
  readonly models: readonly Pick<Model, 'id' | 'name' | 'resolution'>[];
  /** By default the network of normals. */
  readonly label?: string;
  readonly value: number;
  readonly onChange: (id: number) => void;
}

export function ModelField({ models, label = 'Network of normals', value, onChange }: ModelFieldProps) {
  return (
    <ChoiceField
      label={label}
      tooltip={label === 'Localiser' ? meaningOf('localiser') : meaningOf('network of normals')}
      choices={models.map(({ id, name, resolution }) => ({
        label: `${name} (${resolution} × ${resolution})`,
        value: id,
      }))}
      value={value}
      onChange={onChange}
    />
  );
}
