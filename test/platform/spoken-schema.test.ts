// Words for what a schema expected: no schema's own vocabulary reaches a person.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { spoken } from '../../src-main/platform/spoken-schema.ts';

const number = z.coerce.number<unknown>();

describe('what a schema expected', () => {
  it.each([
    [number, 'x', 'expected a number'],
    [number, '1e400', 'expected a number'],
    [number.int(), '0.5', 'expected a whole number'],
    [number.int().positive(), '0', 'expected more than 0'],
    [number.nonnegative(), '-1', 'expected at least 0'],
    [number.max(1), '3', 'expected at most 1'],
    [z.enum(['L', 'RGB']), 'grey', 'expected one of L, RGB'],
    [z.literal('published'), 'other', 'expected published'],
    [z.string().min(1), '', 'expected some text'],
    [z.string().min(3), 'a', 'expected at least 3 characters'],
    [z.tuple([number, number]), ['1'], 'expected at least 2 values'],
    [z.array(number), ['a'], 'expected a number'],
    [z.strictObject({}), { colour: 1 }, 'expected nothing named colour'],
    [z.string().regex(/=/, 'expected two kinds'), 'a', 'expected two kinds'],
    [z.string().refine(() => false, 'this network has no classes'), 'a', 'this network has no classes'],
  ])('case %#', (schema: z.ZodType, value, words) => {
    expect(schema.safeParse(value, spoken).error!.issues[0]!.message).toBe(words);
  });
});
