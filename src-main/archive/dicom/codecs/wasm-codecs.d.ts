// Types of the WebAssembly codecs, which bring none: Emscripten modules with one decoder class each.

declare module '@cornerstonejs/codec-*' {
  /** Size and samples of a decoded frame. */
  export interface FrameInfo {
    readonly width: number;
    readonly height: number;
    readonly bitsPerSample: number;
    readonly componentCount: number;
    readonly isSigned?: boolean;
  }

  /** Lives in WebAssembly memory until `delete`; of the buffers it hands out, those that show this memory die with it. */
  export interface Decoder {
    getEncodedBuffer(length: number): Uint8Array;
    decode(): void;
    getDecodedBuffer(): Uint8Array | Uint8ClampedArray;
    getFrameInfo(): FrameInfo;
    /** JPEG-LS only: 0 planes, 1 lines, 2 samples. */
    getInterleaveMode?(): number;
    delete(): void;
  }

  export interface CodecModule {
    readonly JpegLSDecoder: new () => Decoder;
    readonly J2KDecoder: new () => Decoder;
    readonly JPEGDecoder: new () => Decoder;
    /** The text of a C++ exception, which arrives as a number. */
    readonly getExceptionMessage?: (pointer: number) => string;
  }

  export default function load(settings?: object): Promise<CodecModule>;
}
