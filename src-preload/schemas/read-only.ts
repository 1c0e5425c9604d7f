// The types of the contract: what a schema lets through, read-only all the way down.
import type { z } from 'zod';

type Frozen<T> = T extends ArrayBufferView ? T : T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** What comes out of a schema, defaults filled in. */
export type Output<S extends z.ZodType> = Frozen<z.output<S>>;
/** What may be written for a schema: whatever has a default may be left out. */
export type Input<S extends z.ZodType> = Frozen<z.input<S>>;
