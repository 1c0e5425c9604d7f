// Mutated PDUs, data sets, files and multipart bodies, from a seed: each is read whole, or refused in the expected way, and in no time.
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { encodeElements, implicitLittleEndian, Malformed, readElements } from '../../src-main/pacs/data-set.ts';
import { boundaryOf, onlyPart } from '../../src-main/pacs/dicomweb/multipart.ts';
import { decodeCommand, encodeCommand } from '../../src-main/pacs/dimse/commands.ts';
import {
  decodeFragments,
  decodeNegotiation,
  encodeAccept,
  encodeFragment,
  encodeRequest,
} from '../../src-main/pacs/dimse/pdu.ts';
import { storageContexts } from '../../src-main/pacs/dimse/storage.ts';
import { headOfDataSet, headOfFile } from '../../src-main/pacs/instance-head.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { dicomStyles, element, part10, sequence } from '../archive/write-dicom.ts';
import { temporaryFolder } from '../cli/residua.ts';
import { boundary, partBody, partType, startFakeDicomweb } from './fake-dicomweb.ts';
import { fakeAet, startFakeDimse } from './fake-dimse.ts';
import { sampleStudies } from './sample-studies.ts';
import { contentOf, transfer } from './transfer.ts';

const files = sampleStudies(2);

/** Copies with one to three bytes replaced, put in or taken out, or cut short: the same ones every time. */
function* mutations(whole: Uint8Array, count: number): Generator<Buffer> {
  const random = randomFrom(11).fork('mutations');
  for (let round = 0; round < count; round++) {
    let bytes = Buffer.from(whole);
    for (let hit = 0; hit <= round % 3; hit++) {
      const at = random.below(bytes.length + 1);
      const kind = random.below(8);
      const value = [0, 1, 0x7f, 0xff, random.below(256)][random.below(5)]!;
      if (kind === 0) bytes = bytes.subarray(0, at);
      else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), Buffer.of(value), bytes.subarray(at)]);
      else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
      else if (at < bytes.length) bytes[at] = value;
    }
    yield bytes;
  }
}

/** How many of the mutations of `whole` are read; each of the others must be refused as malformed. */
function readable(whole: Uint8Array, read: (bytes: Buffer) => unknown, count = 2000): number {
  let good = 0;
  for (const bytes of mutations(whole, count)) {
    try {
      read(bytes);
      good++;
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
    }
  }
  return good;
}

describe('mutated bytes', () => {
  const names = { called: 'PACS', calling: 'RESIDUA' };
  const offered = storageContexts(['1.2.840.10008.5.1.4.1.1.2'], 1);
  const request = encodeRequest({ ...names, offered, receives: ['1.2.3'], maximum: 16_384 }).subarray(6);
  const accept = encodeAccept(
    names,
    offered.map(({ id, syntaxes }) => ({ id, result: 0, syntax: syntaxes[0]! })),
    0,
  ).subarray(6);
  const command = encodeCommand({ field: 1, hasDataSet: true, sopClass: '1.2.3', messageId: 1, instance: '2.25.1' });
  const fragments = [true, false].map((isCommand) =>
    encodeFragment({ context: 1, isCommand, isLast: true, bytes: command }).subarray(6),
  );

  it.each<[string, Uint8Array, (bytes: Buffer) => unknown]>([
    ['association requests', request, decodeNegotiation],
    ['acceptances', accept, decodeNegotiation],
    ['fragments', Buffer.concat(fragments), decodeFragments],
    ['commands', command, decodeCommand],
    [
      'identifiers',
      encodeElements([
        [0x0008_0005, 'ISO_IR 192'],
        [0x0010_0010, 'Doe^J'],
        [0x0020_000d, '2.25.1'],
      ]),
      (bytes) => readElements(bytes, implicitLittleEndian),
    ],
  ])('of %s are read or refused', (_, whole, read) => {
    expect(read(Buffer.from(whole))).toBeDefined();
    const good = readable(whole, read);
    expect(good).toBeGreaterThan(0);
    expect(good).toBeLessThan(2000);
  });

  it.each(dicomStyles)('of a file, $name, are read or refused', (style) => {
    const nested = sequence(style, 0x0008_1140, [
      sequence(style, 0x0008_1140, [element(style, 0x0008_1150, 'UI', '1.2')]),
    ]);
    const dataSet = Buffer.concat([
      element(style, 0x0008_0018, 'UI', '2.25.1'),
      nested,
      element(style, 0x0010_0020, 'LO', 'P1'),
      element(style, 0x0020_000d, 'UI', '2.25.2'),
      element(style, 0x0020_000e, 'UI', '2.25.3'),
      element(style, 0x0028_0004, 'CS', 'MONOCHROME2'),
    ]);
    const file = part10(style, dataSet);
    expect(headOfFile(file, true)).toMatchObject({
      instance: '2.25.1',
      patientId: 'P1',
      study: '2.25.2',
      series: '2.25.3',
    });
    const good = readable(file, (bytes) => headOfFile(bytes, true));
    expect(good).toBeGreaterThan(0);
    expect(good).toBeLessThan(2000);
    // The beginning of a data set says nothing else than the whole.
    for (let at = 0; at < dataSet.length && !style.deflated; at++) {
      const head = headOfDataSet(dataSet.subarray(0, at), style.syntax, false);
      if (head !== undefined) expect(head).toMatchObject({ instance: '2.25.1', patientId: 'P1', series: '2.25.3' });
    }
  });

  it('of sequences in sequences meet a limit', () => {
    const deep = Buffer.concat([
      ...Array.from({ length: 10_000 }, () =>
        Buffer.from('080040115351000 ffffffff feff00e0ffffffff'.replaceAll(' ', '').padEnd(40, '0'), 'hex'),
      ),
    ]);
    const [style] = dicomStyles;
    const open = Buffer.concat([
      element(style!, 0x0008_1140, 'SQ', '', 0xffff_ffff),
      Buffer.from('feff00e0ffffffff', 'hex'),
    ]);
    const many = Buffer.concat(Array.from({ length: 10_000 }, () => open));
    expect(() => readElements(many, { littleEndian: true, implicit: false })).toThrow('its sequences lie too deep');
    expect(() => readElements(deep, { littleEndian: true, implicit: false })).toThrow(Malformed);
  });

  it('of a multipart body, in chunks of any size, give the part or are refused', async () => {
    const random = randomFrom(7).fork('chunks');
    const body = partBody(files[0]!.bytes);
    let good = 0;
    for (const bytes of mutations(body, 600)) {
      const chunks = async function* () {
        for (let at = 0; at < bytes.length; ) {
          const end = at + 1 + random.below(200);
          yield bytes.subarray(at, end);
          at = end;
        }
      };
      const parts: Uint8Array[] = [];
      try {
        for await (const part of onlyPart(chunks(), boundary)) parts.push(part);
        expect(Buffer.concat(parts).length).toBeLessThanOrEqual(bytes.length);
        good++;
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
      }
    }
    expect(good).toBeGreaterThan(50);
    expect(good).toBeLessThan(600);
  });

  it('of a boundary are read or refused', () => {
    expect(boundaryOf(partType)).toBe(boundary);
    expect(boundaryOf('multipart/related;boundary="a b c"')).toBe('a b c');
    readable(Buffer.from(partType), (bytes) => boundaryOf(bytes.toString('latin1')), 500);
  });
});

describe('peers whose bytes are mutated', { timeout: 60_000 }, () => {
  it('by DIMSE give whole instances or one line, and nothing else', async () => {
    const random = randomFrom(3).fork('dimse');
    for (let round = 0; round < 60; round++) {
      await using folder = await temporaryFolder();
      // One byte of what the peer sends is another one.
      const at = random.below(3000);
      const value = random.below(256);
      let sent = 0;
      const mutating = (socket: Socket) => {
        const write = socket.write.bind(socket);
        socket.write = ((bytes: Uint8Array) => {
          const copy = Buffer.from(bytes);
          if (at >= sent && at < sent + copy.length) copy[at - sent] = value;
          sent += copy.length;
          return write(copy);
        }) as Socket['write'];
      };
      await using fake = await startFakeDimse(files, { onConnection: mutating });
      const peer = { protocol: 'dimse' as const, aet: fakeAet, host: '127.0.0.1', port: fake.port };
      const { failure, fetched, files: kept } = await transfer(folder.path, peer, { timeout: 0.2, parallel: 1 });
      expect(failure ?? fetched).toBeDefined();
      expect(failure ?? '').not.toMatch(/\n|undefined|TypeError|RangeError/);
      expect(kept.filter((name) => name.endsWith('.tmp'))).toEqual([]);
      for (const name of kept) {
        const file = files.find(({ study, series, instance }) => name === `${study}/${series}/${instance}.dcm`);
        // A value that is no identifier may differ: nobody can see that.
        if (file !== undefined) expect(contentOf(folder.path, name).length).toBeGreaterThanOrEqual(file.dataSet.length);
      }
    }
  });

  it('by DICOMweb give whole instances or one line, and nothing else', async () => {
    const random = randomFrom(5).fork('dicomweb');
    for (let round = 0; round < 60; round++) {
      await using folder = await temporaryFolder();
      const [target] = files;
      const body = Buffer.from(partBody(target!.bytes));
      body[random.below(400)] = random.below(256);
      const cut = random.below(3) === 0 ? random.below(body.length) : body.length;
      await using service = await startFakeDicomweb({
        files,
        behave: ({ file, response }) => {
          if (file !== target) return false;
          response.writeHead(200, { 'Content-Type': partType }).end(body.subarray(0, cut));
          return true;
        },
      });
      const {
        failure,
        fetched,
        files: kept,
      } = await transfer(folder.path, { protocol: 'dicomweb', url: service.url }, { parallel: 1 });
      expect(failure ?? fetched).toBeDefined();
      expect(failure ?? '').not.toMatch(/\n|undefined|TypeError|RangeError/);
      expect(kept.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    }
  });
});
