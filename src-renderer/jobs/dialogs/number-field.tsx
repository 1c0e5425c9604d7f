// A number within bounds. Anything else is reported below the field and disables the dialog's main button.
import { InputGroup } from '@blueprintjs/core';
import { useId, useState } from 'react';
import { useFieldProblem } from '../../form-dialog.tsx';
import { type FieldProps, Labelled } from './fields.tsx';

export interface NumberFieldProps<T extends number | null> extends FieldProps {
  readonly value: T;
  readonly min: number;
  readonly max: number;
  readonly onChange: (value: T) => void;
  readonly whole?: boolean;
  /** What an empty field means, which is null; without it a number must be given. */
  readonly empty?: string | undefined;
}

/** Reports only numbers in range (and null, where an empty field means something). */
export function NumberField<T extends number | null>(props: NumberFieldProps<T>) {
  const { value, min, max, onChange, whole = true, empty, ...field } = props;
  const id = useId();
  const written = value === null ? '' : String(value);
  const [text, setText] = useState(written);
  const parse = (text: string): number | null | undefined => {
    if (text.trim() === '') return empty === undefined ? undefined : null;
    const number = Number(text);
    return number >= min && number <= max && (!whole || Number.isInteger(number)) ? number : undefined;
  };
  const parsed = parse(text);
  const bounds = Number.isFinite(max) ? `from ${min} to ${max.toLocaleString('en')}` : `of at least ${min}`;
  const problem = parsed === undefined ? `Enter a${whole ? ' whole' : ''} number ${bounds}.` : null;
  useFieldProblem(problem === null ? null : `${field.label}: ${problem}`);
  return (
    <Labelled id={id} {...field} help={problem ?? field.help} intent={problem === null ? 'none' : 'danger'}>
      <InputGroup
        id={id}
        // A value that came from elsewhere replaces what was typed.
        value={parsed !== undefined && parsed !== value ? written : text}
        placeholder={empty ?? ''}
        inputMode="decimal"
        intent={problem === null ? 'none' : 'danger'}
        aria-invalid={problem !== null}
        aria-description={field.tooltip}
        onValueChange={(typed) => {
          setText(typed);
          const number = parse(typed);
          if (number !== undefined) onChange(number as T);
        }}
      />
    </Labelled>
  );
}
