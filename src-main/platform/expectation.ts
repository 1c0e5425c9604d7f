// What a schema expected of a value that it refused, in words for a person: schemas of every border speak through it.
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

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
 * The first thing that a schema found wrong, as `expected a whole number` or `expected one of L, RGB`. A message that the
 * schema itself gives stays as it is. The value is not repeated.
 */
export function expectation({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return 'not understood';
  const words = ofIssue(issue);
  return words === undefined || !isZodsOwn(issue) ? issue.message : `expected ${words}`;
}

/** Messages of zod's own begin so; those of our schemas do not. */
const isZodsOwn = ({ message }: Issue) => /^(Invalid|Too small|Too big|Unrecognized)\b/.test(message);

function ofIssue(issue: Issue): string | undefined {
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
