// Which kinds of objects may be received, in which encodings, and how one C-STORE is answered.
import { uid } from '../../../src-preload/schemas/pacs.ts';
import { isMendable } from '../../platform/errors.ts';
import { fileHeader, headOfDataSet } from '../instance-head.ts';
import { type Intake, Refusal } from '../intake.ts';
import { limits } from '../limits.ts';
import { refuses } from '../peer.ts';
import type { Association, Context, Message } from './association.ts';
import { commandFields, storeStatus } from './commands.ts';
import type { OfferedContext } from './pdu.ts';

/** Storage SOP classes of images, for a PACS that does not say which classes its instances have. */
const imageClasses = [
  ...['1', '1.1', '1.1.1', '1.2', '1.2.1', '1.3', '1.3.1', '2', '2.1', '2.2', '3.1', '4', '4.1', '4.3', '6.1', '6.2'],
  ...[
    '7',
    '7.1',
    '7.2',
    '7.3',
    '7.4',
    '12.1',
    '12.1.1',
    '12.2',
    '12.2.1',
    '13.1.1',
    '13.1.2',
    '13.1.3',
    '20',
    '128',
    '130',
  ],
  ...['77.1.1', '77.1.2', '77.1.3', '77.1.4', '77.1.5.1', '77.1.5.2', '77.1.5.4', '77.1.6', '66.4', '481.1'],
].map((suffix) => `1.2.840.10008.5.1.4.1.1.${suffix}`);

/** The encodings that are read, as transfer syntaxes. The first ones are preferred where the sender leaves the choice. */
const syntaxes: readonly string[] = [
  '1.2.840.10008.1.2.1',
  '1.2.840.10008.1.2',
  ...[
    '4.70',
    '4.80',
    '4.90',
    '5',
    '4.50',
    '4.51',
    '4.57',
    '4.81',
    '4.91',
    '4.201',
    '4.202',
    '4.203',
    '1.99',
    '2',
    '4.53',
    '4.55',
  ].map((suffix) => `1.2.840.10008.1.2.${suffix}`),
];
const known: ReadonlySet<string> = new Set(syntaxes);

/** Presentation contexts of an association, the first of which is taken by the service itself. */
const mostContexts = 127;

/**
 * Contexts in which a PACS may send, for C-GET. Where there are few classes each encoding has a context of its own, so that the sender
 * need not re-encode; where there are many a class has one context, and the PACS chooses. `from`: the first identifier, odd.
 */
export function storageContexts(classes: readonly string[], from: number): readonly OfferedContext[] {
  const wanted = classes.length === 0 ? imageClasses : classes.slice(0, mostContexts);
  const single = wanted.length * syntaxes.length > mostContexts;
  const offers = wanted.flatMap((abstract) =>
    single ? [{ abstract, syntaxes }] : syntaxes.map((syntax) => ({ abstract, syntaxes: [syntax] })),
  );
  return offers.map((offer, index) => ({ id: from + 2 * index, ...offer }));
}

/** The contexts of an association request for storage that we accept: any storage class, in an encoding that we read. */
export function acceptedContexts(offered: readonly OfferedContext[]): readonly Context[] {
  return offered.flatMap(({ id, abstract, syntaxes: choice }) => {
    const isStorage = abstract.startsWith('1.2.840.10008.5.1.4.1.1.') || abstract === '1.2.840.10008.1.1';
    const syntax = syntaxes.find((each) => choice.includes(each));
    return isStorage && syntax !== undefined && id % 2 === 1 ? [{ id, abstract, syntax }] : [];
  });
}

/**
 * Receives the instance of a C-STORE request and answers it. What is refused is told by the intake, and its bytes are dropped. Throws
 * `peer` where the connection or the protocol breaks, and the error of a drive that is full.
 */
export async function receiveInstance(
  association: Association,
  { context, command, data }: Message,
  intake: Intake,
  source: string,
): Promise<void> {
  const answer = (status: number) => answerStore(association, { context, command }, status);
  try {
    const instance = command.instance ?? '';
    const wanted = intake.wanted(instance);
    const { syntax, abstract } = context;
    const header = fileHeader({ sopClass: command.sopClass, instance, syntax, source });
    if (command.sopClass !== abstract || !uid.safeParse(abstract).success || !known.has(syntax)) {
      throw intake.refusal(`sent instance ${instance} as another kind of object than was agreed on`);
    }
    await intake.take(wanted, data, (bytes, whole) => headOfDataSet(bytes, syntax, whole), header);
  } catch (error) {
    if (error instanceof Refusal) {
      await drop(data, source);
      return answer(storeStatus.mismatch);
    }
    if (isMendable(error)) await answer(storeStatus.outOfResources).catch(() => {});
    association.abort();
    throw error;
  }
  await answer(storeStatus.success);
}

function answerStore(association: Association, { context, command }: Omit<Message, 'data'>, status: number) {
  const { sopClass, messageId, instance = '' } = command;
  const reply = { field: commandFields.storeReply, hasDataSet: false, sopClass, respondedTo: messageId ?? 0 };
  return association.send(context, { ...reply, status, instance });
}

/** Reads the instance of a C-STORE request that nobody waits for any more, and refuses it. */
export async function dropInstance(association: Association, message: Message, source: string): Promise<void> {
  await drop(message.data, source);
  await answerStore(association, message, storeStatus.mismatch);
}

/** Reads what nobody wants, as much as an instance may have. */
async function drop(data: AsyncIterable<Uint8Array>, peer: string): Promise<void> {
  let bytes = 0;
  for await (const chunk of data) {
    bytes += chunk.length;
    if (bytes > limits.instanceBytes) throw refuses(peer, 'sends a data set without end that was not requested');
  }
}
