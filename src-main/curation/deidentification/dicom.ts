// De-identifies a DICOM file by the basic profile of PS3.15 annex E, in every nested sequence.
import { Problem } from '../../platform/errors.ts';
import { shifted } from './dates.ts';
import { standardRepresentation } from './dicom-dictionary.ts';
import {
  type DataSet,
  type DicomFile,
  type Element,
  readDicom,
  type Tag,
  textBytes,
  textOf,
  writeDicom,
} from './dicom-elements.ts';
import { withCleanPixels, withoutPixels } from './dicom-pixels.ts';
import { codeItem, dummyItem, dummyValue, removedCode } from './dummy-values.ts';
import { type Identities, identitiesOf } from './identities.ts';
import {
  deviceIdentity,
  dummies,
  emptied,
  neverMissing,
  performedStep,
  profileEdition,
  references,
  remapped,
  removed,
  seldomEmpty,
  temporal,
} from './profile-table.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { emptiedTexts, isStandardCode, mayLeave } from './safe-values.ts';
import { withoutSurplusEntries } from './unused-bits.ts';

/** Options of the profile (PS3.15 E.3) beyond the basic one. */
export interface DeidentificationOptions {
  /** "Retain Longitudinal Temporal Information Modified Dates": all dates of a patient moved by the same number of days. */
  readonly retainDates: boolean;
  /** "Retain Device Identity". */
  readonly retainDevice: boolean;
}

interface Context extends DeidentificationOptions {
  readonly pseudonyms: Pseudonyms;
  readonly identities: Identities;
  /** Whom the level of the data set is about; the patient of the file, but where an item names another. */
  readonly patient: string;
  readonly littleEndian: boolean;
  /** Whether the file is a structured report or a key object selection. */
  readonly report: boolean;
}

/** What to do with an element; undefined: leave it out. */
type Action = (element: Element, context: Context) => Element | undefined;

const patientName = 0x0010_0010;
const patientId = 0x0010_0020;
const verifyingObserver = 0x0040_a073;
const [sopClass, modality] = [0x0008_0016, 0x0008_0060];
const reportClass = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.88\./;
const transferSyntax = 0x0002_0010;
/** UIDs of the standard: some devices make instance UIDs below its root, of dates and serial numbers. */
const standardUid = /^1\.2\.840\.10008(\.\d{1,4}){1,10}$/;
/** Those of them that are instances: well-known frames of reference and instances of services. */
const standardInstance = /^1\.2\.840\.10008\.1(\.\d{1,4}){1,4}$/;

const remove: Action = () => undefined;
const empty: Action = ({ items, ...element }) =>
  items === undefined ? { ...element, bytes: new Uint8Array() } : { ...element, items: [] };
const keep: Action = (element, context) =>
  element.items === undefined ? context.identities.without(element) : keepItems(element, context);
const keepItems: Action = (element, context) =>
  element.items && {
    ...element,
    items: element.items.map((item) =>
      cleaned(withoutSurplusEntries(withoutPixels(item), context.littleEndian), {
        ...context,
        patient: context.identities.patientOf(item) ?? context.patient,
      }),
    ),
  };
const remapBut =
  (kept: RegExp): Action =>
  (element, { pseudonyms }) =>
    element.bytes && withText(element, 'UI', remappedUids(textOf(element.bytes), pseudonyms, kept));
const remap = remapBut(standardUid);
const remapInstance = remapBut(standardInstance);
const pseudonym: Action = (element, { pseudonyms, patient }) => withText(element, 'LO', pseudonyms.patient(patient));

const dummy: Action = (element, context) => {
  const representation = dummies.get(element.tag)!;
  if (element.tag === verifyingObserver) return keepItems(element, context);
  if (representation === 'SQ') {
    const implicit = element.representation === '';
    const item = dummyItem(element.tag, implicit, context.littleEndian);
    return { tag: element.tag, representation: implicit ? '' : 'SQ', items: [item] };
  }
  return representation === 'UI' ? remapInstance(element, context) : dummyValue(element, representation);
};

const actions = new Map<Tag, Action>([
  ...removed.map((tag) => [tag, remove] as const),
  ...emptied.map((tag) => [tag, empty] as const),
  ...remapped.map((tag) => [tag, remapInstance] as const),
  ...references.map((tag) => [tag, keepItems] as const),
  ...[...dummies.keys()].map((tag) => [tag, dummy] as const),
  ...[...emptiedTexts].map((tag) => [tag, empty] as const),
  ...seldomEmpty.map((tag) => [tag, remove] as const),
  [performedStep, (element, context) => (context.report ? empty : remove)(element, context)],
  ...neverMissing.map(
    ([tag, representation]) => [tag, (element: Element) => dummyValue(element, representation)] as const,
  ),
  [patientName, pseudonym],
  [patientId, pseudonym],
]);
const devices = new Set(deviceIdentity);

/**
 * Outside the table: by what the standard says the element is. Sequences are gone through, UIDs replaced, names, dates,
 * times, ages, free text and unknown elements removed; numbers and code strings stay when they are such.
 */
const byMeaning: Action = (element, context) => {
  const representation = standardRepresentation(element.tag);
  if (representation === 'SQ') return keepItems(element, context);
  if (element.items !== undefined) return undefined;
  if (representation === 'UI') return remap(element, context);
  const { tag, bytes } = element;
  if (bytes === undefined) return element.fragments === undefined ? undefined : element;
  return mayLeave(tag, textOf(bytes), bytes.length) ? context.identities.without(element) : undefined;
};

/** What the profile and its options say about an element; everything that they do not name goes by its meaning. */
function actionOf({ tag }: Element, { retainDates, retainDevice }: Context): Action {
  const group = tag >>> 16;
  // Private attributes, curves, and overlays with all that is said about them.
  if (group % 2 === 1 || group >> 8 === 0x50 || group >> 8 === 0x60) return remove;
  if (retainDevice && devices.has(tag)) return keep;
  const time = retainDates ? temporal.get(tag) : undefined;
  const otherwise = actions.get(tag) ?? byMeaning;
  if (time === undefined) return otherwise;
  return (element, context) =>
    shifted(element, time, context.pseudonyms.days(context.identities.patient)) ?? otherwise(element, context);
}

const [codeValue, codingScheme, schemeVersion, codeMeaning] = [0x0008_0100, 0x0008_0102, 0x0008_0103, 0x0008_0104];
const [longCode, urnCode] = [0x0008_0119, 0x0008_0120];
const codeTags: ReadonlySet<Tag> = new Set([codeValue, codingScheme, schemeVersion, codeMeaning, longCode, urnCode]);

function cleaned(dataSet: DataSet, context: Context): DataSet {
  const code = textAt(dataSet, codeValue) || textAt(dataSet, longCode);
  const standard = isStandardCode(code, textAt(dataSet, codingScheme)) && !context.identities.names(code);
  const rest = dataSet.flatMap((element) => {
    if (codeTags.has(element.tag)) return (standard && codePart(element, code)) || [];
    return actionOf(element, context)(element, context) ?? [];
  });
  const coded = dataSet.find(({ tag }) => codeTags.has(tag));
  if (coded === undefined || standard) return rest;
  return [...removedCode(coded.representation === ''), ...rest].sort((a, b) => a.tag - b.tag);
}

/** An element of a standard code. Its meaning is free text: the code stands in for it. */
function codePart(element: Element, code: string): Element | undefined {
  if (element.tag === codeMeaning) return withText(element, 'LO', code);
  return element.tag === schemeVersion || element.tag === urnCode ? undefined : element;
}

/**
 * De-identifies a DICOM file by the basic profile of `profileEdition`: private attributes, curves and overlays removed,
 * UIDs replaced (references stay references), patients pseudonymised, free text dropped unless it is listed as safe, the
 * method written into (0012,0062) to (0012,0064). Implicit and explicit encodings of a data set leave the same. The file
 * keeps its transfer syntax and every sample; comments within compressed frames, bytes behind the pixels and bits that no
 * sample uses are blanked, and colours of a palette that no pixel looks up. Throws `content` for a file that is not well formed. `program` goes into the method, such as
 * `Residua 0.1.0`. `indices` are the palette indices of compressed frames (`compressedIndices`).
 */
export function deidentifyDicom(
  bytes: Uint8Array,
  file: string,
  pseudonyms: Pseudonyms,
  options: DeidentificationOptions,
  program: string,
  indices: ReadonlySet<number>,
): Uint8Array {
  const source = readDicom(bytes, file);
  const identities = identitiesOf(source.dataSet, options.retainDevice ? devices : new Set());
  const { littleEndian } = source.encoding;
  const report = reportClass.test(textAt(source.dataSet, sopClass));
  const context = { ...options, pseudonyms, identities, littleEndian, report, patient: identities.patient };
  const syntax = textAt(source.meta, transferSyntax);
  if (!/^[0-9.]{0,64}$/.test(syntax)) throw new Problem('content', { file, reason: 'names no transfer syntax' });
  const imaged = withCleanPixels(source.dataSet, source.encoding, syntax, indices, file);
  const statements = methodElements(source, options, program);
  const stated = new Set(statements.map(({ tag }) => tag));
  const dataSet = [...cleaned(imaged, context).filter(({ tag }) => !stated.has(tag)), ...statements];
  return writeDicom({
    meta: metaElements(source.meta, context, program),
    dataSet: dataSet.sort((a, b) => a.tag - b.tag),
    encoding: source.encoding,
  });
}

const [manufacturer, model] = [0x0008_0070, 0x0008_1090];
const secondaryCapture = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.7(\.|$)/;
const textualModalities = new Set(['US', 'IVUS', 'ES', 'OT', 'SC', 'SR', 'DOC', 'KO']);

/**
 * Why the pixels of a file are likely to show text about the patient, or undefined. Residua does not clean pixels: such
 * an image is held back until a person has looked at it. Throws `content`.
 */
export function likelyBurnedIn(bytes: Uint8Array, file: string): string | undefined {
  const { dataSet } = readDicom(bytes, file);
  if (textAt(dataSet, 0x0028_0301) === 'YES') return 'the file says that text is burned into its pixels';
  if (secondaryCapture.test(textAt(dataSet, 0x0008_0016))) return 'a secondary capture may show text';
  if (textAt(dataSet, 0x0008_0064) !== '') return 'a converted image may show text';
  if (textualModalities.has(textAt(dataSet, modality)))
    return `images of modality ${textAt(dataSet, modality)} often show text`;
  if (dataSet.some(isEmbeddedOverlay)) return 'an overlay lies among the bits of its pixels and may show text';
  return undefined;
}

/**
 * Manufacturer and model as a DICOM file names them, such as `SIEMENS SOMATOM Definition`, with `REMOVED` where they repeat who the
 * file is about; undefined where it names none. Throws `content`.
 */
export function equipmentOf(bytes: Uint8Array, file: string): string | undefined {
  const { dataSet } = readDicom(bytes, file);
  const { without } = identitiesOf(dataSet, new Set());
  const named = dataSet.filter(({ tag }) => tag === manufacturer || tag === model).map(without);
  const names = [manufacturer, model].map((tag) => textAt(named, tag).slice(0, 64));
  return names.join(' ').trim() || undefined;
}

/** Overlay Bits Allocated (60xx,0100) is 1 for overlays in an attribute of their own, which are removed. */
function isEmbeddedOverlay({ tag, bytes = new Uint8Array() }: Element): boolean {
  const group = tag >>> 16;
  return (
    group >> 8 === 0x60 &&
    group % 2 === 0 &&
    tag % 0x1_0000 === 0x0100 &&
    bytes.reduce((sum, byte) => sum + byte, 0) > 1
  );
}

function textAt(dataSet: DataSet, tag: Tag): string {
  return textOf(dataSet.find((element) => element.tag === tag)?.bytes ?? new Uint8Array());
}

function withText(element: Element, representation: string, text: string): Element {
  return { tag: element.tag, representation: element.representation, bytes: textBytes(text, representation) };
}

function remappedUids(text: string, pseudonyms: Pseudonyms, kept: RegExp): string {
  const mapped = (uid: string) => (uid === '' || kept.test(uid) ? uid : pseudonyms.uid(uid));
  return text
    .split('\\')
    .map((uid) => mapped(uid.replace(/[\0 ]+$/, '')))
    .join('\\');
}

/** (0012,0062) to (0012,0064) and (0028,0303): that, how and with which options the file was de-identified (PS3.15 E.1). */
function methodElements(
  { encoding: { implicit } }: DicomFile,
  options: DeidentificationOptions,
  program: string,
): DataSet {
  const representation = (name: string) => (implicit ? '' : name);
  const codes = [
    codeItem('113100', 'DCM', 'Basic Application Confidentiality Profile', implicit),
    ...(options.retainDates
      ? [codeItem('113107', 'DCM', 'Retain Longitudinal Temporal Information Modified Dates Option', implicit)]
      : []),
    ...(options.retainDevice ? [codeItem('113109', 'DCM', 'Retain Device Identity Option', implicit)] : []),
  ];
  const method = `${program}, basic profile of ${profileEdition} E`;
  return [
    { tag: 0x0012_0062, representation: representation('CS'), bytes: textBytes('YES', 'CS') },
    { tag: 0x0012_0063, representation: representation('LO'), bytes: textBytes(method.slice(0, 64), 'LO') },
    { tag: 0x0012_0064, representation: representation('SQ'), items: codes },
    {
      tag: 0x0028_0303,
      representation: representation('CS'),
      bytes: textBytes(options.retainDates ? 'MODIFIED' : 'REMOVED', 'CS'),
    },
  ];
}

/** Our own file header: class, remapped instance, transfer syntax, and who wrote it; nothing of the sender. */
function metaElements(meta: DataSet, context: Context, program: string): DataSet {
  const own = (tag: Tag) => meta.filter((element) => element.tag === tag);
  return [
    { tag: 0x0002_0001, representation: 'OB', bytes: Uint8Array.of(0, 1) },
    ...own(0x0002_0002).flatMap((element) => remap(element, context) ?? []),
    ...own(0x0002_0003).flatMap((element) => remapInstance(element, context) ?? []),
    ...own(transferSyntax),
    { tag: 0x0002_0012, representation: 'UI', bytes: textBytes('2.25.280650063837213562163046893283046373716', 'UI') },
    { tag: 0x0002_0013, representation: 'SH', bytes: textBytes(program.toUpperCase().slice(0, 16), 'SH') },
  ];
}
