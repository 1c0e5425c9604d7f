// JSON with one spelling for one value, so that it can be hashed (RFC 8785, JSON Canonicalization Scheme).
import { Problem } from './errors.ts';

/**
 * Plain data as JSON: keys in code unit order, no white space, numbers as ECMAScript writes them. Members that are
 * undefined are left out. Throws `usage` for what JSON cannot hold (NaN, infinities, functions).
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  throw new Problem('usage', { message: `${typeof value === 'number' ? value : typeof value} is not plain data` });
}
