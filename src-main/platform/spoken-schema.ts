// What a schema expected of a value that it refused, in words for a person: schemas of every border speak through it.
import type { z } from 'zod';

const things: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a table of values',
};
const thing = (name: string) => things[name] ?? name;

/**
 * For `safeParse(value, spoken)`: messages become `expected a whole number` or `expected one of L, RGB`. A message that
 * the schema itself gives stays as it is. The value is not repeated.
 */
export const spoken: { readonly error: z.core.$ZodErrorMap } = {
  error: (issue) => {
    const words = expectation(issue);
    return words === undefined ? undefined : `expected ${words}`;
  },
};

/** The first fault that a schema found: where, and what it expected. */
export function firstFault({ issues }: z.core.$ZodError): string {
  const { path, message } = issues[0]!;
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return thing(issue.expected);
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return bounded(issue.origin, `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`);
    case 'too_big':
      return bounded(issue.origin, `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`);
    case 'unrecognized_keys':
      return `nothing named ${issue.keys.join(', ')}`;
    default:
      return undefined;
  }
}

function bounded(origin: string, bound: string): string {
  if (origin === 'string') return bound === 'at least 1' ? 'some text' : `${bound} characters`;
  return origin === 'array' ? `${bound} values` : bound;
}
