// How a command is declared: one table of options gives its help, its checks and its types.
import { Argument, Command, CommanderError, Option } from 'commander';
import { z } from 'zod';
import { unwrapped } from '../../src-preload/parameters/parameter.ts';
import { Problem } from '../platform/errors.ts';
import { spoken } from '../platform/spoken-schema.ts';
import { trueOrFalse } from '../training/train-options.ts';
import type { Context, GivenEverywhere } from './context.ts';

/** One option or argument: how it is written, what it is for, what it may be. Defaults live in the schema. */
export interface CommandOption<S extends z.ZodType = z.ZodType> {
  readonly flags: string;
  readonly description: string;
  readonly schema: S;
}
export const option = <S extends z.ZodType>(flags: string, description: string, schema: S): CommandOption<S> => ({
  flags,
  description,
  schema,
});

export type Options = Readonly<Record<string, CommandOption>>;
type Values<O extends Options> = { readonly [N in keyof O]: z.output<O[N]['schema']> };

/** A command whose types have been forgotten: give it the words after its name and the context that they ask for. */
export type AnyCommand = (
  called: { readonly name: string; readonly summary: string; readonly words: readonly string[] },
  contextFor: (given: GivenEverywhere) => Context,
) => Promise<void>;

export interface CommandDefinition<A extends Options, O extends Options> {
  /** Longer help below the options: examples, where the procedure comes from. */
  readonly details?: string;
  /** Positional arguments in order, written `<one>`, `[maybe]` or `<several...>`. */
  readonly arguments?: A;
  readonly options: O;
  /** Published option names that commander cannot parse, such as `-op`, and the long name of each. */
  readonly aliases?: Readonly<Record<string, string>>;
  readonly run: (values: Values<A> & Values<O>, context: Context, called: Called) => Promise<void>;
}

/** The name of a command and the words after it, options by their names here. */
export interface Called {
  readonly name: string;
  readonly words: readonly string[];
  /** Where a run of the catalog computes, of a command that may be a job of a cluster. */
  readonly where?: { readonly cluster: 'slurm' | 'local' | null; readonly clusterSettings: readonly string[] };
}

/** Makes a command from its definition. It throws `usage` for words that make no sense. */
export function defineCommand<A extends Options, O extends Options>(definition: CommandDefinition<A, O>): AnyCommand {
  return async ({ name, summary, words }, contextFor) => {
    const usage = usageOf(name, summary, definition);
    const spelled = publishedSpelling(words, definition.aliases ?? {});
    usage.parse(spelled, { from: 'user' });
    const { verbose, catalog, ...given } = usage.opts<{ verbose?: boolean; catalog?: string }>();
    const context = contextFor({ verbose: verbose ?? false, catalog });
    const positional = Object.fromEntries(
      Object.keys(definition.arguments ?? {}).map((name, index) => [name, usage.processedArgs[index]]),
    );
    const values = {
      ...check(definition.arguments ?? {}, positional),
      ...check(definition.options, byDeclaredName(definition.options, given)),
    } as Values<A> & Values<O>;
    await definition.run(values, context, { name, words: spelled });
  };
}

/** What commander found, which it names after the flags, by the names under which the options are declared. */
function byDeclaredName(options: Options, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { flags }]) => [name, given[new Option(flags).attributeName()]]),
  );
}

function usageOf(name: string, summary: string, definition: Omit<CommandDefinition<Options, Options>, 'run'>): Command {
  const command = new Command(`residua ${name}`).description(summary).exitOverride();
  command.configureOutput({ writeErr: () => {} });
  for (const { flags, description, schema } of Object.values(definition.arguments ?? {})) {
    command.addArgument(new Argument(flags, describe(description, schema)));
  }
  for (const { flags, description, schema } of Object.values(definition.options)) {
    const parsed = new Option(flags, describe(description, schema, flags));
    if (isRepeatable(schema)) parsed.argParser((value: string, before: string[] = []) => [...before, value]);
    command.addOption(parsed);
  }
  command.option('--catalog <folder>', 'the catalog to use (default: $RESIDUA_CATALOG, or a folder of this user)');
  command.option('--verbose', 'verbose output, with stack traces');
  const aliases = Object.entries(definition.aliases ?? {}).map(([short, long]) => `${short} is --${long}`);
  if (aliases.length > 0) command.addHelpText('after', `\nAlso: ${aliases.join(', ')}`);
  if (definition.details !== undefined) command.addHelpText('after', `\n${definition.details}`);
  return command;
}

/** An option whose value is a list is given once for each member. */
const isRepeatable = (schema: z.ZodType): boolean => unwrapped(schema) instanceof z.ZodArray;

/** The description with what may be chosen and what holds without the option, read from the schema. */
function describe(description: string, schema: z.ZodType, flags = ''): string {
  const absent = schema.safeParse(undefined);
  const choices = choicesOf(schema);
  const remarks = [
    ...boundsOf(schema),
    ...(choices.length === 0 ? [] : [`choices: ${choices.join(', ')}`]),
    ...(absent.success &&
    absent.data !== undefined &&
    absent.data !== null &&
    absent.data !== false &&
    !flags.startsWith('--no-') &&
    `${absent.data}` !== ''
      ? [`default: ${absent.data}`]
      : []),
    ...(absent.success ? [] : ['required']),
  ];
  return remarks.length === 0 ? description : `${description} (${remarks.join('; ')})`;
}

/** `1 to 256`; nothing for a number without a bound that says something. */
function boundsOf(schema: z.ZodType): readonly string[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodPipe) return boundsOf(inner.out as z.ZodType);
  if (!(inner instanceof z.ZodNumber)) return [];
  const [least, most] = [inner.minValue, inner.maxValue].map((bound) =>
    bound === null || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? null : bound,
  );
  if (least === null || most === null) return [];
  return [`${least} to ${most}`];
}

function choicesOf(schema: z.ZodType): readonly string[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodPipe) return choicesOf(inner.out as z.ZodType);
  if (inner instanceof z.ZodArray) return choicesOf(inner.element as z.ZodType);
  return inner instanceof z.ZodEnum ? inner.options.map(String) : [];
}

function check(options: Options, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { flags, schema }]) => {
      const result = schema.safeParse(given[name], spoken);
      if (result.success) return [name, result.data];
      const written = /--[a-z0-9-]+/.exec(flags)?.[0] ?? flags;
      const message =
        given[name] === undefined
          ? `${written} is required`
          : `${written} ${given[name]}: ${result.error.issues[0]!.message}`;
      throw new Problem('usage', { message });
    }),
  );
}

/** `-op x`, `-op=x` and `--out_path x` as commander knows them: `--out-path x`. Nothing after `--` is touched. */
export function publishedSpelling(words: readonly string[], aliases: Readonly<Record<string, string>>): string[] {
  const end = words.indexOf('--');
  return words.map((word, index) => {
    if (end >= 0 && index >= end) return word;
    const [, name, rest] = /^(-[^=]*)(=.*)?$/s.exec(word) ?? [];
    if (name === undefined) return word;
    if (Object.hasOwn(aliases, name)) return `--${aliases[name]}${rest ?? ''}`;
    return name.startsWith('--') ? `${name.replaceAll('_', '-')}${rest ?? ''}` : word;
  });
}

/** True for commander's way of saying that help or version was printed and all is well. */
export function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

/** What is wrong with the words, or undefined when the error is about something else. */
export function usageMistake(error: unknown): string | undefined {
  if (!(error instanceof CommanderError) || error.exitCode === 0) return undefined;
  return error.message.replace(/^error: /, '');
}

/** Schemas that many options share. Words from a command line are text; these make them what they mean. */
export const number = z.coerce.number<string>();
export const count = z.coerce.number<string>().int().positive();
export const whole = z.coerce.number<string>().int().nonnegative();
/** An option that may stand alone (`--mirror`) or with a value (`--mirror=1`), as the published tools do. */
export const flag = trueOrFalse.default(false);
export const text = z.string().min(1);
