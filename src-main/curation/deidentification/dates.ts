// Moves the dates of a patient by one number of days ("Retain Longitudinal Temporal Information Modified Dates").
import { type Element, textBytes, textOf } from './dicom-elements.ts';

/** Of PS3.5, and with the colons of ACR-NEMA. */
const timeOfDay = /^(\d{2}(:?\d{2}(:?\d{2}(\.\d{1,6})?)?)?)?$/;
/** DA or DT of PS3.5, and with the points of ACR-NEMA. */
const dateAndTime = /^(\d{4})(\.?)(\d{2})\2(\d{2})(\d{0,6}(?:\.\d{1,6})?(?:[+-]\d{4})?)$/;

/**
 * An element of DA, DT or TM (`representation`, whatever the file says) moved back by `days`; times of day stay. Undefined
 * for what is no date or time.
 */
export function shifted(element: Element, representation: string, days: number): Element | undefined {
  if (element.bytes === undefined) return undefined;
  const values = textOf(element.bytes).split('\\');
  if (representation === 'TM') return values.every((value) => timeOfDay.test(value.trim())) ? element : undefined;
  const moved = values.map((value) => (value === '' ? '' : shiftedDate(value, days)));
  if (moved.includes(undefined)) return undefined;
  return {
    ...{ tag: element.tag, representation: element.representation },
    bytes: textBytes(moved.join('\\'), representation),
  };
}

function shiftedDate(value: string, days: number): string | undefined {
  const [, year, , month, day, rest] = dateAndTime.exec(value.trim()) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day) - days));
  return Number.isNaN(date.getTime()) ? undefined : `${date.toISOString().slice(0, 10).replaceAll('-', '')}${rest}`;
}
