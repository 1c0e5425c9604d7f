// Schemas of typed arrays: they cross every border of the contract as what they are.
import { z } from 'zod';

const array = <A extends ArrayBufferView>(kind: abstract new (...parameters: never) => A) =>
  z.custom<A>((value) => value instanceof kind, `expected ${kind.name}`);

export const uint8Array = array<Uint8Array>(Uint8Array);
export const uint16Array = array<Uint16Array>(Uint16Array);
export const uint32Array = array<Uint32Array>(Uint32Array);
export const float32Array = array<Float32Array>(Float32Array);
export const float64Array = array<Float64Array>(Float64Array);
/** Samples of every storage. */
export const samples = z.union([
  uint8Array,
  array<Int8Array>(Int8Array),
  uint16Array,
  array<Int16Array>(Int16Array),
  uint32Array,
  array<Int32Array>(Int32Array),
  float32Array,
  float64Array,
]);
