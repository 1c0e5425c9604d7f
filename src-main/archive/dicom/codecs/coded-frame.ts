// What a decompressor gives back, and the two things every one of them must check: size in the stream, and wholeness.
import { Problem } from '../../../platform/errors.ts';

/** The samples of one frame, still packed: little endian, row-major, channels interleaved. */
export interface CodedFrame {
  readonly bytes: Uint8Array;
  /** Bits that one sample takes in `bytes`. */
  readonly allocated: 8 | 16 | 32;
  /**
   * Set where the stream compresses what plain pixel data would be: the bits of each sample lie in its cell as the data
   * set says (`cells`), the colours and shared chroma of the frame as well (`frame`).
   */
  readonly plain?: 'cells' | 'frame';
  /** Set when the stream itself says which colours it holds, whatever the data set says. */
  readonly photometric?: 'RGB' | 'YBR_FULL';
  /** Set when the stream itself says how many bits its samples have. */
  readonly precision?: number;
}

/** The shape that the data set declares for every frame. */
export interface FrameShape {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly allocated: number;
  readonly stored: number;
  readonly photometric: string;
}

/** Bits of one frame of plain pixel cells; YBR_FULL_422 shares its chroma between two pixels (PS3.3 C.7.6.3.1.2). */
export function bitsPerFrame({ width, height, channels, allocated, photometric }: FrameShape): number {
  const samples = photometric === 'YBR_FULL_422' ? 2 : channels;
  return width * height * samples * allocated;
}

export type Codec = (stream: Uint8Array, shape: FrameShape, name: string) => Promise<CodedFrame>;

/** Throws `content` when the size written in the compressed stream is not the declared one. Called before decoding. */
export function checkStreamSize(
  shape: FrameShape,
  found: { readonly width: number; readonly height: number; readonly channels: number },
  name: string,
): void {
  const text = (size: typeof found) => `${size.width} x ${size.height} x ${size.channels}`;
  if (text(found) !== text(shape)) {
    throw new Problem('content', {
      file: name,
      reason: `the compressed frame is ${text(found)}, declared ${text(shape)}`,
    });
  }
}

/** Runs a decompressor and turns whatever it throws into `content`; Problems pass. */
export async function decompress<T>(name: string, what: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Problem) throw error;
    const said = error instanceof Error ? error.message : `decoder error ${String(error)}`;
    throw new Problem('content', { file: name, reason: `broken ${what} frame: ${said}` }, { cause: error });
  }
}

/** Samples of a typed array as little-endian bytes (every platform of Node and Electron is little-endian). */
export function bytesOf(samples: Uint16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}
