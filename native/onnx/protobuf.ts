// Protocol buffer bytes (wire types 0, 2 and 5), as chunks so that large weights are copied once, at the end.

/** Encoded bytes in order, with their total length. */
export interface Message {
  readonly chunks: readonly Uint8Array[];
  readonly length: number;
}

/** Joins fields into one message. */
export function message(...fields: readonly Message[]): Message {
  return {
    chunks: fields.flatMap((field) => field.chunks),
    length: fields.reduce((total, field) => total + field.length, 0),
  };
}

/** A varint field; negative numbers take ten bytes, as int64 does. */
export function integerField(field: number, value: number | bigint): Message {
  return single(Uint8Array.from([...varint(BigInt(field << 3)), ...varint(BigInt.asUintN(64, BigInt(value)))]));
}

/** A 32-bit float field. */
export function floatField(field: number, value: number): Message {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return single(Uint8Array.from([...varint(BigInt((field << 3) | 5)), ...bytes]));
}

export function textField(field: number, text: string): Message {
  return bytesField(field, new TextEncoder().encode(text));
}

export function bytesField(field: number, bytes: Uint8Array): Message {
  return messageField(field, single(bytes));
}

/** A length-delimited field that holds another message. */
export function messageField(field: number, inner: Message): Message {
  const head = Uint8Array.from([...varint(BigInt((field << 3) | 2)), ...varint(BigInt(inner.length))]);
  return { chunks: [head, ...inner.chunks], length: head.length + inner.length };
}

/** The message as one array. */
export function toBytes({ chunks, length }: Message): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

const single = (bytes: Uint8Array): Message => ({ chunks: [bytes], length: bytes.length });

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}
