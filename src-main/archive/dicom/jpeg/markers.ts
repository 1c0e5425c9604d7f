// Reads the marker segments of a JPEG stream (ITU-T T.81 annex B): frame, tables and where each scan's data lies.

/** One component of the frame; `horizontal` and `vertical` are its sampling factors. */
export interface JpegComponent {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
  readonly quantization: number;
}

/** A Huffman table as transmitted: how many codes of each length 1..16, and their values in order of code. */
export interface CodeTable {
  readonly counts: Uint8Array;
  readonly values: Uint8Array;
}

/** A scan, with the tables that were in force at its start. */
export interface JpegScan {
  readonly components: readonly { readonly index: number; readonly dc: CodeTable; readonly ac: CodeTable }[];
  /** Ss, Se: spectral selection; in lossless frames Ss is the predictor. */
  readonly spectral: readonly [start: number, end: number];
  /** Ah, Al: successive approximation; in lossless frames Al is the point transform. */
  readonly approximation: readonly [high: number, low: number];
  readonly restartInterval: number;
  readonly quantization: ReadonlyMap<number, Uint16Array>;
  /** Entropy-coded bytes, with stuffing and restart markers. */
  readonly data: Uint8Array;
}

export interface JpegStream {
  /** n of SOFn: 0 baseline, 1 extended, 2 progressive, 3 lossless. */
  readonly process: number;
  readonly precision: number;
  readonly width: number;
  readonly height: number;
  readonly components: readonly JpegComponent[];
  readonly scans: readonly JpegScan[];
  /** Colour transform of an Adobe APP14 segment, if there is one: 0 none, 1 YCbCr. */
  readonly adobeTransform: number | undefined;
  /** Offset just behind each APPn segment's start, for editing: [start, end) pairs of APP0 and APP14. */
  readonly colourSegments: readonly (readonly [start: number, end: number])[];
  /** True when the stream ends with EOI. */
  readonly complete: boolean;
}

const empty: CodeTable = { counts: new Uint8Array(16), values: new Uint8Array(0) };

/** Reads all segments. Throws an Error in plain words when they contradict the standard; the caller names the file. */
export function readJpegStream(bytes: Uint8Array): JpegStream {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw new Error('the JPEG stream has no beginning');
  const word = (at: number) => ((bytes[at] ?? fail()) << 8) | (bytes[at + 1] ?? fail());
  const tables = {
    dc: new Map<number, CodeTable>(),
    ac: new Map<number, CodeTable>(),
    quantization: new Map<number, Uint16Array>(),
  };
  const scans: JpegScan[] = [];
  const colourSegments: [number, number][] = [];
  let frame: Pick<JpegStream, 'process' | 'precision' | 'width' | 'height' | 'components'> | undefined;
  let adobeTransform: number | undefined;
  let restartInterval = 0;
  let complete = false;
  let at = 2;
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) throw new Error('the JPEG stream has data between its segments');
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xd9) {
      complete = true;
      break;
    }
    const end = at + 2 + word(at + 2);
    if (end > bytes.length || end < at + 4) fail();
    const segment = bytes.subarray(at + 4, end);
    if (marker === 0xee && isAdobe(segment)) adobeTransform = segment[11];
    if (marker === 0xe0 || (marker === 0xee && isAdobe(segment))) colourSegments.push([at, end]);
    if (marker === 0xdb) readQuantization(segment, tables.quantization);
    if (marker === 0xc4) readCodeTables(segment, tables);
    if (marker === 0xdd) restartInterval = word(at + 4);
    if (isFrame(marker)) {
      if (frame !== undefined) throw new Error('the JPEG stream has two frames');
      frame = { process: marker - 0xc0, ...readFrame(segment) };
    }
    at = end;
    if (marker === 0xda) {
      if (frame === undefined) throw new Error('the JPEG stream has a scan before its frame');
      const stop = endOfScan(bytes, end);
      scans.push({ ...readScan(segment, frame.components, tables), restartInterval, data: bytes.subarray(end, stop) });
      at = stop;
    }
  }
  if (frame === undefined) throw new Error('the JPEG stream has no frame');
  return { ...frame, scans, adobeTransform, colourSegments, complete };
}

function fail(): never {
  throw new Error('the JPEG stream is cut short');
}

const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function isAdobe(segment: Uint8Array): boolean {
  return segment.length >= 12 && String.fromCharCode(...segment.subarray(0, 5)) === 'Adobe';
}

function readFrame(segment: Uint8Array): Pick<JpegStream, 'precision' | 'width' | 'height' | 'components'> {
  const [precision = fail(), h1 = fail(), h0 = fail(), w1 = fail(), w0 = fail(), count = fail()] = segment;
  if (segment.length < 6 + count * 3 || count === 0) fail();
  const components = Array.from({ length: count }, (_, index) => {
    const [id, sampling, quantization] = segment.subarray(6 + index * 3) as unknown as [number, number, number];
    const component = { id, horizontal: sampling >> 4, vertical: sampling & 15, quantization };
    if (component.horizontal < 1 || component.vertical < 1 || component.horizontal > 4 || component.vertical > 4) {
      throw new Error('the JPEG frame has a wrong sampling factor');
    }
    return component;
  });
  return { precision, height: (h1 << 8) | h0, width: (w1 << 8) | w0, components };
}

function readQuantization(segment: Uint8Array, tables: Map<number, Uint16Array>): void {
  let at = 0;
  while (at < segment.length) {
    const wide = segment[at]! >> 4 !== 0;
    const id = segment[at++]! & 15;
    const table = new Uint16Array(64);
    for (let index = 0; index < 64; index++, at += wide ? 2 : 1) {
      table[index] = wide ? ((segment[at] ?? fail()) << 8) | (segment[at + 1] ?? fail()) : (segment[at] ?? fail());
    }
    tables.set(id, table);
  }
}

function readCodeTables(segment: Uint8Array, tables: Record<'dc' | 'ac', Map<number, CodeTable>>): void {
  let at = 0;
  while (at < segment.length) {
    const head = segment[at++]!;
    const counts = segment.subarray(at, at + 16);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const values = segment.subarray(at + 16, at + 16 + total);
    if (counts.length < 16 || values.length < total) fail();
    tables[head >> 4 === 0 ? 'dc' : 'ac'].set(head & 15, { counts, values });
    at += 16 + total;
  }
}

type Tables = { readonly [T in 'dc' | 'ac']: ReadonlyMap<number, CodeTable> } & {
  readonly quantization: ReadonlyMap<number, Uint16Array>;
};

function readScan(
  segment: Uint8Array,
  frame: readonly JpegComponent[],
  tables: Tables,
): Omit<JpegScan, 'data' | 'restartInterval'> {
  const count = segment[0] ?? fail();
  if (segment.length < 4 + count * 2) fail();
  const components = Array.from({ length: count }, (_, entry) => {
    const index = frame.findIndex(({ id }) => id === segment[1 + entry * 2]);
    if (index < 0) throw new Error('a JPEG scan names an unknown component');
    const selected = segment[2 + entry * 2]!;
    return { index, dc: tables.dc.get(selected >> 4) ?? empty, ac: tables.ac.get(selected & 15) ?? empty };
  });
  const [start = fail(), end = fail(), approximation = fail()] = segment.subarray(1 + count * 2);
  return {
    components,
    spectral: [start, end],
    approximation: [approximation >> 4, approximation & 15],
    quantization: new Map(tables.quantization),
  };
}

/**
 * The first marker behind the entropy-coded data that begins at `start`: neither stuffing nor a restart. `least` is the lowest
 * marker there is: after 0xFF, JPEG stuffs a byte of 0, JPEG-LS one whose highest bit is 0 (ITU-T T.87 A.1).
 */
export function endOfScan(bytes: Uint8Array, start: number, least: 1 | 0x80 = 1): number {
  for (let at = bytes.indexOf(0xff, start); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1]!;
    if (next >= least && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}
