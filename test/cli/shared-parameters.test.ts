// Every shared parameter, at every face: run, project and the window accept and refuse the same values.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { optionOf } from '../../src-main/cli/parameter-options.ts';
import { parameters as contract } from '../../src-preload/jobs/jobs.ts';
import { encoderTraining } from '../../src-preload/parameters/encoder.ts';
import { featuresOptions } from '../../src-preload/parameters/features.ts';
import { defaultOf, domainOf, isNullable, type Parameter, resultKey } from '../../src-preload/parameters/parameter.ts';
import { projection } from '../../src-preload/parameters/projection.ts';
import { scoring } from '../../src-preload/parameters/scoring.ts';
import { training } from '../../src-preload/parameters/training.ts';
import { typicality } from '../../src-preload/parameters/typicality.ts';

const sets = { projection, scoring, training, encoderTraining, typicality, features: featuresOptions } as const;
const all = Object.entries(sets).flatMap(([set, parameters]) =>
  Object.entries(parameters).map(([name, parameter]) => ({ set, name, parameter: parameter as Parameter })),
);

/** Values inside, on and beyond what the parameter takes, as a command line writes them and as plain data. */
function samples({ schema, word }: Parameter): readonly { readonly words: string; readonly value: unknown }[] {
  const domain = domainOf(schema);
  const plain = (value: unknown) => ({ words: String(value), value });
  switch (domain.kind) {
    case 'number': {
      const [least, most] = [domain.minimum ?? -1e6, domain.maximum ?? 1e9];
      const numbers = [least, most, least - 1, most + 1, least + 0.5, (least + most) / 2].map(plain);
      return [...numbers, { words: '', value: '' }, { words: 'many', value: 'many' }];
    }
    case 'choice':
      return [...domain.values, 'neither', ''].map(plain);
    case 'several':
      return [...domain.values, 'neither'].map((value) => ({ words: value, value: [value] }));
    case 'flag':
      return word === undefined
        ? [plain(true), plain(false), { words: 'perhaps', value: 'perhaps' }]
        : [
            { words: word, value: true },
            { words: 'otherwise', value: 'otherwise' },
          ];
    case 'text':
      return [plain('something')];
  }
}

describe('shared parameters', () => {
  it.each(all)('$set $name: the command line takes exactly the values of the contract', ({ parameter }) => {
    const option = optionOf(parameter);
    expect(parameter.help).not.toBe('');
    for (const { words, value } of samples(parameter)) {
      const [typed, plain] = [option.schema.safeParse(words), parameter.schema.safeParse(value)];
      expect({ words, accepted: typed.success }).toEqual({ words, accepted: plain.success });
      if (typed.success) expect(typed.data).toEqual(plain.data);
    }
    expect(option.schema.safeParse(undefined).data).toEqual(defaultOf(parameter.schema));
    expect(isNullable(parameter.schema)).toBe(option.schema.safeParse(null).success);
  });

  it.each([
    ['project', ['projecting'], projection],
    ['project', ['scoring'], scoring],
    ['score', ['scoring'], scoring],
    ['train', [], training],
    ['train-encoder', [], encoderTraining],
    ['typicality', [], typicality],
  ] as const)('a request of %s at "%s" holds the schemas of the set themselves', (kind, path, set) => {
    let schema: z.ZodType = contract[kind];
    const step = (name: string) => {
      while (!(schema instanceof z.ZodObject)) schema = (schema as z.ZodNullable).unwrap() as z.ZodType;
      schema = schema.shape[name] as z.ZodType;
    };
    for (const name of path) step(name);
    const place = schema;
    for (const [name, { schema: declared }] of Object.entries(set)) {
      schema = place;
      step(name);
      expect(schema).toBe(declared);
    }
  });

  it('what changes the speed only is no part of what decides a result', () => {
    const schema = contract.project.omit({ images: true });
    const parameters = schema.parse({ projecting: { model: 1, batch: 8, device: 'webgpu' }, scoring: null });
    const key = resultKey(schema, parameters) as { readonly projecting: object };
    expect(Object.keys(key.projecting)).not.toContain('batch');
    expect(Object.keys(key.projecting)).not.toContain('device');
    expect(Object.keys(key.projecting)).toContain('steps');
    expect(resultKey(schema, schema.parse({ projecting: { model: 1 }, scoring: null }))).toEqual(key);
  });
});
