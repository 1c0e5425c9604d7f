// Decodes JPEG 2000 (ISO 15444-1) and its high-throughput form (part 15), both through OpenJPEG.
import { type Codec, checkStreamSize, decompress } from './coded-frame.ts';
import { runWasmDecoder } from './wasm-decoder.ts';

export const decodeJpeg2000: Codec = (stream, shape, name) =>
  decompress(name, 'JPEG 2000', async () => {
    const codestream = codestreamOf(stream);
    const size = readSize(codestream);
    checkStreamSize(shape, size, name);
    checkTileParts(codestream);
    const { bytes, bitsPerSample } = await (size.signed && size.precision <= 8
      ? decodeSignedBytes(codestream, size)
      : runWasmDecoder('JPEG 2000', codestream));
    const allocated = bitsPerSample > 8 ? 16 : 8;
    const expected = (shape.width * shape.height * shape.channels * allocated) / 8;
    if (bitsPerSample > 16) throw new Error(`samples of ${bitsPerSample} bits are not read`);
    if (bytes.length !== expected) throw new Error(`it holds ${bytes.length} of ${expected} bytes`);
    const colour = shape.photometric.startsWith('YBR_') && size.transformed ? ({ photometric: 'RGB' } as const) : {};
    return { bytes, allocated, precision: size.precision, ...colour };
  });

/** The codestream itself: some writers wrap it in a JP2 file, against the standard. */
function codestreamOf(stream: Uint8Array): Uint8Array {
  const view = viewOf(stream);
  if (view.getUint16(0) === SOC) return stream;
  for (let at = 0; at + 8 <= stream.length; ) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x6a703263) return stream.subarray(at + 8, length === 0 ? undefined : at + length);
    if (length < 8) break;
    at += length;
  }
  throw new Error('it has no codestream');
}

const SIGNED = 0x80;
const SOC = 0xff4f;
const SIZ = 0xff51;
const COD = 0xff52;
const SOT = 0xff90;
const EOC = 0xffd9;

/** Where SIZ says sign and precision of the first component; of each further one three bytes on. */
const FIRST_SSIZ = 42;

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

interface Size {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly precision: number;
  readonly signed: boolean;
  /** True when the codec itself turns the colours back into RGB (a multiple component transform is in use). */
  readonly transformed: boolean;
}

/** The image size of SIZ (A.5.1): the reference grid less the offset; and the transform of COD (A.6.1). */
function readSize(codestream: Uint8Array): Size {
  const view = viewOf(codestream);
  if (view.getUint16(2) !== SIZ) throw new Error('its size is not where it must be');
  const precision = view.getUint8(FIRST_SSIZ);
  let transformed = false;
  for (let at = 4 + view.getUint16(4); at + 4 <= codestream.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === COD) transformed = view.getUint8(at + 8) === 1;
    if (marker === SOT || marker === COD) break;
  }
  return {
    width: view.getUint32(8) - view.getUint32(16),
    height: view.getUint32(12) - view.getUint32(20),
    channels: view.getUint16(40),
    precision: (precision & 0x7f) + 1,
    signed: (precision & SIGNED) !== 0,
    transformed,
  };
}

/**
 * The decoder cuts signed samples of 8 bits off at 0. Declared unsigned, the same stream gives them half a range higher
 * (the level shift of G.1.2), from where they are brought back.
 */
async function decodeSignedBytes(codestream: Uint8Array, { channels, precision }: Size) {
  const unsigned = new Uint8Array(codestream);
  for (let component = 0; component < channels; component++) unsigned[FIRST_SSIZ + 3 * component]! &= ~SIGNED;
  const { bytes, bitsPerSample } = await runWasmDecoder('JPEG 2000', unsigned);
  return { bitsPerSample, bytes: bytes.map((level) => level - 2 ** (precision - 1)) };
}

/**
 * Walks the tile parts to the end marker: OpenJPEG fills what is missing with grey and says nothing. A tile part may
 * have length 0 ("to the end") only when it is the last.
 */
function checkTileParts(codestream: Uint8Array): void {
  const view = viewOf(codestream);
  let at = 2;
  while (at + 4 <= codestream.length && view.getUint16(at) !== SOT) at += 2 + view.getUint16(at + 2);
  while (at + 12 <= codestream.length && view.getUint16(at) === SOT) {
    const length = view.getUint32(at + 6);
    if (length === 0) break;
    if (length < 14) throw new Error('a tile part is impossibly short');
    at += length;
  }
  if (at > codestream.length) throw new Error('the codestream is cut short');
  const tail = codestream.subarray(at);
  // Behind the last tile part: the end marker and at most padding. Without a length: the end marker is somewhere last.
  const end = [...tail.subarray(-4)].findLastIndex((byte, index, last) => byte === 0xff && last[index + 1] === 0xd9);
  const whole = at + 2 <= codestream.length && (view.getUint16(at) === EOC || (view.getUint16(at) === SOT && end >= 0));
  if (!whole) throw new Error('the codestream is cut short');
}
