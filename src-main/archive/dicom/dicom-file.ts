// Opens a DICOM image file: structure, pixel module and frames put together to images.
import { Problem } from '../../platform/errors.ts';
import type { Frame, Frames, ImageMetadata, Samples } from '../decoded-image.ts';
import type { CodedFrame } from './codecs/coded-frame.ts';
import { paletteToRgb, ybrToRgb } from './colour.ts';
import { type Attributes, type DicomFile, numbers, parseDicomFile, text } from './data-set.ts';
import { isDicomdir } from './dicomdir.ts';
import { encapsulatedFrames, excessBytes, plainFrame } from './frame-bytes.ts';
import { geometryOf, lookupTablesOf, rescaleOf, windowsOf } from './functional-groups.ts';
import { type BitPlane, overlaysOf } from './overlays.ts';
import { type PixelModule, readPixelModule } from './pixel-module.ts';
import { bitPlane, codedSamples, plainSamples } from './samples.ts';

/**
 * Opens a DICOM file. Throws `format` when it holds no image or its transfer syntax is not read, `content` when it is
 * broken, `limit` when it is too large. Frames are decompressed one by one.
 */
export async function openDicom(bytes: Uint8Array, name: string): Promise<Frames> {
  if (isDicomdir(bytes)) throw new Problem('format', { file: name, found: 'DICOMDIR, a list of files' });
  const file = parseDicomFile(bytes, name);
  const module = readPixelModule(file.attributes, name);
  const frame = frameDecoder(file, module, name);
  const metadata = readMetadata(file.attributes);
  return {
    frameCount: module.frames,
    frame: async (index) => assemble(file, module, metadata, index, await frame(index), name),
  };
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
  if (syntax.codec === undefined) {
    const excess = excessBytes(attributes, module, name);
    const warnings = excess > 0 ? [`${excess} bytes more pixel data than declared`] : [];
    return async (index) => {
      const cells = plainFrame(attributes, module, index, name);
      const { littleEndian } = attributes;
      const samples = plainSamples(cells, module, littleEndian);
      const spare = module.pixels === 'integer' && module.channels === 1 && stored < module.allocated;
      const plane = spare ? (bit: number) => bitPlane(cells, module, littleEndian, bit) : undefined;
      return { samples, photometric, bits: stored, warnings, plane };
    };
  }
  const { codec } = syntax;
  if (module.pixels !== 'integer')
    throw new Problem('content', { file: name, reason: 'floating point pixels are compressed' });
  const streams = encapsulatedFrames(attributes, module.frames, name);
  return async (index) => {
    const coded: CodedFrame = await codec(streams[index]!, module, name);
    const bits = Math.max(stored, coded.precision ?? 0);
    return { samples: codedSamples(coded, module), photometric: coded.photometric ?? photometric, bits, warnings: [] };
  };
}

function assemble(
  { attributes, warnings }: DicomFile,
  module: PixelModule,
  metadata: ImageMetadata,
  index: number,
  pixels: Pixels,
  name: string,
): Frame {
  const { width, height } = module;
  const { samples, bits, photometric } = inRgb(attributes, pixels, name);
  const channels = photometric === 'RGB' ? 3 : 1;
  if (samples.length !== width * height * channels) {
    const reason = `a frame has ${samples.length} samples, declared ${width} x ${height} x ${channels}`;
    throw new Problem('content', { file: name, reason });
  }
  const rescale = rescaleOf(attributes, index);
  const [modalityLut] = lookupTablesOf(attributes, 'x00283000', module.signed, name);
  // A modality table gives no negative values.
  const negative = modalityLut === undefined && (module.signed || rescale.intercept < 0);
  const padding = channels === 1 ? paddingOf(attributes, module) : undefined;
  const overlays = overlaysOf(attributes, index, pixels.plane);
  return {
    width,
    height,
    channels,
    samples,
    bitsStored: bits,
    photometric,
    rescale,
    ...(modalityLut === undefined ? {} : { modalityLut }),
    windows: windowsOf(attributes, index),
    voiLuts: lookupTablesOf(attributes, 'x00283010', negative, name),
    ...(padding === undefined ? {} : { padding }),
    geometry: geometryOf(attributes, index),
    overlays: overlays.overlays,
    frame: { index, count: module.frames },
    metadata,
    warnings: [...warnings, ...pixels.warnings, ...overlays.warnings],
  };
}

interface Resolved {
  readonly samples: Samples;
  readonly bits: number;
  readonly photometric: Frame['photometric'];
}

/** How each photometric interpretation becomes grey or RGB. JPEG 2000 undoes YBR_ICT and YBR_RCT itself. */
function inRgb(attributes: Attributes, { samples, photometric, bits }: Pixels, name: string): Resolved {
  if (photometric === 'MONOCHROME1' || photometric === 'MONOCHROME2') return { samples, bits, photometric };
  if (photometric === 'RGB') return { samples, bits, photometric };
  if (photometric === 'PALETTE COLOR') {
    const resolved = paletteToRgb(attributes, samples, name);
    return { ...resolved, photometric: 'RGB' };
  }
  if (!(samples instanceof Uint8Array) || bits !== 8) {
    throw new Problem('content', { file: name, reason: `${photometric} of ${bits} bits is not read` });
  }
  return { samples: ybrToRgb(samples), bits, photometric: 'RGB' };
}

function paddingOf(attributes: Attributes, { signed, pixels }: PixelModule): Frame['padding'] {
  if (pixels !== 'integer') return undefined;
  const representation = signed ? 'SS' : 'US';
  const [value] = numbers(attributes, 'x00280120', representation);
  if (value === undefined) return undefined;
  const [limit = value] = numbers(attributes, 'x00280121', representation);
  return { low: Math.min(value, limit), high: Math.max(value, limit) };
}

const metadataTags: { readonly [F in keyof ImageMetadata]-?: readonly string[] } = {
  modality: ['x00080060'],
  bodyPart: ['x00180015'],
  viewPosition: ['x00185101'],
  patientId: ['x00100020'],
  patientSex: ['x00100040'],
  patientAge: ['x00101010'],
  studyUid: ['x0020000d'],
  seriesUid: ['x0020000e'],
  instanceUid: ['x00080018'],
  instanceNumber: ['x00200013'],
  sopClassUid: ['x00080016'],
  acquisitionDate: ['x00080022', 'x00080023', 'x00080021', 'x00080020'],
  manufacturer: ['x00080070'],
  burnedInAnnotation: ['x00280301'],
};

function readMetadata(attributes: Attributes): ImageMetadata {
  const found = Object.entries(metadataTags).flatMap(([field, tags]) => {
    const value = tags.map((tag) => text(attributes, tag)).find((value) => value !== undefined);
    return value === undefined ? [] : [[field, value] as const];
  });
  return Object.fromEntries(found);
}
