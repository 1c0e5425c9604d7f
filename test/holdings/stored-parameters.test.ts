// Parameters of a run that the catalog does not hold as they were written: said in words.
import { describe, expect, it } from 'vitest';
import { parametersOf, storedParameters } from '../../src-main/holdings/stored-parameters.ts';

const scoring = { regions: ['full'], distances: ['MSE'], patchSize: 8, patchCount: 3, keepMaps: true };

describe('parameters of a run', () => {
  it('come back as they were written', () => {
    const parameters = { projection: 2, scoring: { ...scoring, published: false } };
    expect(parametersOf({ id: 3, parameters }, storedParameters.score)).toEqual(parameters);
  });

  it('that are not understood are told with their place, in words', () => {
    const parameters = { projection: 2, scoring: { ...scoring, patchSize: 'large' } };
    expect(() => parametersOf({ id: 3, parameters }, storedParameters.score)).toThrow(
      expect.objectContaining({
        kind: 'content',
        values: {
          file: 'run 3',
          reason: 'its parameters in the catalog are not understood at "scoring.patchSize": expected a number',
        },
      }),
    );
    expect(() => parametersOf({ id: 3, parameters: [] as never }, storedParameters.score)).toThrow(
      expect.objectContaining({
        values: {
          file: 'run 3',
          reason: 'its parameters in the catalog are not understood: expected a table of values',
        },
      }),
    );
  });
});
