// What the audit log says of removed images, so that the rest of what it says can be checked against the tables.
import type { AuditEntry } from '../../catalog/tables/audit.ts';
import type { DigestVersion } from '../../catalog/tables/verdicts.ts';
import { rangesHold } from '../removal/ranges.ts';
import { removalEvent } from '../removal/remove-images.ts';

/** What removals have left of steps and annotations. */
export interface Removals {
  /** The digest of a step after the last removal that touched it; undefined where none did. */
  readonly digestOf: (step: number, version: DigestVersion) => string | undefined;
  /** Whether a removal took every verdict of the step. */
  readonly isEmptied: (step: number) => boolean;
  /** Whether a removal took the annotation. */
  readonly tookAnnotation: (id: number) => boolean;
}

/** Reads the removals of a log. Entries that are not understood take nothing. */
export function removalsIn(entries: readonly AuditEntry[]): Removals {
  const removals = entries.filter(({ event }) => event === removalEvent).map(({ details }) => details);
  const digests = new Map<number, readonly unknown[]>();
  for (const { steps } of removals) {
    for (const { step, digests: left } of (Array.isArray(steps) ? steps : []) as readonly {
      readonly step?: unknown;
      readonly digests?: unknown;
    }[]) {
      if (typeof step === 'number' && Array.isArray(left)) digests.set(step, left);
    }
  }
  const emptied = removals.map((details) => rangesHold(details.emptied));
  const annotations = removals.map((details) => rangesHold(details.annotations));
  return {
    digestOf: (step, version) => {
      const digest = digests.get(step)?.[version - 1];
      return typeof digest === 'string' ? digest : undefined;
    },
    isEmptied: (step) => emptied.some((holds) => holds(step)),
    tookAnnotation: (id) => annotations.some((holds) => holds(id)),
  };
}
