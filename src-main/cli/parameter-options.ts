// The options of a command from a parameter set: the words of a command line become the plain values of the schemas.
import { z } from 'zod';
import {
  defaultOf,
  domainOf,
  isNullable,
  type Parameter,
  type ParameterSet,
  unwrapped,
} from '../../src-preload/parameters/parameter.ts';
import type { Output } from '../../src-preload/schemas/read-only.ts';
import { trueOrFalse } from '../training/train-options.ts';
import { type CommandOption, option } from './command.ts';

type OptionFor<P extends Parameter> = CommandOption<z.ZodType<Output<P['schema']>>>;

/** One option for each parameter, under the parameter's name. Values that it takes are exactly those of the schemas. */
export function optionsOf<P extends ParameterSet>(set: P): { readonly [N in keyof P]: OptionFor<P[N]> } {
  return Object.fromEntries(Object.entries(set).map(([name, declared]) => [name, optionOf(declared)])) as {
    readonly [N in keyof P]: OptionFor<P[N]>;
  };
}

/** The option of one parameter; another name or default where a published command has one. */
export function optionOf<P extends Parameter>(
  { option: flags, help, schema, word }: P,
  own: { readonly flags?: string; readonly default?: Output<P['schema']> } = {},
): OptionFor<P> {
  const words = word === undefined ? wordsOf(schema) : wordSchema(word);
  const absent = own.default ?? defaultOf(schema);
  const whole = absent === undefined ? words : (isNullable(schema) ? words.nullable() : words).default(absent);
  return option(own.flags ?? flags, help, whole) as unknown as OptionFor<P>;
}

/** What may be written for a value, and the value that it means. */
function wordsOf(schema: z.ZodType): z.ZodType {
  const domain = domainOf(schema);
  const inner = unwrapped(schema);
  switch (domain.kind) {
    case 'number':
      return z
        .string()
        .transform((text) => (text.trim() === '' ? Number.NaN : Number(text)))
        .pipe(inner as z.ZodNumber);
    case 'flag':
      return trueOrFalse;
    case 'several':
      return z
        .string()
        .transform((text) => text.split(','))
        .pipe(inner as z.ZodType<string[], string[]>);
    case 'choice':
    case 'text':
      return inner;
  }
}

/** A flag that the published tools write as a word, as in `--compat published`. */
const wordSchema = (word: string): z.ZodType =>
  z.preprocess((value) => (value === word ? true : value), z.union([z.boolean()], `expected ${word}`));
