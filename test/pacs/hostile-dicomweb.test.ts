// DICOMweb services that lie, stall, loop and send what nobody asked for: one clear line each, nothing wrong is kept, nothing is left open.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepCredentials } from '../../src-main/pacs/credentials.ts';
import { temporaryFolder } from '../cli/residua.ts';
import {
  type Asked,
  type FakeOptions,
  golden,
  partBody,
  partType,
  sendJson,
  sendPart,
  startFakeDicomweb,
} from './fake-dicomweb.ts';
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

interface More extends TransferOptions {
  readonly fake?: Partial<FakeOptions>;
  readonly ca?: string;
  readonly client?: boolean;
  readonly redirects?: readonly string[];
}

/** A transfer from a service that behaves so; `URL` stands for its address in what is told. */
async function from(behave: NonNullable<FakeOptions['behave']>, more: More = {}): Promise<Transfer> {
  const { fake = {}, ca, client = false, redirects = [], ...options } = more;
  await using service = await startFakeDicomweb({ files, behave, ...fake });
  const certificates = {
    ca: ca === undefined ? null : golden(ca),
    clientCertificate: client ? golden('client') : null,
    clientKey: client ? golden('client.key') : null,
  };
  const peer = { protocol: 'dicomweb' as const, url: service.url, redirects, ...certificates };
  const result = await transfer(folder.path, peer, options);
  const plain = (line: string) => line.replaceAll(service.url, 'URL').replaceAll(new URL(service.url).origin, 'ORIGIN');
  return {
    ...result,
    faults: result.faults.map(plain),
    ...(result.failure === undefined ? {} : { failure: plain(result.failure) }),
  };
}

const truthful = () => false;
/** In place of the first instance. */
const instead = (answer: (asked: Asked) => void) => (asked: Asked) => {
  if (asked.file !== file) return false;
  answer(asked);
  return true;
};

describe('a DICOMweb service', () => {
  it('gives its instances as they are, each once', async () => {
    await using service = await startFakeDicomweb({ files });
    const peer = { protocol: 'dicomweb' as const, url: service.url };
    const first = await transfer(folder.path, peer);
    expect(first).toMatchObject({ fetched: { fetched: 10, present: 0, refused: 0, missing: 0 }, faults: [] });
    expect(first.files).toEqual(files.map(pathOf).toSorted());
    for (const each of files) expect(contentOf(folder.path, pathOf(each)).equals(each.bytes)).toBe(true);
    const before = service.asked.filter(({ path }) => path.endsWith('.1')).length;
    expect(await transfer(folder.path, peer)).toMatchObject({ fetched: { fetched: 0, present: 10 } });
    expect(service.asked.filter(({ path }) => path.endsWith('.1')).length).toBe(before);
  });

  it.each([
    [{ patientId: 'P1' }, 6],
    [{ patientId: 'P?' }, 10],
    [{ patientName: 'doe^*' }, 6],
    [{ patientName: 'Muller^*' }, 3],
    [{ from: '20240101' }, 9],
    [{ to: '20240101' }, 1],
    [{ modalities: ['CR'] }, 3],
    [{ modalities: ['CT', 'CR'], bodyPart: 'chest' }, 6],
    [{ description: 'soft' }, 3],
    [{ description: 'ROUTINE' }, 6],
    [{ studies: ['2.25.30'] }, 1],
  ])('that ignores the conditions %j changes nothing', async (query, count) => {
    expect((await from(truthful, { query })).fetched).toMatchObject({ fetched: count });
  });

  it('may have pages of any size', async () => {
    const small = ({ what, url, response }: Asked) => {
      if (what !== 'instances') return false;
      const offset = Number(url.searchParams.get('offset') ?? 0);
      const { study, series } = file;
      const all = files.filter((each) => url.pathname.includes(`${study}/series/${series}`) && each.series === series);
      if (all.length === 0) return false;
      sendJson(
        response,
        all.slice(offset, offset + 1).map(({ instance }) => ({ '00080018': { vr: 'UI', Value: [instance] } })),
      );
      return true;
    };
    expect((await from(small)).fetched).toMatchObject({ fetched: 10, missing: 0 });
  });
});

describe('certificates, passwords and redirects', () => {
  const tls = { fake: { certificate: 'server' as const } };

  it('are accepted when they are right', async () => {
    expect((await from(truthful, { ...tls, ca: 'authority' })).fetched).toMatchObject({ fetched: 10 });
    const mutual = { fake: { certificate: 'server' as const, demandsClient: true } };
    expect((await from(truthful, { ...mutual, ca: 'authority', client: true })).fetched).toMatchObject({ present: 10 });
  });

  it.each([
    [
      'of an unknown authority',
      { ...tls },
      'URL: its certificate is of an authority that is not trusted: give that with --ca',
    ],
    [
      'self-signed',
      { fake: { certificate: 'selfsigned' as const }, ca: 'authority' },
      'URL: its certificate is self-signed and not trusted: give it with --ca if it is the right one',
    ],
    [
      'for another host',
      { fake: { certificate: 'elsewhere' as const }, ca: 'authority' },
      'URL: its certificate is for another host',
    ],
    [
      'missing on our side',
      { fake: { certificate: 'server' as const, demandsClient: true }, ca: 'authority' },
      'URL: it demands a client certificate: give --client-cert and --client-key',
    ],
  ])('a certificate %s is refused', async (_, more, words) => {
    const { failure, files: kept } = await from(truthful, more);
    expect(failure).toBe(words);
    expect(kept).toEqual([]);
  });

  it('a password is sent to its own server by https alone', async () => {
    await using other = await startFakeDicomweb({ files });
    const elsewhere = ({ what, request, response }: Asked) => {
      if (what !== 'instance') return false;
      response.writeHead(302, { Location: other.url.replace('/dicom-web', request.url!) }).end();
      return true;
    };
    await using service = await startFakeDicomweb({ files, behave: elsewhere });
    const credentials = { kind: 'basic', user: 'anna', password: 'geheim' } as const;
    keepCredentials(service.url, credentials);
    const origin = new URL(other.url).origin;
    const peer = { protocol: 'dicomweb' as const, url: service.url };
    const refused = await transfer(folder.path, peer);
    expect(refused.failure).toBe(
      `${service.url}: redirects to ${origin}, which is another server: allow it with --allow-redirect if that is right`,
    );
    expect(other.asked).toEqual([]);
    const allowed = await transfer(folder.path, { ...peer, redirects: [origin] });
    expect(allowed.fetched).toMatchObject({ fetched: 10 });
    expect(other.asked.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    expect(service.asked.every(({ authorization }) => authorization === 'Basic YW5uYTpnZWhlaW0=')).toBe(true);
    keepCredentials(service.url, null);
    keepCredentials('http://pacs.example', credentials);
    const plain = await transfer(folder.path, { protocol: 'dicomweb', url: 'http://pacs.example/dicom-web' });
    expect(plain.failure).toBe('http://pacs.example/dicom-web: a password or token is sent by https only');
    keepCredentials('http://pacs.example', null);
  });

  it.each([
    [401, 'URL: asks for a user name and password, or a token (HTTP 401)'],
    [403, 'URL: refuses access (HTTP 403)'],
    [400, 'URL: does not understand the query (HTTP 400)'],
    [418, 'URL: answered with HTTP status 418'],
    [503, 'URL: answered with HTTP status 503'],
  ])('status %i is one line', async (status, words) => {
    const { failure } = await from(({ response }) => {
      response.writeHead(status).end('<html>');
      return true;
    });
    expect(failure).toBe(words);
  });

  it.each<[string, (asked: Asked) => string, string]>([
    ['loops', ({ request }) => request.url!, 'URL: redirects too many times'],
    ['goes nowhere', () => 'ftp://127.0.0.1/x', 'URL: redirects to nowhere'],
    ['goes to a file', () => 'file:///etc/passwd', 'URL: redirects to nowhere'],
  ])('a redirect that %s is refused', async (_, location, words) => {
    const { failure } = await from((asked) => {
      asked.response.writeHead(307, { Location: location(asked) }).end();
      return true;
    });
    expect(failure).toBe(words);
  });

  it('a redirect from https to http is refused, whatever is allowed', async () => {
    const downgrade = ({ request, response }: Asked) => {
      response.writeHead(301, { Location: `http://${request.headers.host}${request.url}` }).end();
      return true;
    };
    expect((await from(downgrade, { ...tls, ca: 'authority' })).failure).toBe('URL: redirects from https to http');
  });
});

describe('an instance', () => {
  const another = sampleFile({ ...file, patient: 'P9' });
  const swapped = files[1]!;
  const id = file.instance;
  /** The others are fetched all the same. */
  const others = files.slice(1).map(pathOf).toSorted();

  it.each<[string, (asked: Asked) => void, string]>([
    [
      'of another patient',
      ({ response }) => sendPart(response, another.bytes),
      `sent another patient's image as instance ${id}`,
    ],
    [
      'in place of another',
      ({ response }) => sendPart(response, swapped.bytes),
      `sent another instance instead of ${id}`,
    ],
    [
      'of another study',
      ({ response }) => sendPart(response, sampleFile({ ...file, study: '2.25.777' }).bytes),
      `sent an image of another study or series as instance ${id}`,
    ],
    [
      'that is no DICOM file',
      ({ response }) => sendPart(response, Buffer.alloc(500, 7)),
      `instance ${id} cannot be read: it is no DICOM file`,
    ],
    [
      'that is empty',
      ({ response }) => sendPart(response, Buffer.alloc(0)),
      `instance ${id} cannot be read: it is no DICOM file`,
    ],
    [
      'that is cut short',
      ({ response }) => sendPart(response, file.bytes.subarray(0, 200)),
      `instance ${id} cannot be read: its header is cut short`,
    ],
  ])('%s is refused and named, and the rest is fetched', async (_, answer, words) => {
    const { fetched, faults, files: kept } = await from(instead(answer));
    expect(faults).toEqual([`URL: ${words}: refused`]);
    expect(fetched).toMatchObject({ fetched: 9, refused: 1, missing: 0 });
    expect(kept).toEqual(others);
  });

  it('that is listed and not there is named', async () => {
    const { fetched, faults } = await from(instead(({ response }) => void response.writeHead(404).end()));
    expect(faults).toEqual([`URL: did not give instance ${id}`]);
    expect(fetched).toMatchObject({ fetched: 9, missing: 1 });
  });

  const lying =
    (length: number) =>
    ({ response }: Asked) => {
      const { socket } = response;
      const body = partBody(file.bytes);
      response.writeHead(200, { 'Content-Type': partType, 'Content-Length': body.length + length });
      response.end(body);
      setTimeout(() => socket?.destroy(), 50);
    };
  const raw =
    (text: string | Buffer, type = partType) =>
    ({ response }: Asked) =>
      void response.writeHead(200, { 'Content-Type': type }).end(text);

  it.each<[string, (asked: Asked) => void, string]>([
    ['with a Content-Length that is too large', lying(1000), 'URL: the connection was lost'],
    [
      'in a compressed answer',
      ({ response }) => void response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('x'),
      'URL: compresses its answer, which was not asked for',
    ],
    [
      'without a boundary',
      raw('x', 'multipart/related'),
      `URL: its answer with instance ${id} is broken: it names no valid boundary`,
    ],
    [
      'as a web page',
      raw('<html>', 'text/html'),
      `URL: its answer with instance ${id} is broken: it is not multipart/related`,
    ],
    [
      'without an end',
      raw(partBody(file.bytes).subarray(0, -8)),
      `URL: its answer with instance ${id} is broken: it ends before its last boundary`,
    ],
    [
      'twice',
      raw(Buffer.concat([partBody(file.bytes).subarray(0, -4), partBody(file.bytes).subarray(14)])),
      `URL: its answer with instance ${id} is broken: it has more parts than one`,
    ],
    ['in no part', raw('--here-it-ends--\r\n'), `URL: its answer with instance ${id} is broken: it has no part`],
    [
      'with endless headers of a part',
      raw(`--here-it-ends\r\nX: ${'y'.repeat(40_000)}`),
      `URL: its answer with instance ${id} is broken: the headers of its part are too long`,
    ],
    [
      'behind an endless preamble',
      raw('z'.repeat(100_000)),
      `URL: its answer with instance ${id} is broken: its first part does not begin`,
    ],
    [
      'with another length than its part says',
      raw(
        Buffer.concat([
          Buffer.from('--here-it-ends\r\nContent-Type: application/dicom\r\nContent-Length: 5\r\n\r\n'),
          file.bytes,
          Buffer.from('\r\n--here-it-ends--'),
        ]),
      ),
      `URL: its answer with instance ${id} is broken: its part has ${file.bytes.length} bytes, and says that it has 5`,
    ],
    [
      'with endless headers',
      ({ response }) => void response.writeHead(200, { X: 'y'.repeat(20_000) }).end(),
      'URL: the headers of its answer are too long',
    ],
    ['that never comes', () => {}, 'URL: no answer within 0.2 s'],
    [
      'that stops in the middle',
      ({ response }) => void response.writeHead(200, { 'Content-Type': partType }).write('--here'),
      'URL: gives nothing for 0.2 s, or less than 1 kB a second',
    ],
  ])('%s ends the transfer, and nothing of it is kept', async (_, answer, words) => {
    // Attempts that may help are made; here none does.
    const { failure, files: kept } = await from(instead(answer), {
      timeout: 0.2,
      parallel: 1,
      query: { studies: [file.study] },
    });
    expect(failure).toBe(words);
    expect(kept).not.toContain(pathOf(file));
    expect(kept.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('that comes byte by byte is given up, as slow as it may be', async () => {
    let timer: NodeJS.Timeout | undefined;
    const dripping = ({ response }: Asked) => {
      response.writeHead(200, { 'Content-Type': partType });
      timer = setInterval(() => response.write('-'), 10);
    };
    const { failure } = await from(instead(dripping), { timeout: 0.2, parallel: 1, query: { studies: [file.study] } });
    clearInterval(timer);
    expect(failure).toBe('URL: gives nothing for 0.2 s, or less than 1 kB a second');
  });

  it('comes at last when the service fails now and then', async () => {
    let requests = 0;
    const flaky = ({ what, request, response }: Asked) => {
      if (what !== 'instance' || requests++ % 3 !== 0) return false;
      if (requests % 2 === 0) request.socket.destroy();
      else response.writeHead(503).end();
      return true;
    };
    const { fetched, faults } = await from(flaky, { parallel: 3 });
    expect(fetched).toMatchObject({ fetched: 10, missing: 0 });
    expect(faults).toEqual([]);
  });
});

describe('the answer to a query', () => {
  const studies = (answer: (asked: Asked) => void) => (asked: Asked) => {
    if (asked.what !== 'studies') return false;
    answer(asked);
    return true;
  };
  const many = (count: number, from = 0) =>
    Array.from({ length: count }, (_, at) => ({ '0020000D': { vr: 'UI', Value: [`2.25.${from + at}`] } }));

  it.each<[string, (asked: Asked) => void, string | RegExp]>([
    [
      'that is no JSON',
      ({ response }) => void response.writeHead(200).end('<html>'),
      'URL: its answer to a query cannot be read: it is no JSON',
    ],
    [
      'that is no list',
      ({ response }) => sendJson(response, { a: 1 }),
      'URL: its answer to a query cannot be read: it is no list of DICOM objects',
    ],
    [
      'that lies deep',
      ({ response }) => void response.writeHead(200).end('['.repeat(200_000)),
      'URL: its answer to a query cannot be read: it is no JSON',
    ],
    [
      'with a path as identifier',
      ({ response }) => sendJson(response, [{ '0020000D': { vr: 'UI', Value: ['../../etc'] } }]),
      'URL: its answer to a query has no valid identifier',
    ],
    [
      'without identifiers',
      ({ response }) => sendJson(response, [{}]),
      'URL: its answer to a query has no valid identifier',
    ],
    [
      'with too many studies',
      ({ response }) => sendJson(response, many(5001)),
      /^the number of answers of URL is 5001, more than the limit of 5000$/,
    ],
    [
      'without end',
      ({ response }) => {
        response.writeHead(200);
        const block = Buffer.alloc(2 ** 20, ' ');
        const more = () => {
          while (!response.destroyed && response.write(block));
        };
        response.on('drain', more);
        more();
      },
      /^an answer of URL in bytes is \d+, more than the limit of 67108864$/,
    ],
  ])('%s is one line', async (_, answer, words) => {
    const { failure, files: kept } = await from(studies(answer));
    expect(failure).toMatch(words);
    if (typeof words === 'string') expect(failure).toBe(words);
    expect(kept).toEqual([]);
  });

  it('that gives new pages for ever meets a limit', async () => {
    let next = 0;
    const { failure } = await from(
      studies(({ response }) => {
        next += 500;
        sendJson(response, many(500, next));
      }),
    );
    expect(failure).toBe('the number of answers of URL is 5500, more than the limit of 5000');
  });
});

describe('a transfer', () => {
  it('is stopped at once, and goes on where it was', async () => {
    const stop = new AbortController();
    let served = 0;
    const stopping = ({ what }: Asked) => {
      if (what === 'instance' && ++served === 4) stop.abort();
      return false;
    };
    const stopped = await from(stopping, { signal: stop.signal, parallel: 1 });
    expect(stopped.failure).toBe('transfer was cancelled');
    expect(stopped.files.length).toBeGreaterThanOrEqual(3);
    const { fetched } = await from(truthful);
    expect(fetched).toMatchObject({ present: stopped.files.length, fetched: 10 - stopped.files.length });
  });

  it('keeps to its pace', async () => {
    const began = performance.now();
    expect((await from(truthful, { rate: 20, parallel: 4 })).fetched).toMatchObject({ fetched: 10 });
    expect(performance.now() - began).toBeGreaterThan(450);
    await using other = await temporaryFolder();
    const bytes = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const slow = performance.now();
    await using service = await startFakeDicomweb({ files });
    await transfer(other.path, { protocol: 'dicomweb', url: service.url }, { bandwidth: bytes * 2 });
    expect(performance.now() - slow).toBeGreaterThan(450);
  });

  it('to a host that is not there is one line', async () => {
    const nobody = await transfer(folder.path, { protocol: 'dicomweb', url: 'http://127.0.0.1:9/dicom-web' });
    expect(nobody.failure).toBe('http://127.0.0.1:9/dicom-web: nobody answers there (connection refused)');
  });
});
