// Opens a DICOM image file: structure, pixel module and frames put together to images.
import { hash } from 'node:crypto';
import { Problem } from '../../platform/errors.ts';
import { type Frame, type Frames, type ImageMetadata, type Samples, unadorned } from '../decoded-image.ts';
import { rescaleNote } from '../rescale-note.ts';
import { codeString } from './code-strings.ts';
import type { CodedFrame } from './codecs/coded-frame.ts';
import { paletteToRgb, ybrToRgb } from './colour.ts';
import { type Attributes, type DicomFile, numbers, parseDicomFile, text } from './data-set.ts';
import { isDicomdir } from './dicomdir.ts';
import { encapsulatedFrames, excessBytes, plainFrame } from './frame-bytes.ts';
import { geometryOf, windowsOf } from './functional-groups.ts';
import { keptAttributes, textsOf } from './kept-attributes.ts';
import { lookupTablesOf } from './lookup-tables.ts';
import { oddities } from './oddities.ts';
import { type BitPlane, overlayBits, overlaysOf } from './overlays.ts';
import { type PixelModule, readPixelModule } from './pixel-module.ts';
import { rescaleOf } from './rescale.ts';
import { bitPlane, codedSamples, plainSamples, type Unpacked } from './samples.ts';

/**
 * Opens a DICOM file. Throws `format` when it holds no image or its transfer syntax is not read, `content` when it is
 * broken, `limit` when it is too large. Frames are decompressed one by one.
 */
export async function openDicom(bytes: Uint8Array, name: string): Promise<Frames> {
  if (isDicomdir(bytes)) throw new Problem('format', { file: name, found: 'DICOMDIR, a list of files' });
  const file = parseDicomFile(bytes, name);
  const module = readPixelModule(file.attributes, name);
  const frame = frameDecoder(file, module, name);
  const whole = wholeFile(file, module, name);
  return {
    frameCount: module.frames,
    frame: async (index) => assemble(file, module, whole, index, await frame(index), name),
  };
}

/**
 * The palette indices of all frames of compressed pixel data; empty for other files, whose cells tell as much. Throws as
 * `openDicom` and its frames do.
 */
export async function compressedIndices(bytes: Uint8Array, name: string): Promise<ReadonlySet<number>> {
  const file = parseDicomFile(bytes, name);
  const { elements } = file.attributes;
  const used = new Set<number>();
  if (elements.x7fe00010?.fragments === undefined) return used;
  if (text(file.attributes, 'x00280004') !== 'PALETTE COLOR') return used;
  const module = readPixelModule(file.attributes, name);
  const frame = frameDecoder(file, module, name);
  for (let index = 0; index < module.frames; index++) {
    for (const value of new Set((await frame(index)).samples)) used.add(value);
  }
  return used;
}

/** Decoded samples with the colour model that they are in. */
interface Pixels {
  readonly samples: Samples;
  readonly photometric: string;
  readonly bits: number;
  readonly warnings: readonly string[];
  /** Of plain cells of more than one bit. */
  readonly plane?: BitPlane;
}

function frameDecoder(
  { attributes, syntax }: DicomFile,
  module: PixelModule,
  name: string,
): (index: number) => Promise<Pixels> {
  const { photometric, stored } = module;
  const taken = overlayBits(attributes);
  const spillNote = ({ bits, spill }: Unpacked) => {
    if (spill === undefined) return [];
    const what = spill === 'kept' ? `values take ${bits} bits and were read so` : 'what lies above them was ignored';
    return [`bits above the ${stored} of Bits Stored are not empty; ${what}`];
  };
  const encapsulated = attributes.elements.x7fe00010?.fragments !== undefined;
  if (syntax.codec === undefined && encapsulated)
    throw new Problem('content', { file: name, reason: 'its pixels are compressed, and it does not say how' });
  if (syntax.codec === undefined) {
    const excess = excessBytes(attributes, module, name);
    const warnings = excess > 0 ? [`${excess} bytes more pixel data than declared`] : [];
    return async (index) => {
      const cells = plainFrame(attributes, module, index, name);
      const { littleEndian } = attributes;
      const unpacked = plainSamples(cells, module, littleEndian, taken);
      const { samples, bits } = unpacked;
      const spare = module.pixels === 'integer' && module.channels === 1 && stored < module.allocated;
      const plane = spare ? (bit: number) => bitPlane(cells, module, littleEndian, bit) : undefined;
      return { samples, photometric, bits, warnings: [...warnings, ...spillNote(unpacked)], plane };
    };
  }
  const { codec } = syntax;
  if (module.pixels !== 'integer')
    throw new Problem('content', { file: name, reason: 'floating point pixels are compressed' });
  const streams = encapsulatedFrames(attributes, module.frames, name);
  return async (index) => {
    const coded: CodedFrame = await codec(streams[index]!, module, name);
    const unpacked = codedSamples(coded, module, taken);
    const bits = Math.max(unpacked.bits, stored, coded.precision ?? 0);
    const { samples } = unpacked;
    return { samples, photometric: coded.photometric ?? photometric, bits, warnings: spillNote(unpacked) };
  };
}

/** What holds for all frames of a file. */
interface WholeFile {
  readonly metadata: ImageMetadata;
  readonly modalityLut: ReturnType<typeof lookupTablesOf>;
  readonly voiLuts: (negative: boolean) => ReturnType<typeof lookupTablesOf>;
  /** Low values are shown bright although the pixels are MONOCHROME2. */
  readonly inverse: boolean;
}

function wholeFile({ attributes }: DicomFile, { signed }: PixelModule, name: string): WholeFile {
  // Looked up once: thousands of frames may share tables of thousands of entries.
  const tables = new Map<boolean, ReturnType<typeof lookupTablesOf>>();
  const voiLuts = (negative: boolean) => {
    const found = tables.get(negative) ?? lookupTablesOf(attributes, 'x00283010', negative, name);
    tables.set(negative, found);
    return found;
  };
  return {
    metadata: readMetadata(attributes),
    modalityLut: lookupTablesOf(attributes, 'x00283000', signed, name),
    voiLuts,
    inverse: codeString(attributes, 'x20500020').term === 'INVERSE',
  };
}

function assemble(
  { attributes, warnings }: DicomFile,
  module: PixelModule,
  { metadata, modalityLut: modality, voiLuts, inverse }: WholeFile,
  index: number,
  pixels: Pixels,
  name: string,
): Frame {
  const { width, height } = module;
  const { samples, bits, photometric, notes } = inRgb(attributes, pixels, name);
  const channels = photometric === 'RGB' ? 3 : 1;
  if (samples.length !== width * height * channels) {
    const reason = `a frame has ${samples.length} samples, declared ${width} x ${height} x ${channels}`;
    throw new Problem('content', { file: name, reason });
  }
  const [modalityLut] = modality.tables;
  const rescale = modalityLut === undefined ? rescaleOf(attributes, index) : unadorned.rescale;
  // A modality table gives no negative values.
  const voi = voiLuts(modalityLut === undefined && (module.signed || rescale.intercept < 0));
  const padding = channels === 1 ? paddingOf(attributes, module) : undefined;
  const overlays = overlaysOf(attributes, index, pixels.plane);
  const inverted = inverse && photometric === 'MONOCHROME2';
  const unknown = rescaleNote(rescale);
  return {
    width,
    height,
    channels,
    samples,
    bitsStored: bits,
    photometric: inverted ? 'MONOCHROME1' : photometric,
    rescale,
    ...(modalityLut === undefined ? {} : { modalityLut }),
    windows: windowsOf(attributes, index),
    voiLuts: voi.tables,
    ...(padding === undefined ? {} : { padding }),
    geometry: geometryOf(attributes, index),
    overlays: overlays.overlays,
    frame: { index, count: module.frames },
    metadata,
    warnings: [
      ...warnings,
      ...module.notes,
      ...pixels.warnings,
      ...notes,
      ...(inverted ? ['Presentation LUT Shape is INVERSE: low values are shown bright'] : []),
      ...(unknown === undefined ? [] : [unknown]),
      ...modality.notes,
      ...voi.notes,
      ...oddities(attributes, index),
      ...overlays.warnings,
    ],
  };
}

interface Resolved {
  readonly samples: Samples;
  readonly bits: number;
  readonly photometric: Frame['photometric'];
  readonly notes: readonly string[];
}

/** How each photometric interpretation becomes grey or RGB. JPEG 2000 undoes YBR_ICT and YBR_RCT itself. */
function inRgb(attributes: Attributes, { samples, photometric, bits }: Pixels, name: string): Resolved {
  if (photometric === 'MONOCHROME1' || photometric === 'MONOCHROME2' || photometric === 'RGB')
    return { samples, bits, photometric, notes: [] };
  if (photometric === 'PALETTE COLOR') {
    const resolved = paletteToRgb(attributes, samples, name);
    return { ...resolved, photometric: 'RGB' };
  }
  if (!(samples instanceof Uint8Array) || bits !== 8) {
    throw new Problem('content', { file: name, reason: `${photometric} of ${bits} bits is not read` });
  }
  return { samples: ybrToRgb(samples), bits, photometric: 'RGB', notes: [] };
}

function paddingOf(attributes: Attributes, { signed, pixels }: PixelModule): Frame['padding'] {
  if (pixels !== 'integer') return undefined;
  const representation = signed ? 'SS' : 'US';
  const [value] = numbers(attributes, 'x00280120', representation);
  if (value === undefined) return undefined;
  const [limit = value] = numbers(attributes, 'x00280121', representation);
  return { low: Math.min(value, limit), high: Math.max(value, limit) };
}

const metadataTags: {
  readonly [F in Exclude<keyof ImageMetadata, 'patientHash' | 'attributes'>]-?: readonly string[];
} = {
  modality: ['x00080060'],
  bodyPart: ['x00180015'],
  viewPosition: ['x00185101'],
  patientId: ['x00100020'],
  patientSex: ['x00100040'],
  patientAge: ['x00101010'],
  studyUid: ['x0020000d'],
  seriesUid: ['x0020000e'],
  frameOfReferenceUid: ['x00200052'],
  instanceUid: ['x00080018'],
  instanceNumber: ['x00200013'],
  sopClassUid: ['x00080016'],
  acquisitionDate: ['x00080022', 'x00080023', 'x00080021', 'x00080020'],
  manufacturer: ['x00080070'],
  model: ['x00081090'],
  station: ['x00081010'],
  institution: ['x00080080'],
  burnedInAnnotation: ['x00280301'],
};

function readMetadata(attributes: Attributes): ImageMetadata {
  const found = Object.entries(metadataTags).flatMap(([field, tags]) => {
    const value = tags.map((tag) => text(attributes, tag)).find((value) => value !== undefined);
    return value === undefined ? [] : [[field, value] as const];
  });
  const kept = { attributes: textsOf(attributes, Object.keys(keptAttributes)) };
  const metadata: ImageMetadata = { ...Object.fromEntries(found), ...kept };
  return metadata.patientId === undefined ? { ...metadata, ...patientHash(attributes) } : metadata;
}

function patientHash(attributes: Attributes): Pick<ImageMetadata, 'patientHash'> {
  const identity = ['x00100010', 'x00100030'].map((tag) => text(attributes, tag) ?? '').join('\n');
  return identity.trim() === '' ? {} : { patientHash: hash('sha256', identity).slice(0, 16) };
}
