// Sizes as people write them: 4GB, 700 MiB.
import { Problem } from '../../platform/errors.ts';

const units: Readonly<Record<string, number>> = {
  ...{ b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 },
  ...{ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 },
};
/** Smaller parts would be more files than anybody wants to carry. */
const smallest = 64 * 1024;

/** Bytes. Throws `usage`. */
export function sizeInBytes(text: string): number {
  const [, number = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(number) * (units[unit === '' ? 'b' : unit.toLowerCase()] ?? Number.NaN));
  if (number !== '' && bytes >= smallest && Number.isSafeInteger(bytes)) return bytes;
  throw new Problem('usage', {
    message: `a size is written such as 4GB or 700MiB, and is 64 KiB or more; not ${text}`,
  });
}
