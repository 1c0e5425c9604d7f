// DIMSE peers that break the protocol, stall, and send what nobody asked for; and strangers at the receiver of C-MOVE.
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Association } from '../../src-main/pacs/dimse/association.ts';
import { commandFields } from '../../src-main/pacs/dimse/commands.ts';
import { encodeAccept, encodeFragment, encodeReject, pdu, pduTypes } from '../../src-main/pacs/dimse/pdu.ts';
import type { dimsePeer } from '../../src-preload/schemas/pacs.ts';
import type { Input } from '../../src-preload/schemas/read-only.ts';
import { temporaryFolder } from '../cli/residua.ts';
import { golden } from './fake-dicomweb.ts';
import { associateWith, type FakeBehaviour, fakeAet, reply, startFakeDimse, store } from './fake-dimse.ts';
import { freePort } from './orthanc.ts';
import { sampleFile, sampleStudies } from './sample-studies.ts';
import { contentOf, type Transfer, type TransferOptions, transfer } from './transfer.ts';

const files = sampleStudies(3);
const [file] = files as [(typeof files)[0]];
const pathOf = ({ study, series, instance }: typeof file) => join(study, series, `${instance}.dcm`);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

type Peer = Input<typeof dimsePeer>;
type More = TransferOptions & { readonly peer?: Partial<Peer>; readonly certificate?: 'server' | 'selfsigned' };

/** A transfer from a peer that behaves so; PEER stands for its name in what is told. */
async function from(behaviour: FakeBehaviour, { peer, certificate, ...options }: More = {}): Promise<Transfer> {
  await using fake = await startFakeDimse(files, behaviour, certificate);
  const whole: Peer = { protocol: 'dimse', aet: fakeAet, host: '127.0.0.1', port: fake.port, ...peer };
  const result = await transfer(folder.path, whole, options);
  const plain = (line: string) => line.replaceAll(`${fakeAet}@127.0.0.1:${fake.port}`, 'PEER');
  return {
    ...result,
    faults: result.faults.map(plain),
    ...(result.failure === undefined ? {} : { failure: plain(result.failure) }),
  };
}

describe('a DIMSE peer', () => {
  it('gives its instances by C-GET, each once, in its encoding', async () => {
    const first = await from({});
    expect(first).toMatchObject({ fetched: { fetched: 10, refused: 0, missing: 0 }, faults: [] });
    for (const each of files)
      expect(contentOf(folder.path, pathOf(each)).subarray(-each.dataSet.length).equals(each.dataSet)).toBe(true);
    expect(await from({})).toMatchObject({ fetched: { fetched: 0, present: 10 } });
  });

  it('is spoken to by TLS, and its certificate is checked', async () => {
    const tls = { tls: true, ca: golden('authority') };
    expect(await from({}, { certificate: 'server', peer: tls })).toMatchObject({ fetched: { fetched: 10 } });
    const wrong = await from({}, { certificate: 'selfsigned', peer: tls });
    expect(wrong.failure).toBe(
      'PEER: its certificate is self-signed and not trusted: give it with --ca if it is the right one',
    );
    const plain = await from({}, { peer: tls, timeout: 0.3, parallel: 1 });
    expect(plain.failure).toMatch(/^PEER: (the connection was lost|it does not speak TLS there.*)$/);
    const half = await from({}, { peer: { clientCertificate: golden('client') } });
    expect(half.failure).toBe('a client certificate needs its key, and a key its certificate');
    const locked = { clientCertificate: golden('client'), clientKey: golden('client-encrypted.key') };
    expect((await from({}, { peer: locked })).failure).toMatch(
      /the key is encrypted: give one that is not, readable by you alone$/,
    );
  });

  it('is asked with the conditions that are compared again here', async () => {
    expect(await from({}, { query: { patientId: 'P2' } })).toMatchObject({ fetched: { fetched: 3 } });
    expect(await from({}, { query: { patientName: 'muller^*' } })).toMatchObject({ fetched: { present: 3 } });
  });
});

describe('what comes by C-GET', () => {
  const id = file.instance;
  const send = (bytes: Uint8Array) => ({ sends: (each: typeof file) => (each === file ? bytes : each.dataSet) });

  it.each<[string, FakeBehaviour, string]>([
    [
      'of another patient',
      send(sampleFile({ ...file, patient: 'P9' }).dataSet),
      `sent another patient's image as instance ${id}`,
    ],
    [
      'of another study',
      send(sampleFile({ ...file, study: '2.25.9' }).dataSet),
      `sent an image of another study or series as instance ${id}`,
    ],
    [
      'that is another one',
      send(sampleFile({ ...file, instance: '2.25.9' }).dataSet),
      `sent another instance instead of ${id}`,
    ],
    ['that is empty', send(Buffer.alloc(0)), `sent another patient's image as instance ${id}`],
    ['that is cut short', send(file.dataSet.subarray(0, 50)), `instance ${id} cannot be read: it is cut short`],
    [
      'that is noise',
      send(Buffer.alloc(300, 0xf7)),
      `instance ${id} cannot be read: an element has no value representation`,
    ],
  ])('an instance %s is refused and named, and the rest is fetched', async (_, behaviour, words) => {
    const { fetched, faults, files: kept } = await from(behaviour);
    expect(faults).toEqual([`PEER: ${words}: refused`]);
    expect(fetched).toMatchObject({ fetched: 9, refused: 1, missing: 0 });
    expect(kept).toEqual(files.slice(1).map(pathOf).toSorted());
  });

  it('an instance that nobody asked for, and one that comes twice, are refused', async () => {
    const statuses: (number | undefined)[] = [];
    const { fetched, faults } = await from(
      {
        onGet: async (association, message, wanted) => {
          for (const each of [...wanted, ...wanted]) statuses.push(await store(association, each));
          statuses.push(await store(association, { ...sampleFile({ ...file, instance: '2.25.666' }) }));
          await reply(association, message, commandFields.getReply, 0);
        },
      },
      { query: { patientId: 'P3' } },
    );
    expect(fetched).toMatchObject({ fetched: 1, refused: 2 });
    expect(faults).toEqual([
      'PEER: sent instance 2.25.30.1.1 twice: refused',
      'PEER: sent instance 2.25.666, which was not requested: refused',
    ]);
    expect(statuses).toEqual([0, 0xa900, 0xa900]);
  });

  it('an instance that is not there is named', async () => {
    const { fetched, faults } = await from({ sends: (each) => (each === file ? null : each.dataSet) });
    expect(fetched).toMatchObject({ fetched: 9, missing: 1 });
    expect(faults).toEqual([`PEER: did not give instance ${id}`]);
  });

  it('no identifier leads out of the folder', async () => {
    const {
      fetched,
      faults,
      files: kept,
    } = await from(
      {
        onGet: async (association, message, wanted) => {
          await store(association, { ...wanted[0]!, instance: '../../evil' });
          await reply(association, message, commandFields.getReply, 0);
        },
      },
      { query: { patientId: 'P3' } },
    );
    expect(faults[0]).toBe('PEER: sent instance without a valid identifier, which was not requested: refused');
    expect(fetched).toMatchObject({ fetched: 0, refused: 1, missing: 1 });
    expect(kept).toEqual([]);
  });

  it.each<[number, string]>([
    [
      0xa801,
      'PEER: it does not know our AE title as a destination: have it added there, with the address and port of --listen (DIMSE status 0xa801)',
    ],
    [0xc123, 'PEER: it was unable to process the request (DIMSE status 0xc123)'],
    [0xfe00, 'PEER: it has cancelled the operation (DIMSE status 0xfe00)'],
  ])('status %i is one line', async (status, words) => {
    const onGet: FakeBehaviour['onGet'] = (association, message) =>
      reply(association, message, commandFields.getReply, status);
    expect((await from({ onGet })).failure).toBe(words);
  });

  it('an association that is lost now and then is made again', async () => {
    let sent = 0;
    const { fetched } = await from({
      onGet: async (association, message, wanted) => {
        for (const each of wanted) {
          if (++sent % 3 === 0) return association.abort();
          await store(association, each);
        }
        await reply(association, message, commandFields.getReply, 0);
      },
    });
    expect(fetched).toMatchObject({ fetched: 10, missing: 0 });
  });
});

describe('a peer that breaks the protocol', () => {
  /** Accepts the first context of any request, then does something. */
  const accepting = (then: (socket: Socket) => void) => (socket: Socket) => {
    socket.once('data', () => {
      const names = { called: fakeAet, calling: 'RESIDUA' };
      socket.write(encodeAccept(names, [{ id: 1, result: 0, syntax: '1.2.840.10008.1.2' }], 16_384));
      socket.once('data', () => then(socket));
    });
  };
  const answering = (bytes: Uint8Array) => (socket: Socket) => void socket.once('data', () => socket.write(bytes));
  const huge = Buffer.from([pduTypes.accept, 0, 0xff, 0xff, 0xff, 0xff]);
  const protocol = 'PEER: breaks the DICOM protocol:';

  it.each<[string, (socket: Socket) => void, string]>([
    [
      'speaks HTTP',
      answering(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')),
      `${protocol} it sends something that is no PDU`,
    ],
    ['announces a huge PDU', answering(huge), `${protocol} it sends a PDU of 4294967295 bytes, more than 131072`],
    ['rejects our AE title', answering(encodeReject(3)), 'PEER: it does not know our AE title: have it added there'],
    ['rejects its AE title', answering(encodeReject(7)), 'PEER: it has another AE title than the one that was given'],
    ['aborts', answering(pdu(pduTypes.abort, Buffer.alloc(4))), 'PEER: has aborted the negotiation'],
    [
      'answers with data',
      answering(pdu(pduTypes.data, Buffer.alloc(8))),
      `${protocol} it answers the negotiation with something else`,
    ],
    [
      'cuts the negotiation',
      answering(pdu(pduTypes.accept, Buffer.alloc(20))),
      `${protocol} the negotiation is cut short`,
    ],
    [
      'accepts what was not offered',
      answering(encodeAccept({ called: 'A', calling: 'B' }, [{ id: 99, result: 0, syntax: '1.2.3' }], 0)),
      `${protocol} it accepts a presentation context that was not offered`,
    ],
    [
      'takes no bytes',
      answering(encodeAccept({ called: 'A', calling: 'B' }, [{ id: 1, result: 0, syntax: '1.2.840.10008.1.2' }], 8)),
      'PEER: takes PDUs of a few bytes only',
    ],
    ['accepts nothing', answering(encodeAccept({ called: 'A', calling: 'B' }, [], 0)), 'PEER: does not offer C-FIND'],
    [
      'answers with a huge PDU',
      accepting((socket) => socket.write(Buffer.from([pduTypes.data, 0, 0x7f, 0, 0, 0]))),
      `${protocol} it sends a PDU of 2130706432 bytes, more than 262144`,
    ],
    [
      'answers with an empty PDU',
      accepting((socket) => socket.write(pdu(pduTypes.data, Buffer.alloc(0)))),
      `${protocol} a PDU with data is empty`,
    ],
    [
      'lies about a fragment',
      accepting((socket) => socket.write(pdu(pduTypes.data, Buffer.from([0, 0, 1, 0, 1, 3])))),
      `${protocol} a fragment is longer than its PDU`,
    ],
    [
      'uses another context',
      accepting((socket) =>
        socket.write(encodeFragment({ context: 77, isCommand: true, isLast: true, bytes: Buffer.alloc(10) })),
      ),
      `${protocol} it uses a presentation context that was not agreed on`,
    ],
    [
      'sends a broken command',
      accepting((socket) =>
        socket.write(encodeFragment({ context: 1, isCommand: true, isLast: true, bytes: Buffer.alloc(10, 255) })),
      ),
      `${protocol} it is cut short`,
    ],
    [
      'sends data without a command',
      accepting((socket) =>
        socket.write(encodeFragment({ context: 1, isCommand: false, isLast: true, bytes: Buffer.alloc(10) })),
      ),
      `${protocol} a data set comes without a command`,
    ],
    [
      'sends a command without end',
      accepting((socket) => {
        const part = encodeFragment({ context: 1, isCommand: true, isLast: false, bytes: Buffer.alloc(8192) });
        for (let at = 0; at < 20; at++) socket.write(part);
      }),
      `${protocol} a command is too long`,
    ],
    [
      'asks for an association',
      accepting((socket) => socket.write(pdu(pduTypes.request, Buffer.alloc(68)))),
      `${protocol} a PDU comes out of order`,
    ],
    ['says nothing', () => {}, 'PEER: says nothing for 0.2 s, or less than 1 kB a second'],
    ['closes at once', (socket) => void socket.destroy(), 'PEER: the connection was lost'],
  ])('and %s is told in one line', async (_, raw, words) => {
    const { failure, files: kept } = await from({ raw }, { timeout: 0.2, parallel: 1 });
    expect(failure?.replace('has closed the connection', 'the connection was lost')).toBe(words);
    expect(kept).toEqual([]);
  });

  it('byte by byte is given up', async () => {
    let timer: NodeJS.Timeout | undefined;
    const raw = (socket: Socket) => {
      timer = setInterval(() => socket.write(Buffer.from([2])), 10);
      socket.once('close', () => clearInterval(timer));
    };
    const { failure } = await from({ raw }, { timeout: 0.2, parallel: 1 });
    expect(failure).toBe('PEER: breaks the DICOM protocol: it sends a PDU of 33686018 bytes, more than 131072');
    const slow = (socket: Socket) => {
      const accept = encodeAccept({ called: 'A', calling: 'B' }, [], 0);
      let at = 0;
      timer = setInterval(() => at < accept.length && socket.write(accept.subarray(at, ++at)), 10);
      socket.once('close', () => clearInterval(timer));
    };
    const dripping = await from({ raw: slow }, { timeout: 0.2, parallel: 1 });
    expect(dripping.failure).toBe('PEER: says nothing for 0.2 s, or less than 1 kB a second');
  });

  it('with too many answers meets a limit', async () => {
    const { failure } = await from({ extraAnswers: 5000 });
    expect(failure).toBe('the number of answers of PEER is 5001, more than the limit of 5000');
  });

  it('leaves no connection open when the transfer is stopped', async () => {
    const stop = new AbortController();
    const closed = Promise.withResolvers<void>();
    const raw = (socket: Socket) => {
      socket.once('close', () => closed.resolve());
      setTimeout(() => stop.abort(), 20);
    };
    const { failure } = await from({ raw }, { signal: stop.signal });
    expect(failure).toBe('transfer was cancelled');
    await closed.promise;
  });
});

describe('the receiver of C-MOVE', () => {
  let port: number;
  beforeEach(async () => {
    port = await freePort();
  });
  const moving = (onMove: FakeBehaviour['onMove'], more: More = {}) =>
    from(
      { onMove: onMove! },
      { ...more, peer: { retrieve: 'move', listen: { host: '127.0.0.1', port }, ...more.peer } },
    );
  const listens = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  const deliver = async (association: Association, wanted: readonly (typeof file)[]) => {
    for (const each of wanted) await store(association, each);
    await association.release();
  };

  it('takes what was asked for, and listens during the transfer only', async () => {
    let during = false;
    expect(await listens()).toBe(false);
    const { fetched, faults } = await moving(async (wanted) => {
      during = await listens();
      await deliver(await associateWith(port), wanted);
    });
    expect(fetched).toMatchObject({ fetched: 10, refused: 0, missing: 0 });
    expect(faults).toEqual([]);
    expect(during).toBe(true);
    expect(await listens()).toBe(false);
  });

  it('refuses strangers, by name and by address, and what nobody asked for', async () => {
    const seen: string[] = [];
    const told = (error: unknown) => void seen.push(String((error as Error).message));
    const { fetched, faults } = await moving(
      async (wanted) => {
        await associateWith(port, { calling: 'EVIL' }).catch(told);
        await associateWith(port, { called: 'OTHER' }).catch(told);
        const association = await associateWith(port);
        seen.push(`${await store(association, sampleFile({ ...file, instance: '2.25.4242' }))}`);
        await deliver(association, wanted);
      },
      { query: { patientId: 'P3' } },
    );
    expect(seen).toHaveLength(3);
    expect(seen[0]).toContain('does not know our AE title');
    expect(seen[1]).toContain('has another AE title');
    expect(seen[2]).toBe(`${0xa900}`);
    expect(fetched).toMatchObject({ fetched: 1, refused: 1 });
    expect(faults).toEqual([
      'the receiver refused an association of another AE title than that of the PACS',
      'the receiver refused an association for another AE title than ours',
      'PEER: sent instance 2.25.4242, which was not requested: refused',
    ]);
    expect(await listens()).toBe(false);
  });

  it('refuses connections from another address than that of the PACS', async () => {
    const { fetched, faults } = await moving(
      async (wanted) => {
        await associateWith(port).then(
          (association) => deliver(association, wanted),
          () => {},
        );
      },
      { query: { patientId: 'P3' }, peer: { sender: '127.0.0.2' } },
    );
    expect(fetched).toMatchObject({ fetched: 0, missing: 1 });
    expect(faults).toContain('the receiver refused a connection from 127.0.0.1, which is not the PACS');
  });

  it('refuses another patient, and ends associations that break the protocol', async () => {
    const { fetched, faults } = await moving(
      async (wanted) => {
        const association = await associateWith(port);
        await store(association, wanted[0]!, sampleFile({ ...wanted[0]!, patient: 'P9' }).dataSet);
        await association.release();
      },
      { query: { patientId: 'P3' } },
    );
    expect(faults).toEqual(["PEER: sent another patient's image as instance 2.25.30.1.1: refused"]);
    expect(fetched).toMatchObject({ fetched: 0, refused: 1, missing: 0 });
    const broken = await moving(
      async () => {
        const socket = connect({ host: '127.0.0.1', port });
        socket.on('error', () => {});
        socket.write('GET / HTTP/1.1\r\n\r\n');
        await new Promise((resolve) => socket.once('close', resolve));
      },
      { query: { patientId: 'P3' } },
    );
    expect(broken.failure).toBe('PEER: breaks the DICOM protocol: it sends something that is no PDU');
    expect(await listens()).toBe(false);
  });

  it('loses nothing where the association that asked is lost, and instances still come over others', async () => {
    let moves = 0;
    const { fetched, faults } = await moving(
      async (wanted, asking) => {
        const association = await associateWith(port);
        if (moves++ > 0) return deliver(association, wanted);
        // The first instance stops in the middle, after the association of the request was lost.
        const [first] = wanted as [typeof file];
        const context = [...association.contexts.values()].find(
          ({ abstract, syntax }) => abstract === first.sopClass && syntax === first.syntax,
        )!;
        const { sopClass, instance } = first;
        const command = { field: commandFields.storeRequest, hasDataSet: true, sopClass, messageId: 1, instance };
        await association.send(context, command);
        const part = { context: context.id, isCommand: false, isLast: false, bytes: first.dataSet.subarray(0, 100) };
        await association.reader.write(encodeFragment(part));
        await new Promise((resolve) => setTimeout(resolve, 50));
        asking.abort();
        setTimeout(() => association.abort(), 100);
        // What was asked for at first comes late and twice.
        const late = await associateWith(port);
        for (const each of wanted.slice(1)) await store(late, each);
        await late.release();
        throw new Error('lost');
      },
      { query: { patientId: 'P2' }, parallel: 1 },
    );
    expect(faults.filter((line) => !line.startsWith('the receiver lost an association'))).toEqual([]);
    expect(fetched).toMatchObject({ fetched: 3, refused: 0, missing: 0 });
  });

  it('says so where its address is taken, or not of this machine', async () => {
    await using other = await startFakeDimse([]);
    const listen = { host: '127.0.0.1', port: other.port };
    expect((await moving(async () => {}, { peer: { listen } })).failure).toBe(
      `127.0.0.1:${other.port}: another program listens there already`,
    );
    const foreign = await moving(async () => {}, { peer: { listen: { host: '192.0.2.1', port } } });
    expect(foreign.failure).toBe(`192.0.2.1:${port}: is no address of this machine`);
  });
});
