// Runs the WebAssembly decompressors: loaded on first use, one decoder per frame, nothing left in their memory.
import loadCharls from '@cornerstonejs/codec-charls/decodewasmjs';
import loadJpeg, {
  type CodecModule,
  type Decoder,
  type FrameInfo,
} from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
import loadOpenJpeg from '@cornerstonejs/codec-openjpeg/decodewasmjs';

const modules = {
  jpeg: { load: loadJpeg, decoder: (module: CodecModule) => new module.JPEGDecoder() },
  'JPEG-LS': { load: loadCharls, decoder: (module: CodecModule) => new module.JpegLSDecoder() },
  'JPEG 2000': { load: loadOpenJpeg, decoder: (module: CodecModule) => new module.J2KDecoder() },
} as const;

type CodecName = keyof typeof modules;
const loaded = new Map<CodecName, Promise<CodecModule>>();

/** A decoded frame, copied out of the codec's memory. */
export interface WasmFrame extends FrameInfo {
  readonly bytes: Uint8Array;
  readonly interleaveMode: number | undefined;
}

/**
 * Decompresses one frame. Throws an Error with the codec's own words. After a failure the module is loaded anew: a C++
 * exception leaves its memory behind.
 */
export async function runWasmDecoder(name: CodecName, stream: Uint8Array): Promise<WasmFrame> {
  const { load, decoder: make } = modules[name];
  if (!loaded.has(name)) loaded.set(name, load({ print: () => {}, printErr: () => {} }));
  const module = await loaded.get(name)!;
  let decoder: Decoder | undefined;
  try {
    decoder = make(module);
    decoder.getEncodedBuffer(stream.length).set(stream);
    decoder.decode();
    const bytes = outOfWasm(decoder.getDecodedBuffer());
    return { ...decoder.getFrameInfo(), bytes, interleaveMode: decoder.getInterleaveMode?.() };
  } catch (error) {
    loaded.delete(name);
    throw typeof error === 'number' ? new Error(module.getExceptionMessage?.(error) ?? 'broken data') : error;
  } finally {
    decoder?.delete();
  }
}

/**
 * Bytes of our own. libjpeg-turbo hands out a copy already: an array that fills its buffer, which the memory of a codec,
 * with the codec in it, never is. The others show their memory.
 */
function outOfWasm(decoded: Uint8Array | Uint8ClampedArray): Uint8Array {
  return decoded.byteLength === decoded.buffer.byteLength ? new Uint8Array(decoded.buffer) : new Uint8Array(decoded);
}
