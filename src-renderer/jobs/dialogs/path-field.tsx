// A path on the machine that runs Residua: typed, or chosen with the system's dialog or a browser of its folders.
import { Button, InputGroup } from '@blueprintjs/core';
import { useId } from 'react';
import { usePathChooser } from '../../take-in/use-path-chooser.ts';
import { type FieldProps, Labelled } from './fields.tsx';

interface PathFieldProps extends FieldProps {
  readonly what: 'folder' | 'file' | 'new';
  readonly value: string;
  readonly onChange: (path: string) => void;
  readonly placeholder?: string;
}

export function PathField({ what, value, onChange, placeholder, ...field }: PathFieldProps) {
  const choosePath = usePathChooser();
  const id = useId();
  return (
    <Labelled id={id} {...field}>
      <InputGroup
        id={id}
        fill
        value={value}
        placeholder={placeholder ?? '/path/on/this/machine'}
        spellCheck={false}
        onValueChange={onChange}
        rightElement={
          <Button
            variant="minimal"
            text="Browse"
            onClick={() => choosePath(what).then((path) => path !== null && onChange(path))}
          />
        }
      />
    </Labelled>
  );
}
