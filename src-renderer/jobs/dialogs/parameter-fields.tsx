// The fields of a parameter set, drawn from its declarations: label, help, bounds, default and choices are declared there only.
import type { ReactNode } from 'react';
import {
  defaultOf,
  domainOf,
  isNullable,
  type Parameter,
  type ParameterSet,
  type ValuesOf,
} from '../../../src-preload/parameters/parameter.ts';
import { sentence } from '../../triage/score-names.ts';
import { DeviceField } from './device-field.tsx';
import { ChoiceField, FieldRow, FlagField, ManyField } from './fields.tsx';
import { NumberField } from './number-field.tsx';

/** The initial values of a set: the declared defaults, overridden by `presets`. */
export function valuesBefore<P extends ParameterSet>(set: P, presets: Partial<ValuesOf<P>> = {}): ValuesOf<P> {
  const defaults = Object.entries(set).map(([name, { schema }]) => [name, defaultOf(schema)]);
  return { ...Object.fromEntries(defaults), ...presets };
}

/** Limits on a parameter beyond its declaration, which depend on the rest of the dialog. */
interface Narrowed {
  /** No more than this, such as the side of the network's images. */
  readonly max?: number;
  /** Why a choice cannot be made, by its value. */
  readonly refused?: Readonly<Record<string, string>>;
}

/** A training is not divided: it is one job, here or on a cluster. */
export const oneJob = { cluster: { refused: { local: 'a training is one job' } } } as const;

interface FieldsProps<P extends ParameterSet> {
  readonly set: P;
  readonly values: ValuesOf<P>;
  readonly onChange: (values: ValuesOf<P>) => void;
  /** The fields that few people change, or the others. */
  readonly folded: boolean;
  readonly narrowed?: { readonly [N in keyof P]?: Narrowed };
  /** More fields in the same line. */
  readonly children?: ReactNode;
}

/** The fields of a set in one line, which wraps as it must; flags below. */
export function ParameterFields<P extends ParameterSet>(props: FieldsProps<P>) {
  const { set, values, onChange, folded, narrowed = {}, children } = props;
  const shown = Object.entries(set).filter(([, parameter]) => (parameter.folded ?? false) === folded);
  if (shown.length === 0 && children === undefined) return null;
  const draw = ([name, parameter]: (typeof shown)[number]) => (
    <ParameterField
      key={name}
      parameter={parameter}
      isDevice={name === 'device'}
      value={values[name]}
      onChange={(value) => onChange({ ...values, [name]: value })}
      {...(narrowed as Readonly<Record<string, Narrowed>>)[name]}
    />
  );
  const isFlag = ([, { schema }]: (typeof shown)[number]) => domainOf(schema).kind === 'flag';
  return (
    <>
      <FieldRow>
        {shown.filter((entry) => !isFlag(entry)).map(draw)}
        {children}
      </FieldRow>
      {shown.filter(isFlag).map(draw)}
    </>
  );
}

interface FieldProps extends Narrowed {
  readonly parameter: Parameter;
  readonly isDevice: boolean;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

function ParameterField({ parameter, isDevice, value, onChange, max, refused = {} }: FieldProps) {
  const { schema, unit, choices = {} } = parameter;
  const field = {
    label: unit === undefined ? parameter.label : `${parameter.label} (${unit})`,
    tooltip: sentence(parameter.help),
  };
  if (isDevice) return <DeviceField value={value as never} onChange={onChange} />;
  const domain = domainOf(schema);
  if (domain.kind === 'number') {
    const most = Math.min(max ?? Number.POSITIVE_INFINITY, domain.maximum ?? Number.POSITIVE_INFINITY);
    return (
      <NumberField
        {...field}
        key={most}
        value={value as number | null}
        min={domain.minimum ?? Number.NEGATIVE_INFINITY}
        max={most}
        whole={domain.whole}
        empty={isNullable(schema) ? (choices.null ?? 'automatic') : undefined}
        onChange={onChange}
      />
    );
  }
  if (domain.kind === 'several')
    return (
      <ManyField {...field} choices={domain.values} value={value as readonly string[]} onChange={onChange as never} />
    );
  if (domain.kind === 'flag') return <FlagField {...field} value={value as boolean} onChange={onChange} />;
  if (domain.kind === 'text') throw new TypeError(`no field asks for ${parameter.label}`);
  const values = [...(isNullable(schema) ? [null] : []), ...domain.values];
  return (
    <ChoiceField<unknown>
      {...field}
      choices={values.map((each) => {
        const why = refused[String(each)];
        const name = choices[String(each)] ?? String(each);
        return { label: why === undefined ? name : `${name} (${why})`, value: each, disabled: why !== undefined };
      })}
      value={value}
      onChange={onChange}
    />
  );
}
