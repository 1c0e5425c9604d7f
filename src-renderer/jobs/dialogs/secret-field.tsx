// A password or token: hidden, kept in no history of the browser, and never filled in by it.
import { InputGroup } from '@blueprintjs/core';
import { useId } from 'react';
import { type FieldProps, Labelled } from './fields.tsx';

interface SecretProps extends FieldProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly placeholder?: string | undefined;
}

export function SecretField({ value, onChange, placeholder, ...field }: SecretProps) {
  const id = useId();
  return (
    <Labelled id={id} {...field}>
      <InputGroup
        id={id}
        fill
        type="password"
        autoComplete="new-password"
        spellCheck={false}
        value={value}
        maxLength={8000}
        onValueChange={onChange}
        {...(placeholder === undefined ? {} : { placeholder })}
      />
    </Labelled>
  );
}
