// Compares a de-identified copy with its planted original, element by element, against the required actions.
import { type DataSet, type Element, readDicom, textOf, writeDicom } from '../deidentification/dicom-elements.ts';
import type { PlantedFile } from './data-set.ts';
import type { ActionGroup, Planted } from './planting.ts';
import { foundIn } from './secrets.ts';

/** One required action, and whether it was done. `reason` says in words what is wrong; undefined: right. */
export interface Result {
  readonly file: string;
  /** Such as `00081140[0].00081155`. */
  readonly element: string;
  readonly group: ActionGroup;
  readonly reason: string | undefined;
}

/** What is the same over all files: replacements of UIDs and patients, days by which dates moved. */
export class Ledger {
  readonly #new = new Map<string, string>();
  readonly #old = new Map<string, string>();

  /** Whether `original` always became `replaced`, and nothing else did. */
  consistent(kind: string, original: string, replaced: string): boolean {
    const [forward, back] = [JSON.stringify([kind, original]), JSON.stringify([kind, replaced])];
    if (!this.#new.has(forward)) this.#new.set(forward, replaced);
    if (!this.#old.has(back)) this.#old.set(back, original);
    return this.#new.get(forward) === replaced && this.#old.get(back) === original;
  }

  /** Whether the dates of a patient always moved by this many days. */
  moved(patient: number, days: number): boolean {
    const key = JSON.stringify(['days', patient]);
    if (!this.#new.has(key)) this.#new.set(key, String(days));
    return this.#new.get(key) === String(days);
  }
}

interface Place {
  readonly file: PlantedFile;
  readonly planted: Planted;
  readonly copy: Element | undefined;
  readonly characterSet: string;
  readonly ledger: Ledger;
}

type Check = (place: Place) => string | undefined;

const none = new Uint8Array();
const trimmed = (bytes: Uint8Array | undefined) => textOf(bytes ?? none);
const isEmpty = (copy: Element) =>
  copy.items === undefined ? trimmed(copy.bytes) === '' && isBlank(copy) : copy.items.length === 0;
const isBlank = ({ bytes = none }: Element) => bytes.length === 0 || bytes.every((byte) => byte === 0x20);
const sameBytes = (a: Uint8Array, b: Uint8Array) => Buffer.from(a).equals(Buffer.from(b));
const absent = 'is not there';

/** One check for each action group; each gives what is wrong. */
const checks: { readonly [G in ActionGroup]: Check } = {
  'date shifted': ({ planted, copy, file, ledger }) => {
    if (copy === undefined) return absent;
    const [before, after] = [trimmed(planted.bytes), trimmed(copy.bytes)];
    const days = (dayOf(before) - dayOf(after)) / 86_400_000;
    if (Number.isNaN(days)) return 'is no date';
    if (days === 0) return 'is the same date';
    if (before.slice(8) !== after.slice(8)) return 'has another time of day';
    return ledger.moved(file.patient, days) ? undefined : 'moved by other days than other dates of the patient';
  },
  'patient id consistent': ({ planted, copy, file, ledger }) => {
    const replaced = trimmed(copy?.bytes);
    if (replaced === '') return absent;
    if (replaced === trimmed(planted.bytes)) return 'is the same identifier';
    return ledger.consistent('patient', String(file.patient), replaced)
      ? undefined
      : 'differs within a patient, or not between patients';
  },
  'pixels hidden': ({ copy, file }) => {
    const { top, left, bottom, right, columns } = file.burned!;
    if (copy?.bytes === undefined) return undefined;
    for (let y = top; y < bottom; y++) {
      const row = copy.bytes.subarray(y * columns + left, y * columns + right);
      if (row.some((value) => value !== copy.bytes![top * columns + left])) return 'shows burned-in text';
    }
    return undefined;
  },
  'pixels retained': ({ planted, copy }) =>
    copy?.bytes !== undefined && sameBytes(copy.bytes, planted.bytes!) ? undefined : 'pixels differ',
  'tag retained': ({ copy }) => (copy === undefined ? absent : undefined),
  'text notnull': ({ copy }) => (copy === undefined ? absent : isEmpty(copy) ? 'is empty' : undefined),
  'text removed': ({ planted, copy, file, characterSet }) => {
    if (copy === undefined) return undefined;
    if (copy.bytes !== undefined && sameBytes(copy.bytes, planted.bytes ?? none) && copy.bytes.length > 0)
      return 'is the same';
    const words = foundIn(copy.bytes ?? none, characterSet, file.secrets);
    return words.length === 0 ? undefined : `has ${words.length} of the words to remove`;
  },
  'text retained': ({ planted, copy }) => {
    if (copy === undefined) return absent;
    return trimmed(copy.bytes) === trimmed(planted.bytes) ? undefined : 'is another value';
  },
  'UID changed': ({ planted, copy }) => {
    const replaced = trimmed(copy?.bytes);
    if (replaced === '') return absent;
    if (!/^[0-9.]{1,64}$/.test(replaced)) return 'is no UID';
    return replaced === trimmed(planted.bytes) ? 'is the same UID' : undefined;
  },
  'UID consistent': ({ planted, copy, ledger }) => {
    const replaced = trimmed(copy?.bytes);
    if (replaced === '') return absent;
    return ledger.consistent('uid', trimmed(planted.bytes), replaced)
      ? undefined
      : 'is not the same wherever the UID was';
  },
};

/** Milliseconds of the day that a value of DA or DT begins with. */
function dayOf(value: string): number {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})/.exec(value) ?? [];
  return year === undefined ? Number.NaN : Date.UTC(Number(year), Number(month) - 1, Number(day));
}

/**
 * Everything that was required of a file. `copy`: its de-identified bytes; undefined where it was held back, which hides
 * burned-in text and loses everything else.
 */
export function compare(file: PlantedFile, copy: Uint8Array | undefined, ledger: Ledger): readonly Result[] {
  if (file.burned !== undefined && copy === undefined) {
    return [{ file: file.name, element: '7fe00010', group: 'pixels hidden', reason: undefined }];
  }
  const read = copy === undefined ? undefined : readDicom(copy, file.name);
  const dataSet = read?.dataSet ?? [];
  const characterSet = trimmed(dataSet.find(({ tag }) => tag === 0x0008_0005)?.bytes);
  const results = level(file.elements, dataSet, '', { file, characterSet, ledger });
  if (copy === undefined || read === undefined) return results;
  // Deflated copies are searched as what they hold too.
  const plain = read.encoding.deflated
    ? writeDicom({ ...read, encoding: { ...read.encoding, deflated: false } })
    : copy;
  const words = foundIn(Buffer.concat([copy, plain]), file.characterSet, file.secrets);
  const reason = words.length === 0 ? undefined : `has ${words.length} of the words to remove`;
  return [...results, { file: file.name, element: 'whole file', group: 'text removed', reason }];
}

function level(
  elements: readonly Planted[],
  dataSet: DataSet,
  path: string,
  place: Pick<Place, 'file' | 'characterSet' | 'ledger'>,
): Result[] {
  return elements.flatMap((planted) => {
    const copy = dataSet.find(({ tag }) => tag === planted.tag);
    const element = `${path}${planted.tag.toString(16).padStart(8, '0')}`;
    const own = planted.actions.map(
      (group): Result => ({
        file: place.file.name,
        element,
        group,
        reason: checks[group]({ ...place, planted, copy }),
      }),
    );
    const nested = (planted.items ?? []).flatMap((item, index) =>
      level(item, copy?.items?.[index] ?? [], `${element}[${index}].`, place),
    );
    return [...own, ...nested];
  });
}
