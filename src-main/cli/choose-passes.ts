// What `residua run --scores` computes with what it was given: a projection, and families that look once at each image.
import { Problem } from '../platform/errors.ts';
import { onePassFamilies } from '../scoring/families.ts';
import type { Need } from '../scoring/family.ts';

/** What a run was given. */
export interface Given {
  readonly network: boolean;
  readonly discriminator: boolean;
  readonly localiser: boolean;
  readonly normals: boolean;
}

export interface Passes {
  readonly projects: boolean;
  /** Names of one-pass families. */
  readonly families: readonly string[];
  /** A line about each part of a group that is left out. */
  readonly lacking: readonly string[];
}

const remedies = {
  normals: 'they need --normals: what the images are compared with',
  discriminator: 'they need --network, a network with a discriminator',
  localiser: 'they need --localiser, what train-localiser makes',
} as const satisfies { readonly [N in Need]?: string };

/**
 * A family that is named must be possible; of a group (`all`, `fast`) what is possible is computed. Throws `usage` for a
 * named family or a projection without what it needs, and when nothing is left.
 */
export function choosePasses(wanted: readonly string[], given: Given): Passes {
  const all = wanted.includes('all');
  const fast = all || wanted.includes('fast');
  const lacking: string[] = [];
  const families = onePassFamilies.filter(({ name, needs }) => {
    const named = wanted.includes(name);
    if (!named && !(fast && needs.includes('normals'))) return false;
    const missing = needs.find((need) => need in remedies && !given[need as keyof typeof remedies]);
    if (missing === undefined) return true;
    const message = `no ${name} scores: ${remedies[missing as keyof typeof remedies]}`;
    if (named) throw new Problem('usage', { message });
    lacking.push(message);
    return false;
  });
  const projects = (all && given.network) || wanted.includes('projection');
  if (projects && !given.network) throw new Problem('usage', { message: 'a projection needs --network' });
  if (!projects && families.length === 0) {
    throw new Problem('usage', {
      message: lacking[0] ?? 'a projection needs --network, one-pass scores need --normals',
    });
  }
  return { projects, families: families.map(({ name }) => name), lacking };
}
