// What of an element outside the profile's table may leave: decided by its meaning in the standard, then by its value.
import { mostNumbers, standardRepresentation } from './dicom-dictionary.ts';
import type { Tag } from './dicom-elements.ts';

const tags = (text: string): ReadonlySet<Tag> =>
  new Set(
    text
      .trim()
      .split(/\s+/)
      .map((hex) => Number.parseInt(hex, 16)),
  );

/**
 * Free text that names equipment, software and methods: manufacturer and model, software versions, contrast route, filters,
 * kernels, coils, pulse sequences, phosphor, stack number, rescale type and units, reconstruction and correction methods of
 * nuclear images, the algorithm that made a segment. All other free text goes.
 */
const safeTexts = tags(`
  00080070 00081090 00180024 00180031 00180085 00181016 00181018 00181019 00181020 00181022 00181023 00181040 00181061
  00181064 00181070 00181085 00181160 00181161 00181180 001811b0 00181210 00181250 00181251 00181260 00181261 00185000
  00185020 0018702a 0018702b 00187040 00187041 00189005 00189041 00189046 00189047 00189050 00189320 00189524 00189525
  00189526 00200060 00209056 00281054 00283004 00409210 00620009 00541101 00541103 00541104 00541105`);

/** Bytes that are the image or say how to show it: pixels, palettes, lookup tables. */
const safeBytes = tags(`
  00281201 00281202 00281203 00281221 00281222 00281223 00283006 7fe00001 7fe00002 7fe00008 7fe00009 7fe00010`);

/** MIME Type of Encapsulated Document. */
const documentType = 0x0042_0012;
const mimeType = /^(application|text|model)\/[a-z0-9.+-]{1,40}$/;

/** Free text that a conforming object must have, if only empty: Position Reference Indicator, Document Title, Content Description. */
export const emptiedTexts = tags('00201040 00420010 00700081');

const every = (pattern: RegExp) => (value: string) => value.split('\\').every((part) => pattern.test(part.trim()));
/** Bytes of one binary number. */
const sizes = { US: 2, SS: 2, UL: 4, SL: 4, UV: 8, SV: 8, FL: 4, FD: 8, AT: 4 } as const;

/** Whether a text is a code string (PS3.5 6.2), such as a modality or a body part. */
export const isCodeString = every(/^[A-Za-z0-9_ ]{0,16}$/);

/** By kind of value: whether the text of a value is what the standard allows there, and no more. */
const allowed: Readonly<Record<string, (value: string, tag: Tag) => boolean>> = {
  // A comma where a point should be stays, so that the number does not silently become another.
  DS: every(/^([+-]?(\d{1,24}([.,]\d{0,24})?|[.,]\d{1,24})([eE][+-]?\d{1,3})?)?$/),
  IS: every(/^([+-]?\d{1,12})?$/),
  CS: isCodeString,
  ...Object.fromEntries(
    ['SH', 'LO', 'ST', 'LT', 'UC', 'UT', 'UR', 'AE'].map((name) => [
      name,
      (value: string, tag: Tag) =>
        (safeTexts.has(tag) && value.length <= 64) || (tag === documentType && mimeType.test(value)),
    ]),
  ),
  ...Object.fromEntries(['OB', 'OW', 'OL', 'OV', 'OF', 'OD'].map((name) => [name, (_, tag) => safeBytes.has(tag)])),
};

/** Groups that hold nothing but the patient, outside what the table says about them. */
const patientGroup = 0x0010;

/**
 * Whether the value of an element that the profile's table does not list may leave: as text, and its bytes. Its kind is that of the standard,
 * whatever representation the file gives it: what the standard does not know, may not.
 */
export function mayLeave(tag: Tag, value: string, bytes: number): boolean {
  const representation = standardRepresentation(tag);
  if (representation === undefined || tag >>> 16 === patientGroup) return false;
  // Numbers that the standard has no use for may be anything.
  const size = sizes[representation as keyof typeof sizes];
  if (size !== undefined) return bytes % size === 0 && bytes / size <= mostNumbers(tag);
  return allowed[representation]?.(value, tag) ?? false;
}

/** Coding schemes of the standard (PS3.16 table 8-1) whose codes mean the same everywhere. */
const codingSchemes = new Set([
  ...['DCM', 'SCT', 'SRT', 'SNM3', 'LN', 'UCUM', 'UMLS', 'RADLEX', 'FMA', 'MDC', 'NCIt', 'BI', 'ACR'],
  ...['I10P', 'I10', 'I9', 'I9C', 'ICDO3', 'ISO3166_1', 'NEU', 'UBERON', 'RFC5646'],
]);

/** Whether a code of a coding scheme may leave: only a real code of a scheme that everybody has. */
export function isStandardCode(code: string, scheme: string): boolean {
  return codingSchemes.has(scheme) && /^[A-Za-z0-9.:_{}[\]%/*^+()-]{1,64}$/.test(code);
}
