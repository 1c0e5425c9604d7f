// A multipart/related body (RFC 2046) with one part, as WADO-RS sends an instance: its bytes in chunks, without holding the whole.
import { Malformed } from '../data-set.ts';
import { limits } from '../limits.ts';

/** The boundary of a Content-Type of multipart/related with DICOM parts. Throws `Malformed`. */
export function boundaryOf(contentType: string): string {
  if (!/^multipart\/related\s*(;|$)/i.test(contentType)) throw new Malformed('it is not multipart/related');
  const [, quoted, plain] = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain ?? '';
  // RFC 2046 5.1.1.
  if (!/^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/.test(boundary)) throw new Malformed('it names no valid boundary');
  return boundary;
}

/**
 * The content of the one part of a body. Throws `Malformed` when there is no part, more than one, one that is not DICOM, when headers
 * are too long, when a length that a part states is wrong, and when the end is missing.
 */
export async function* onlyPart(body: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<Uint8Array> {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  // The first delimiter has no line end before it where there is no preamble.
  let held: Buffer = Buffer.from('\r\n', 'latin1');
  let state: 'preamble' | 'headers' | 'content' | 'after' = 'preamble';
  let announced: number | undefined;
  let sent = 0;
  for await (const chunk of body) {
    const fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (state === 'content' && held.length > 0 && fresh.length >= delimiter.length) {
      // Only what may be a delimiter across two chunks is put together; the rest is not copied.
      const seam = Buffer.concat([held, fresh.subarray(0, delimiter.length - 1)]);
      if (!seam.includes(delimiter)) {
        sent += held.length;
        yield held;
        held = fresh;
      } else held = Buffer.concat([held, fresh]);
    } else held = held.length === 0 ? fresh : Buffer.concat([held, fresh]);
    if (state === 'preamble') {
      const at = held.indexOf(delimiter);
      if (at < 0) {
        if (held.length > limits.headerBytes) throw new Malformed('its first part does not begin');
        continue;
      }
      held = held.subarray(at + delimiter.length);
      state = 'headers';
    }
    if (state === 'headers') {
      if (held.length >= 2 && held.subarray(0, 2).equals(end)) throw new Malformed('it has no part');
      const at = held.indexOf('\r\n\r\n');
      if (at > limits.headerBytes || (at < 0 && held.length > limits.headerBytes))
        throw new Malformed('the headers of its part are too long');
      if (at < 0) continue;
      announced = partLength(held.subarray(0, at).toString('latin1'));
      held = held.subarray(at + 4);
      state = 'content';
    }
    if (state === 'content') {
      const at = held.indexOf(delimiter);
      // What may be the beginning of a delimiter is kept for the next chunk.
      const sure = at < 0 ? Math.max(0, held.length - delimiter.length + 1) : at;
      if (sure > 0) {
        sent += sure;
        yield held.subarray(0, sure);
      }
      held = held.subarray(at < 0 ? sure : at + delimiter.length);
      if (at >= 0) state = 'after';
    }
    if (state === 'after') {
      if (held.length < 2) continue;
      if (!held.subarray(0, 2).equals(end)) throw new Malformed('it has more parts than one');
      if (held.length > limits.headerBytes) throw new Malformed('it goes on behind its end');
    }
  }
  if (state !== 'after' || held.length < 2) throw new Malformed('it ends before its last boundary');
  if (announced !== undefined && announced !== sent)
    throw new Malformed(`its part has ${sent} bytes, and says that it has ${announced}`);
}

const end = Buffer.from('--', 'latin1');

/** The length that the headers of a part state, if they do. They begin behind the delimiter, with its line end. */
function partLength(headers: string): number | undefined {
  const [first = '', ...lines] = headers.split('\r\n');
  if (first.trim() !== '') throw new Malformed('its boundary line is not empty');
  const firstValue = (name: string) =>
    lines
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  const type = firstValue('content-type');
  if (type !== undefined && !/^application\/dicom\s*(;|$)/i.test(type)) throw new Malformed('its part is not DICOM');
  const length = firstValue('content-length');
  if (length === undefined) return undefined;
  if (!/^\d{1,15}$/.test(length)) throw new Malformed('the length of its part is no number');
  return Number(length);
}
