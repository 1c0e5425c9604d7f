// The fields of job dialogs: a labelled line each, with what it means below where the name does not say it.
import { Button, Checkbox, Classes, FormGroup, HTMLSelect, InputGroup } from '@blueprintjs/core';
import { type ReactNode, useId, useState } from 'react';
import { classNames } from '../../class-names.ts';
import { useHost } from '../../host/use-host.ts';
import styles from './fields.module.css';

/** Fields beside one another. */
export function FieldRow({ children }: { readonly children: ReactNode }) {
  return <div className={styles.row}>{children}</div>;
}

/** A remark among the fields. */
export function Note({ warning = false, children }: { readonly warning?: boolean; readonly children: ReactNode }) {
  return <p className={classNames(styles.note, warning && styles.warning)}>{children}</p>;
}

interface FieldProps {
  readonly label: string;
  readonly help?: string | undefined;
}

interface PathFieldProps extends FieldProps {
  readonly what: 'folder' | 'file' | 'new';
  readonly value: string;
  readonly onChange: (path: string) => void;
  readonly placeholder?: string;
}

/** A path on the machine that runs Residua: typed, or chosen with the system's dialog where there is one. */
export function PathField({ label, help, what, value, onChange, placeholder }: PathFieldProps) {
  const { choosePath } = useHost();
  const id = useId();
  return (
    <FormGroup label={label} labelFor={id} helperText={help}>
      <InputGroup
        id={id}
        fill
        value={value}
        placeholder={placeholder ?? '/path/on/this/machine'}
        spellCheck={false}
        onValueChange={onChange}
        {...(choosePath === null
          ? {}
          : {
              rightElement: (
                <Button
                  variant="minimal"
                  text="Browse"
                  onClick={() => choosePath(what).then((path) => path !== null && onChange(path))}
                />
              ),
            })}
      />
    </FormGroup>
  );
}

export function TextField({
  label,
  help,
  value,
  onChange,
  placeholder,
}: FieldProps & { readonly value: string; readonly onChange: (text: string) => void; readonly placeholder?: string }) {
  const id = useId();
  return (
    <FormGroup label={label} labelFor={id} helperText={help}>
      <InputGroup
        id={id}
        fill
        value={value}
        maxLength={200}
        onValueChange={onChange}
        {...(placeholder ? { placeholder } : {})}
      />
    </FormGroup>
  );
}

interface NumberFieldProps extends FieldProps {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
  readonly whole?: boolean;
}

/** Reports only numbers in range; what is not one stays visible as such and changes nothing. */
export function NumberField({ label, help, value, min, max, onChange, whole = true }: NumberFieldProps) {
  const id = useId();
  const [text, setText] = useState(String(value));
  const fits = (written: string) => {
    const number = Number(written);
    return written.trim() !== '' && number >= min && number <= max && (!whole || Number.isInteger(number));
  };
  return (
    <FormGroup
      label={label}
      labelFor={id}
      helperText={fits(text) ? help : `a${whole ? ' whole' : ''} number from ${min} to ${max.toLocaleString('en')}`}
      intent={fits(text) ? 'none' : 'danger'}
    >
      <InputGroup
        id={id}
        value={fits(text) && Number(text) !== value ? String(value) : text}
        inputMode="decimal"
        intent={fits(text) ? 'none' : 'danger'}
        onValueChange={(written) => {
          setText(written);
          if (fits(written)) onChange(Number(written));
        }}
      />
    </FormGroup>
  );
}

export interface Choice<T> {
  readonly label: string;
  readonly value: T;
  readonly disabled?: boolean;
}

interface ChoiceFieldProps<T> extends FieldProps {
  readonly choices: readonly Choice<T>[];
  /** Compared by content. */
  readonly value: T;
  readonly onChange: (value: T) => void;
}

export function ChoiceField<T>({ label, help, choices, value, onChange }: ChoiceFieldProps<T>) {
  const id = useId();
  const chosen = JSON.stringify(value);
  return (
    <FormGroup label={label} labelFor={id} helperText={help}>
      <HTMLSelect
        id={id}
        fill
        value={choices.findIndex((choice) => JSON.stringify(choice.value) === chosen)}
        onChange={({ currentTarget }) => {
          const choice = choices[Number(currentTarget.value)];
          if (choice !== undefined) onChange(choice.value);
        }}
        options={choices.map(({ label, disabled = false }, index) => ({ label, value: index, disabled }))}
      />
    </FormGroup>
  );
}

interface ManyFieldProps<T extends string> extends FieldProps {
  readonly choices: readonly T[];
  readonly value: readonly T[];
  readonly onChange: (value: readonly T[]) => void;
}

/** Some of a few, in their own order; the last one cannot be taken away. */
export function ManyField<T extends string>({ label, help, choices, value, onChange }: ManyFieldProps<T>) {
  return (
    <fieldset className={styles.many}>
      <legend>{label}</legend>
      {choices.map((choice) => (
        <Checkbox
          key={choice}
          inline
          label={choice}
          checked={value.includes(choice)}
          onChange={({ currentTarget }) => {
            const next = choices.filter((each) => (each === choice ? currentTarget.checked : value.includes(each)));
            if (next.length > 0) onChange(next);
          }}
        />
      ))}
      {help === undefined ? null : <div className={Classes.FORM_HELPER_TEXT}>{help}</div>}
    </fieldset>
  );
}
