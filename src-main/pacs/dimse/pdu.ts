// Protocol data units of the upper layer (PS3.8 section 9.3): written and read, every length checked.
import { Malformed } from '../data-set.ts';
import { implementation } from '../instance-head.ts';

export const pduTypes = {
  request: 1,
  accept: 2,
  reject: 3,
  data: 4,
  releaseRequest: 5,
  releaseReply: 6,
  abort: 7,
} as const;

const applicationContext = '1.2.840.10008.3.1.1.1';

/** A presentation context as it is offered. `id` is odd, 1 to 255. */
export interface OfferedContext {
  readonly id: number;
  readonly abstract: string;
  readonly syntaxes: readonly string[];
}
/** As it is answered: 0 is acceptance. */
export interface AnsweredContext {
  readonly id: number;
  readonly result: number;
  readonly syntax: string;
}

export interface Negotiation {
  readonly called: string;
  readonly calling: string;
  readonly offered: readonly OfferedContext[];
  readonly answered: readonly AnsweredContext[];
  /** The longest PDU with data that the other side takes; 0: any. */
  readonly maximum: number;
}

const item = (type: number, content: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head[0] = type;
  head.writeUInt16BE(content.length, 2);
  return Buffer.concat([head, content]);
};
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** A whole PDU. */
export function pdu(type: number, content: Uint8Array): Buffer {
  const head = Buffer.alloc(6);
  head[0] = type;
  head.writeUInt32BE(content.length, 2);
  return Buffer.concat([head, content]);
}

function negotiationHead(called: string, calling: string): Buffer {
  const head = Buffer.alloc(68);
  head.writeUInt16BE(1);
  head.write(called.padEnd(16), 4, 'latin1');
  head.write(calling.padEnd(16), 20, 'latin1');
  return Buffer.concat([head, item(0x10, ascii(applicationContext))]);
}

/** `receives`: storage classes that we take as provider, for C-GET. */
function userInformation(maximum: number, receives: readonly string[]): Buffer {
  const roles = receives.map((abstract) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(abstract.length);
    return item(0x54, Buffer.concat([length, ascii(abstract), Buffer.of(0, 1)]));
  });
  return item(
    0x50,
    Buffer.concat([
      item(0x51, uint32(maximum)),
      item(0x52, ascii(implementation.uid)),
      ...roles,
      item(0x55, ascii(implementation.name)),
    ]),
  );
}

export interface AssociationRequest {
  readonly called: string;
  readonly calling: string;
  readonly offered: readonly OfferedContext[];
  readonly receives: readonly string[];
  readonly maximum: number;
}

export function encodeRequest({ called, calling, offered, receives, maximum }: AssociationRequest): Buffer {
  const contexts = offered.map(({ id, abstract, syntaxes }) =>
    item(
      0x20,
      Buffer.concat([
        Buffer.of(id, 0, 0, 0),
        item(0x30, ascii(abstract)),
        ...syntaxes.map((syntax) => item(0x40, ascii(syntax))),
      ]),
    ),
  );
  const head = negotiationHead(called, calling);
  return pdu(pduTypes.request, Buffer.concat([head, ...contexts, userInformation(maximum, receives)]));
}

export function encodeAccept(
  { called, calling }: Pick<Negotiation, 'called' | 'calling'>,
  answered: readonly AnsweredContext[],
  maximum: number,
): Buffer {
  const contexts = answered.map(({ id, result, syntax }) =>
    item(0x21, Buffer.concat([Buffer.of(id, 0, result, 0), item(0x40, ascii(syntax))])),
  );
  const head = negotiationHead(called, calling);
  return pdu(pduTypes.accept, Buffer.concat([head, ...contexts, userInformation(maximum, [])]));
}

/** By the service user, for good: `reason` 3 is a calling, 7 a called AE title that is not known, 1 none given. */
export const encodeReject = (reason: 1 | 3 | 7): Buffer => pdu(pduTypes.reject, Buffer.of(0, 1, 1, reason));
export const encodeAbort = (): Buffer => pdu(pduTypes.abort, Buffer.of(0, 0, 0, 0));
export const encodeRelease = (type: 5 | 6): Buffer => pdu(type, Buffer.alloc(4));

/** One fragment of a message: of its command or of its data set. */
export interface Fragment {
  readonly context: number;
  readonly isCommand: boolean;
  readonly isLast: boolean;
  readonly bytes: Uint8Array;
}

export function encodeFragment({ context, isCommand, isLast, bytes }: Fragment): Buffer {
  const head = Buffer.alloc(12);
  head[0] = pduTypes.data;
  head.writeUInt32BE(bytes.length + 6, 2);
  head.writeUInt32BE(bytes.length + 2, 6);
  head[10] = context;
  head[11] = (isCommand ? 1 : 0) + (isLast ? 2 : 0);
  return Buffer.concat([head, bytes]);
}

/** The fragments of a PDU with data. Throws `Malformed`. */
export function decodeFragments(content: Buffer): readonly Fragment[] {
  const fragments: Fragment[] = [];
  for (let at = 0; at < content.length; ) {
    if (at + 6 > content.length) throw new Malformed('a fragment is cut short');
    const length = content.readUInt32BE(at);
    const end = at + 4 + length;
    if (length < 2 || end > content.length) throw new Malformed('a fragment is longer than its PDU');
    const control = content[at + 5]!;
    fragments.push({
      context: content[at + 4]!,
      isCommand: (control & 1) !== 0,
      isLast: (control & 2) !== 0,
      bytes: content.subarray(at + 6, end),
    });
    at = end;
  }
  if (fragments.length === 0) throw new Malformed('a PDU with data is empty');
  return fragments;
}

/** What an association request or its acceptance says. Throws `Malformed`. */
export function decodeNegotiation(content: Buffer): Negotiation {
  if (content.length < 68) throw new Malformed('the negotiation is cut short');
  const offered: OfferedContext[] = [];
  const answered: AnsweredContext[] = [];
  let maximum = 0;
  for (const { type, value } of items(content.subarray(68))) {
    if (type === 0x20) offered.push(offeredContext(value));
    else if (type === 0x21) answered.push(answeredContext(value));
    else if (type === 0x50) {
      for (const sub of items(value)) {
        if (sub.type !== 0x51) continue;
        if (sub.value.length !== 4) throw new Malformed('the longest PDU is no number');
        maximum = sub.value.readUInt32BE();
      }
    }
  }
  if (offered.length > 128 || answered.length > 128)
    throw new Malformed('there are more than 128 presentation contexts');
  return { called: aeTitle(content, 4), calling: aeTitle(content, 20), offered, answered, maximum };
}

const aeTitle = (content: Buffer, at: number): string =>
  content.toString('latin1', at, at + 16).replace(/^[ \0]+|[ \0]+$/g, '');

function offeredContext(value: Buffer): OfferedContext {
  if (value.length < 4) throw new Malformed('a presentation context is cut short');
  let abstract = '';
  const syntaxes: string[] = [];
  for (const { type, value: name } of items(value.subarray(4))) {
    if (type === 0x30) abstract = uidText(name);
    else if (type === 0x40) syntaxes.push(uidText(name));
  }
  return { id: value[0]!, abstract, syntaxes };
}

function answeredContext(value: Buffer): AnsweredContext {
  if (value.length < 4) throw new Malformed('a presentation context is cut short');
  const syntax = [...items(value.subarray(4))].find(({ type }) => type === 0x40);
  return { id: value[0]!, result: value[2]!, syntax: syntax === undefined ? '' : uidText(syntax.value) };
}

function uidText(bytes: Buffer): string {
  if (bytes.length > 65) throw new Malformed('an identifier is too long');
  return bytes.toString('latin1').replace(/[ \0]+$/, '');
}

function* items(content: Buffer): Generator<{ readonly type: number; readonly value: Buffer }> {
  for (let at = 0; at < content.length; ) {
    if (at + 4 > content.length) throw new Malformed('an item is cut short');
    const end = at + 4 + content.readUInt16BE(at + 2);
    if (end > content.length) throw new Malformed('an item is longer than its PDU');
    yield { type: content[at]!, value: content.subarray(at + 4, end) };
    at = end;
  }
}
