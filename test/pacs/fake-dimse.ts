// A DIMSE peer of our own for tests: it has some files, and breaks the protocol where a test tells it to.
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type Elements, encodeElements, plainText } from '../../src-main/pacs/data-set.ts';
import {
  type Association,
  acceptAssociation,
  type Message,
  requestAssociation,
} from '../../src-main/pacs/dimse/association.ts';
import { commandFields, decodeIdentifier } from '../../src-main/pacs/dimse/commands.ts';
import { golden } from './fake-dicomweb.ts';
import type { SampleFile } from './sample-studies.ts';

/** What a peer does in place of the usual. */
export interface FakeBehaviour {
  /** Has the connection to itself. */
  readonly raw?: (socket: Socket) => void;
  /** Sees each connection before it is used. */
  readonly onConnection?: (socket: Socket) => void;
  /** The data set that it sends for a file; null: it says that it cannot. */
  readonly sends?: (file: SampleFile) => Uint8Array | null;
  /** Instead of sending the files of a C-GET. */
  readonly onGet?: (association: Association, message: Message, files: readonly SampleFile[]) => Promise<void>;
  /** Instead of sending the files of a C-MOVE to the port that was moved to. */
  readonly onMove?: (files: readonly SampleFile[], association: Association, message: Message) => Promise<void>;
  /** More answers to a query, behind the true ones. */
  readonly extraAnswers?: number;
}

export interface FakeDimse extends AsyncDisposable {
  readonly port: number;
  /** Associations that were asked for. */
  readonly associations: () => number;
}

export const fakeAet = 'FAKE';

export async function startFakeDimse(
  files: readonly SampleFile[],
  behaviour: FakeBehaviour = {},
  certificate?: 'server' | 'selfsigned',
): Promise<FakeDimse> {
  const sockets = new Set<Socket>();
  let associations = 0;
  const hear = (socket: Socket) => {
    associations++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.setNoDelay();
    behaviour.onConnection?.(socket);
    if (behaviour.raw !== undefined) return behaviour.raw(socket);
    serve(socket, files, behaviour).catch(() => socket.destroy());
  };
  const server =
    certificate === undefined
      ? createServer(hear)
      : createTlsServer(
          { cert: readFileSync(golden(certificate)), key: readFileSync(golden(`${certificate}.key`)) },
          hear,
        );
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    associations: () => associations,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(socket: Socket, files: readonly SampleFile[], behaviour: FakeBehaviour): Promise<void> {
  const association = await acceptAssociation({ socket, peer: 'the client', timeout: 30 }, ({ offered }) => ({
    contexts: offered.map(({ id, abstract, syntaxes }) => ({ id, abstract, syntax: syntaxes[0]! })),
  }));
  for (;;) {
    const message = (await association?.receive()) ?? null;
    if (association === null || message === null) return;
    const { field } = message.command;
    const identifier = decodeIdentifier(await whole(message.data));
    if (field === commandFields.echoRequest) await reply(association, message, commandFields.echoReply, 0);
    else if (field === commandFields.findRequest)
      await find(association, message, identifier, files, behaviour.extraAnswers ?? 0);
    else {
      const instances = plainText(identifier, 0x0008_0018).split('\\');
      const wanted = files.filter(({ instance }) => instances.includes(instance));
      if (field === commandFields.getRequest)
        await (behaviour.onGet ?? getter(behaviour))(association, message, wanted);
      else {
        await behaviour.onMove?.(wanted, association, message);
        await reply(association, message, commandFields.moveReply, 0);
      }
    }
  }
}

const getter =
  ({ sends = ({ dataSet }) => dataSet }: FakeBehaviour) =>
  async (association: Association, message: Message, files: readonly SampleFile[]) => {
    for (const file of files) {
      const dataSet = sends(file);
      if (dataSet !== null) await store(association, file, dataSet);
    }
    await reply(association, message, commandFields.getReply, 0);
  };

/** Sends a file by C-STORE; the status of the answer. */
export async function store(
  association: Association,
  file: SampleFile,
  dataSet: Uint8Array = file.dataSet,
): Promise<number | undefined> {
  const context = [...association.contexts.values()].find(
    ({ abstract, syntax }) => abstract === file.sopClass && syntax === file.syntax,
  );
  if (context === undefined) throw new Error(`no context for ${file.syntax}`);
  const { sopClass, instance } = file;
  await association.send(
    context,
    { field: commandFields.storeRequest, hasDataSet: true, sopClass, messageId: 7, instance },
    dataSet,
  );
  const answer = await association.receive();
  return answer?.command.status;
}

/** Connects to a receiver as a PACS does for a C-MOVE. */
export async function associateWith(
  port: number,
  { calling = fakeAet, called = 'RESIDUA' } = {},
): Promise<Association> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => {});
  socket.setNoDelay();
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const offered = ['1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.5.1.4.1.1.1'].flatMap((abstract, index) =>
    ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2', '1.2.840.10008.1.2.2'].map((syntax, at) => ({
      id: 1 + 2 * (3 * index + at),
      abstract,
      syntaxes: [syntax],
    })),
  );
  return requestAssociation(
    { socket, peer: 'the receiver', timeout: 10 },
    { called, calling, offered, receives: [], maximum: 16_384 },
  );
}

export async function reply(
  association: Association,
  { context, command }: Message,
  field: number,
  status: number,
  identifier?: Uint8Array,
): Promise<void> {
  const { sopClass, messageId } = command;
  const answer = { field, hasDataSet: identifier !== undefined, sopClass, respondedTo: messageId, status };
  await association.send(context, answer, identifier);
}

async function find(
  association: Association,
  message: Message,
  identifier: Elements,
  files: readonly SampleFile[],
  extra: number,
): Promise<void> {
  const level = plainText(identifier, 0x0008_0052);
  const [study, series] = [plainText(identifier, 0x0020_000d), plainText(identifier, 0x0020_000e)];
  const found = files.filter(
    (file) => (study === '' || file.study === study) && (series === '' || file.series === series),
  );
  const key = (file: SampleFile) => (level === 'STUDY' ? file.study : level === 'SERIES' ? file.series : file.instance);
  for (const file of new Map(found.map((each) => [key(each), each])).values()) {
    await reply(association, message, commandFields.findReply, 0xff00, answerOf(file, files));
  }
  const [first] = files;
  for (let at = 0; at < extra; at++) {
    const other = { ...first!, study: `2.25.99.${at + 1}`, series: `2.25.98.${at + 1}`, instance: `2.25.97.${at + 1}` };
    await reply(association, message, commandFields.findReply, 0xff00, answerOf(other, files));
  }
  await reply(association, message, commandFields.findReply, 0);
}

const answerOf = (file: SampleFile, files: readonly SampleFile[]): Buffer =>
  encodeElements([
    [0x0008_0005, 'ISO_IR 192'],
    [0x0008_0016, file.sopClass],
    [0x0008_0018, file.instance],
    [0x0008_0020, file.date],
    [0x0008_0060, file.modality],
    [0x0008_1030, file.description],
    [0x0008_103e, file.seriesDescription],
    [0x0010_0010, file.name],
    [0x0010_0020, file.patient],
    [0x0018_0015, file.bodyPart],
    [0x0020_000d, file.study],
    [0x0020_000e, file.series],
    [0x0020_1209, `${files.filter(({ series }) => series === file.series).length}`],
  ]);

async function whole(data: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of data) parts.push(part);
  return Buffer.concat(parts);
}
