// How a parameter is declared: once, with everything that the command line, the dialogs, the contract, the engine and a resumed run need to know.
import { z } from 'zod';
import type { Output } from '../schemas/read-only.ts';

/** What a parameter changes. A run resumes an earlier one when everything that is `result` is the same. */
export type Effect = 'result' | 'speed';

export interface Parameter<S extends z.ZodType = z.ZodType> {
  /** Bounds and default; what a plain value of it looks like in the contract, in the catalog and in the engine. */
  readonly schema: S;
  /** As on the command line, `--num-steps <number>`: the published name where a published tool has the option. */
  readonly option: string;
  /** The field's name in a dialog. */
  readonly label: string;
  /** One line: the help of the option and of the field. */
  readonly help: string;
  readonly unit?: string;
  /** What a dialog shows for each value of a choice; `null` is the value that leaves the choice to the program. */
  readonly choices?: Readonly<Record<string, string>>;
  /** The one word that means true on the command line, where a published flag is written so. */
  readonly word?: string;
  readonly effect: Effect;
  /** Few people change it: a dialog folds it away. */
  readonly folded?: boolean;
}
export type ParameterSet = Readonly<Record<string, Parameter>>;

/** The values of a parameter set, defaults filled in. */
export type ValuesOf<P extends ParameterSet> = { readonly [N in keyof P]: Output<P[N]['schema']> };

const effects = new WeakMap<z.ZodType, Effect>();

export function parameter<S extends z.ZodType>(declared: Parameter<S>): Parameter<S> {
  effects.set(declared.schema, declared.effect);
  return declared;
}

/** The shape of an object schema with one member for each parameter. */
export function shapeOf<P extends ParameterSet>(set: P): { readonly [N in keyof P]: P[N]['schema'] } {
  return Object.fromEntries(Object.entries(set).map(([name, { schema }]) => [name, schema])) as {
    readonly [N in keyof P]: P[N]['schema'];
  };
}

/** The members of `values` that are parameters of the set. */
export function valuesOf<P extends ParameterSet>(set: P, values: ValuesOf<P>): ValuesOf<P> {
  return Object.fromEntries(Object.keys(set).map((name) => [name, values[name]])) as ValuesOf<P>;
}

/**
 * `value`, which `schema` has let through, without the parameters that change the speed only, however deep they lie: two
 * runs with equal keys have equal results.
 */
export function resultKey(schema: z.ZodType, value: unknown): unknown {
  const inner = unwrapped(schema);
  if (!(inner instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const declared = inner.shape[name] as z.ZodType | undefined;
      if (declared === undefined) return [[name, member]];
      return effects.get(declared) === 'speed' ? [] : [[name, resultKey(declared, member)]];
    }),
  );
}

/** What a field or an option must ask for, read from the schema. */
export type Domain =
  | {
      readonly kind: 'number';
      readonly whole: boolean;
      readonly minimum: number | null;
      readonly maximum: number | null;
    }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'several'; readonly values: readonly string[] }
  | { readonly kind: 'flag' }
  | { readonly kind: 'text' };

/** Throws for a schema that no field could ask for: a mistake of whoever declared it. */
export function domainOf(schema: z.ZodType): Domain {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodNumber) {
    const bound = (value: number | null): number | null =>
      value === null || !Number.isFinite(value) || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? null : value;
    return {
      kind: 'number',
      whole: inner.isInt,
      minimum: bound(inner.minValue),
      maximum: bound(inner.maxValue),
    };
  }
  if (inner instanceof z.ZodEnum) return { kind: 'choice', values: inner.options.map(String) };
  if (inner instanceof z.ZodBoolean) return { kind: 'flag' };
  if (inner instanceof z.ZodString) return { kind: 'text' };
  if (inner instanceof z.ZodArray) {
    const member = domainOf(inner.element as z.ZodType);
    if (member.kind === 'choice') return { kind: 'several', values: member.values };
  }
  throw new TypeError(`no field can ask for a ${inner.type}`);
}

/** The value without the parameter; undefined when it must be given. */
export const defaultOf = (schema: z.ZodType): unknown => schema.safeParse(undefined).data;

/** True when null is a value: the program chooses. */
export const isNullable = (schema: z.ZodType): boolean => schema.safeParse(null).success;

/** A schema without its default, null and absence. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodNullable || schema instanceof z.ZodOptional
    ? unwrapped(schema.unwrap() as z.ZodType)
    : schema;
}
