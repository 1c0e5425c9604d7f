// Splits images into parts so that no patient is in two of them, the same way every time for the same seed.
import { createHash } from 'node:crypto';
import { Problem } from '../../platform/errors.ts';

/** What is split: an id of any kind, and the patient; an image without one counts as a patient of its own. */
export interface SplitItem<I> {
  readonly item: I;
  readonly patient: string | null;
}

/**
 * Deals the items into parts whose sizes (in items) have the proportions `fractions` as closely as whole patients allow.
 * Patients are taken in the order of SHA-256(seed, patient), so the parts depend neither on the order of the items nor
 * on the machine; each goes to the part that lacks most. Within a part, items keep their order. Throws `usage` when
 * `fractions` are not positive, or are neither whole numbers (2 to 1) nor sum to 1.
 */
export function splitByPatient<I>(
  items: readonly SplitItem<I>[],
  fractions: readonly number[],
  seed: number,
): readonly (readonly I[])[] {
  if (fractions.length === 0 || fractions.some((fraction) => !(fraction > 0 && Number.isFinite(fraction)))) {
    throw new Problem('usage', { message: 'the fractions of a split must be positive numbers' });
  }
  const whole = fractions.reduce((sum, fraction) => sum + fraction, 0);
  const isRatio = fractions.every(Number.isInteger) && fractions.length > 1;
  if (!isRatio && Math.abs(whole - 1) > 1e-6) {
    const message = `the shares of a split must sum to 1, not ${Number(whole.toPrecision(6))}, or be whole numbers as in 2 to 1`;
    throw new Problem('usage', { message });
  }
  const patients = Map.groupBy(items, ({ item, patient }) =>
    patient === null ? `item ${item}` : `patient ${patient}`,
  );
  const order = [...patients.keys()]
    .map((patient) => ({ patient, place: createHash('sha256').update(`${seed} ${patient}`).digest('hex') }))
    .sort((a, b) => (a.place < b.place ? -1 : 1));
  const wanted = fractions.map((fraction) => (items.length * fraction) / whole);
  const sizes = fractions.map(() => 0);
  const partOf = new Map<string, number>();
  for (const { patient } of order) {
    const lacks = wanted.map((size, part) => (size - sizes[part]!) / size);
    const part = lacks.indexOf(Math.max(...lacks));
    sizes[part]! += patients.get(patient)!.length;
    partOf.set(patient, part);
  }
  const parts: I[][] = fractions.map(() => []);
  for (const { item, patient } of items) {
    parts[partOf.get(patient === null ? `item ${item}` : `patient ${patient}`)!]!.push(item);
  }
  return parts;
}
