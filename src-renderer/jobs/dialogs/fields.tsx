// The fields of dialogs: a label, a control, and help where the label is not enough.
import { Checkbox, FormGroup, HTMLSelect, InputGroup } from '@blueprintjs/core';
import { type ReactNode, useId } from 'react';
import { classNames } from '../../class-names.ts';
import styles from './fields.module.css';

/** Fields in one row. */
export function FieldRow({ children }: { readonly children: ReactNode }) {
  return <div className={styles.row}>{children}</div>;
}

/** A remark among the fields. */
export function Note({ warning = false, children }: { readonly warning?: boolean; readonly children: ReactNode }) {
  return <p className={classNames(styles.note, warning && styles.warning)}>{children}</p>;
}

/** Fields that few people change, folded away. */
export function MoreOptions({ children }: { readonly children: ReactNode }) {
  return (
    <details className={styles.more}>
      <summary>More options</summary>
      {children}
    </details>
  );
}

export interface FieldProps {
  readonly label: string;
  /** Below the field. */
  readonly help?: ReactNode | undefined;
  /** What the field means, for the pointer and for screen readers. */
  readonly tooltip?: string | undefined;
}

interface LabelledProps extends FieldProps {
  readonly id: string;
  readonly intent?: 'none' | 'danger';
  readonly children: ReactNode;
}

/** A field under its label. */
export function Labelled({ id, label, help, tooltip, intent = 'none', children }: LabelledProps) {
  const helper = help === undefined ? undefined : <span className={styles.help}>{help}</span>;
  return (
    <FormGroup
      label={tooltip === undefined ? label : <span title={tooltip}>{label}</span>}
      labelFor={id}
      helperText={helper}
      intent={intent}
    >
      {children}
    </FormGroup>
  );
}

interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly placeholder?: string;
}

export function TextField({ value, onChange, placeholder, ...field }: TextFieldProps) {
  const id = useId();
  return (
    <Labelled id={id} {...field}>
      <InputGroup
        id={id}
        fill
        value={value}
        maxLength={200}
        aria-description={field.tooltip}
        onValueChange={onChange}
        {...(placeholder ? { placeholder } : {})}
      />
    </Labelled>
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

export function ChoiceField<T>({ choices, value, onChange, ...field }: ChoiceFieldProps<T>) {
  const id = useId();
  const content = JSON.stringify(value);
  const selected = choices.findIndex((choice) => JSON.stringify(choice.value) === content);
  return (
    <Labelled id={id} {...field}>
      <HTMLSelect
        id={id}
        fill
        aria-description={field.tooltip}
        // A name that is longer than any line is cut: the pointer shows the whole.
        title={choices[selected]?.label}
        value={selected}
        onChange={({ currentTarget }) => {
          const choice = choices[Number(currentTarget.value)];
          if (choice !== undefined) onChange(choice.value);
        }}
        options={choices.map(({ label, disabled = false }, index) => ({ label, value: index, disabled }))}
      />
    </Labelled>
  );
}

interface ManyFieldProps<T extends string> extends FieldProps {
  readonly choices: readonly T[];
  readonly value: readonly T[];
  readonly onChange: (value: readonly T[]) => void;
  /** What each choice means. */
  readonly tooltips?: ((choice: T) => string | undefined) | undefined;
}

/** Some of a few, in their own order; the last one cannot be removed. */
export function ManyField<T extends string>({ choices, value, onChange, tooltips, ...field }: ManyFieldProps<T>) {
  return (
    <fieldset className={styles.many}>
      <legend title={field.tooltip}>{field.label}</legend>
      {choices.map((choice) => (
        <Checkbox
          key={choice}
          inline
          label={choice}
          title={tooltips?.(choice)}
          checked={value.includes(choice)}
          onChange={({ currentTarget }) => {
            const next = choices.filter((each) => (each === choice ? currentTarget.checked : value.includes(each)));
            if (next.length > 0) onChange(next);
          }}
        />
      ))}
      {field.help === undefined ? null : <span className={styles.help}>{field.help}</span>}
    </fieldset>
  );
}

interface FlagFieldProps extends FieldProps {
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
}

export function FlagField({ label, tooltip, value, onChange }: FlagFieldProps) {
  return (
    <Checkbox
      label={label}
      title={tooltip}
      checked={value}
      onChange={({ currentTarget }) => onChange(currentTarget.checked)}
    />
  );
}
