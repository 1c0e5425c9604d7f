// The bytes of a contract message between a page and a host: JSON for the plain part, typed arrays as they are.

const kinds = {
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
} as const;
type ArrayKind = keyof typeof kinds;
type TypedArray = InstanceType<(typeof kinds)[ArrayKind]>;

/** Where an array stands in the plain part, what it is, and how many elements it has. */
interface ArrayPlace {
  readonly at: readonly (string | number)[];
  readonly kind: ArrayKind;
  readonly length: number;
}

const alignment = 8;
const aligned = (size: number): number => Math.ceil(size / alignment) * alignment;
const isArrayKind = (name: unknown): name is ArrayKind => typeof name === 'string' && Object.hasOwn(kinds, name);

/**
 * Message as bytes: length of the header (uint32, little endian), header (JSON: the plain part and the places of its
 * arrays), then the arrays in that order in the byte order of this machine, each from a multiple of 8 bytes on.
 */
export function pack(message: unknown): Uint8Array<ArrayBuffer> {
  const arrays: TypedArray[] = [];
  const places: ArrayPlace[] = [];
  const plain = extract(message, [], (array, at) => {
    arrays.push(array);
    places.push({ at, kind: kindOf(array), length: array.length });
  });
  const header = new TextEncoder().encode(JSON.stringify({ plain, places }));
  const begin = aligned(4 + header.length);
  const size = arrays.reduce((sum, { byteLength }) => sum + aligned(byteLength), begin);
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  let offset = begin;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
    offset += aligned(byteLength);
  }
  return bytes;
}

function kindOf(array: TypedArray): ArrayKind {
  // Node's Buffer is a Uint8Array by another name.
  const name = array instanceof Uint8Array ? 'Uint8Array' : array.constructor.name;
  if (!isArrayKind(name)) throw new TypeError(`${name} cannot be sent`);
  return name;
}

function extract(
  value: unknown,
  at: readonly (string | number)[],
  found: (array: TypedArray, at: readonly (string | number)[]) => void,
): unknown {
  if (ArrayBuffer.isView(value)) {
    found(value as TypedArray, at);
    return null;
  }
  if (Array.isArray(value)) return value.map((member, index) => extract(member, [...at, index], found));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, extract(member, [...at, name], found)]),
  );
}

/** The message that `pack` made the bytes of. Throws a TypeError for anything else. */
export function unpack(received: Uint8Array): unknown {
  // Node's Buffer is a Uint8Array whose slices are no copies.
  const bytes = new Uint8Array(received.buffer, received.byteOffset, received.length);
  if (bytes.length < 4) throw new TypeError('no message');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (length > bytes.length - 4) throw new TypeError('the header is cut off');
  const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(4, 4 + length)));
  if (typeof header !== 'object' || header === null || !('places' in header) || !Array.isArray(header.places)) {
    throw new TypeError('the header is not understood');
  }
  const root = { plain: (header as { readonly plain?: unknown }).plain };
  let offset = aligned(4 + length);
  for (const place of header.places) {
    const { at, kind, length } = checkedPlace(place);
    const size = length * kinds[kind].BYTES_PER_ELEMENT;
    if (offset + size > bytes.length) throw new TypeError('an array is cut off');
    // A copy: the array begins at its own multiple of 8 whatever `bytes` is a part of.
    const array = new kinds[kind](bytes.slice(offset, offset + size).buffer);
    insert(root, at, array);
    offset += aligned(size);
  }
  return root.plain;
}

function checkedPlace(place: unknown): ArrayPlace {
  const { at, kind, length } = (place ?? {}) as Partial<Record<keyof ArrayPlace, unknown>>;
  if (!Array.isArray(at) || !isArrayKind(kind) || !Number.isSafeInteger(length) || (length as number) < 0) {
    throw new TypeError('an array is not understood');
  }
  return { at, kind, length: length as number };
}

/** Puts `array` where `pack` left null; a path through anything that the message does not own is refused. */
function insert(root: { plain: unknown }, at: readonly (string | number)[], array: TypedArray): void {
  let holder: unknown = root;
  let key: string | number = 'plain';
  for (const next of at) {
    holder = member(holder, key);
    key = next;
  }
  if (member(holder, key) !== null) throw new TypeError('an array has no place');
  (holder as Record<string | number, unknown>)[key] = array;
}

function member(holder: unknown, key: string | number): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) {
    throw new TypeError('an array has no place');
  }
  return (holder as Record<string | number, unknown>)[key];
}
