// The contract as data: every method and event has schemas that refuse what they do not know.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { events, methods } from '../../src-preload/contract.ts';

describe('the contract', () => {
  it('names every method as part.verb and refuses unknown fields in every request', () => {
    for (const [name, { request }] of Object.entries(methods)) {
      expect(name).toMatch(/^[a-z]+\.[a-z]+$/);
      expect((request as z.ZodType).safeParse({ unheardOf: 1 }).success, name).toBe(false);
    }
  });

  it('has a schema for what every event carries', () => {
    for (const [name, schema] of Object.entries(events)) {
      expect(schema, name).toBeInstanceOf(z.ZodType);
      expect((schema as z.ZodType).safeParse({ unheardOf: 1 }).success, name).toBe(false);
    }
  });

  it('fills in the defaults of the published tools', () => {
    const queued = methods['runs.queue'].request.parse({
      kind: 'project',
      parameters: { images: { filter: {} }, projecting: { model: 1 }, scoring: {} },
    });
    expect(queued).toMatchObject({
      parameters: {
        projecting: { steps: 1000, seed: 303, space: 'w', renderNoise: 'stored' },
        scoring: { distances: ['MSE', 'WD'], regions: ['full', 'body', 'patch'], patchSize: 32 },
      },
    });
  });

  it('refuses paths as image ids and negative offsets', () => {
    expect(methods['images.frame'].request.safeParse({ id: '../../etc/passwd' }).success).toBe(false);
    const page = { filter: {}, order: { by: 'name', descending: false }, offset: -1, limit: 10 };
    expect(methods['images.page'].request.safeParse(page).success).toBe(false);
  });
});
