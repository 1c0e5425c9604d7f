// Command sets of DIMSE (PS3.7 annex E): numbers and texts by tag, and what statuses mean.
import {
  type Elements,
  encodeElements,
  implicitLittleEndian,
  Malformed,
  plainText,
  readElements,
  shortOf,
} from '../data-set.ts';

export const commandFields = {
  storeRequest: 0x0001,
  storeReply: 0x8001,
  getRequest: 0x0010,
  getReply: 0x8010,
  findRequest: 0x0020,
  findReply: 0x8020,
  moveRequest: 0x0021,
  moveReply: 0x8021,
  echoRequest: 0x0030,
  echoReply: 0x8030,
} as const;

/** No data set follows. */
const NONE = 0x0101;

/** The parts of a command set that are used. Absent ones are undefined, or empty texts. */
export interface Command {
  readonly field: number;
  readonly hasDataSet: boolean;
  readonly sopClass: string;
  readonly messageId?: number | undefined;
  readonly respondedTo?: number | undefined;
  readonly status?: number | undefined;
  readonly instance?: string;
  /** Of C-MOVE: the AE title that is sent to. */
  readonly destination?: string;
  /** Of a C-STORE that a C-MOVE has caused: who asked for it. */
  readonly originator?: string;
  /** And by which message. */
  readonly originatorMessage?: number | undefined;
}

/** A command set with its group length. */
export function encodeCommand(command: Command): Buffer {
  const elements = encodeElements([
    [0x0000_0002, command.sopClass],
    [0x0000_0100, command.field],
    ...(command.messageId === undefined ? [] : ([[0x0000_0110, command.messageId]] as const)),
    ...(command.respondedTo === undefined ? [] : ([[0x0000_0120, command.respondedTo]] as const)),
    ...(command.destination === undefined ? [] : ([[0x0000_0600, command.destination]] as const)),
    // Medium, as most senders write it.
    ...(command.status === undefined && command.field !== commandFields.echoRequest
      ? ([[0x0000_0700, 0]] as const)
      : []),
    [0x0000_0800, command.hasDataSet ? 0 : NONE],
    ...(command.status === undefined ? [] : ([[0x0000_0900, command.status]] as const)),
    ...(command.instance === undefined ? [] : ([[0x0000_1000, command.instance]] as const)),
  ]);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(4, 4);
  head.writeUInt32LE(elements.length, 8);
  return Buffer.concat([head, elements]);
}

/** Throws `Malformed`. */
export function decodeCommand(bytes: Uint8Array): Command {
  const { elements } = readElements(bytes, implicitLittleEndian);
  const field = shortOf(elements, 0x0000_0100);
  const kind = shortOf(elements, 0x0000_0800);
  if (field === undefined || kind === undefined) throw new Malformed('a command does not say what it is');
  return {
    field,
    hasDataSet: kind !== NONE,
    sopClass: plainText(elements, 0x0000_0002),
    messageId: shortOf(elements, 0x0000_0110),
    respondedTo: shortOf(elements, 0x0000_0120),
    status: shortOf(elements, 0x0000_0900),
    instance: plainText(elements, 0x0000_1000),
    originator: plainText(elements, 0x0000_1030),
    originatorMessage: shortOf(elements, 0x0000_1031),
  };
}

/** An answer to a query; the elements of its identifier. */
export const decodeIdentifier = (bytes: Uint8Array): Elements => readElements(bytes, implicitLittleEndian).elements;

/** More answers follow. */
export const isPending = (status: number): boolean => status === 0xff00 || status === 0xff01;

/** What we answer a C-STORE with. */
export const storeStatus = {
  success: 0x0000,
  notAuthorised: 0x0124,
  outOfResources: 0xa700,
  mismatch: 0xa900,
} as const;

const meanings: Readonly<Record<number, string>> = {
  262: 'it does not understand the request',
  279: 'it does not know the instance',
  290: 'it does not support the kind of object',
  292: 'it does not allow that',
  528: 'it has seen this message already',
  529: 'it does not support the operation',
  42752: 'it is out of resources',
  42753: 'it is out of resources',
  42754: 'it could not send the images',
  43009: 'it does not know our AE title as a destination: have it added there, with the address and port of --listen',
  43264: 'the query does not fit its level',
  65024: 'it has cancelled the operation',
};

/** What a status that is no success means. */
export function statusWords(status: number): string {
  const meaning = meanings[status] ?? (status >>> 12 === 0xc ? 'it was unable to process the request' : 'it failed');
  return `${meaning} (DIMSE status 0x${status.toString(16).padStart(4, '0')})`;
}
