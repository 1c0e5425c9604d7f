// Blanks what a JPEG 2000 stream says beside its image: comments, boxes of other purposes, trailing bytes (ISO 15444-1).

const [SOC, COM, SOT, SOD, EOC] = [0xff4f, 0xff64, 0xff90, 0xff93, 0xffd9];

/** Boxes (annex I) that hold the image or say how to show it, and those that hold such boxes. */
const imageBoxes = new Set(['jP  ', 'ftyp', 'jp2c', 'ihdr', 'bpcc', 'colr', 'pclr', 'cmap', 'cdef']);
const superBoxes = new Set(['jp2h']);

/**
 * Blanks, in place, comments (COM), boxes that are not the image's (XML, UUID, rights), and what lies behind the end of
 * the codestream. No length changes and no sample. Throws an Error in plain words for a stream that is not well formed.
 */
export function blankJpeg2000(bytes: Uint8Array): void {
  if (bytes.length >= 2 && viewOf(bytes).getUint16(0) === SOC) blankCodestream(bytes);
  else blankBoxes(bytes);
}

/** Some writers wrap the codestream in a JP2 file, against the standard. */
function blankBoxes(bytes: Uint8Array): void {
  const view = viewOf(bytes);
  let imaged = false;
  for (let at = 0; at < bytes.length; ) {
    const declared = at + 8 <= bytes.length ? view.getUint32(at) : 1;
    const length = declared === 0 ? bytes.length - at : declared;
    // A box of length 1 would be beyond 4 GiB.
    if (length < 8 || at + length > bytes.length) {
      if (!imaged) throw new Error('ends in the middle of a JP2 box');
      bytes.fill(0, at);
      return;
    }
    const name = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    const content = bytes.subarray(at + 8, at + length);
    imaged ||= name === 'jp2c';
    if (name === 'jp2c') blankCodestream(content);
    else if (superBoxes.has(name)) blankBoxes(content);
    else if (!imageBoxes.has(name)) content.fill(0);
    at += length;
  }
}

/** Comments stand in the main header and in the headers of tile parts (A.9.2); behind those lies packed data. */
function blankCodestream(bytes: Uint8Array): void {
  const view = viewOf(bytes);
  const word = (at: number) => {
    if (at + 2 > bytes.length) throw new Error('ends in the middle of a JPEG 2000 segment');
    return view.getUint16(at);
  };
  if (word(0) !== SOC) throw new Error('has no JPEG 2000 codestream');
  let at = blankHeader(bytes, word, 2, SOT);
  while (word(at) === SOT) {
    if (at + 12 > bytes.length) throw new Error('ends in the middle of a JPEG 2000 segment');
    const length = view.getUint32(at + 6);
    const data = blankHeader(bytes, word, at + 12, SOD);
    // The last tile part may leave its length open.
    const end = length === 0 ? endOfData(bytes, data) : at + length;
    if (end < data || end > bytes.length) throw new Error('has a tile part of an impossible length');
    at = end;
  }
  if (word(at) !== EOC) throw new Error('has no end of its codestream');
  bytes.fill(0, at + 2);
}

/** Blanks the comments of a header; where the marker `until` stands that ends it. */
function blankHeader(bytes: Uint8Array, word: (at: number) => number, from: number, until: number): number {
  let at = from;
  while (word(at) !== until) {
    if (word(at) < 0xff00 || word(at) === EOC) throw new Error('has a broken JPEG 2000 header');
    const end = at + 2 + word(at + 2);
    if (end < at + 4 || end > bytes.length) throw new Error('ends in the middle of a JPEG 2000 segment');
    // Its first two bytes say whether it is text: what is left is not.
    if (word(at) === COM) bytes.fill(0, at + 4, end);
    at = end;
  }
  return at;
}

/** Where the end marker stands: no packed data holds one (B.10.1). */
function endOfData(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length; at++) if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return at;
  return bytes.length;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
