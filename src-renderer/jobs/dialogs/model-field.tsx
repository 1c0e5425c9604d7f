// Which network of normals a job uses.
import { meaningOf } from '../../../src-preload/glossary.ts';
import type { Model } from '../../../src-preload/schemas/catalog.ts';
import { ChoiceField } from './fields.tsx';

interface ModelFieldProps {
  readonly models: readonly Pick<Model, 'id' | 'name' | 'resolution'>[];
  readonly value: number;
  readonly onChange: (id: number) => void;
}

export function ModelField({ models, value, onChange }: ModelFieldProps) {
  return (
    <ChoiceField
      label="Network of normals"
      tooltip={meaningOf('network of normals')}
      choices={models.map(({ id, name, resolution }) => ({
        label: `${name} (${resolution} × ${resolution})`,
        value: id,
      }))}
      value={value}
      onChange={onChange}
    />
  );
}
