// A DICOMweb service of our own for tests: it has some files, and lies, stalls or loops where a test tells it to.
import { readFileSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { SampleFile } from './sample-studies.ts';

export const golden = (name: string): string => fileURLToPath(new URL(`../golden/pacs/${name}.pem`, import.meta.url));

/** What was asked, and what may be answered in place of the truth. */
export interface Asked {
  readonly what: 'studies' | 'series' | 'instances' | 'instance' | 'elsewhere';
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** Of a request for an instance. */
  readonly file: SampleFile | undefined;
}

export interface FakeDicomweb extends AsyncDisposable {
  readonly url: string;
  /** Every address that was asked for, with its Authorization header. */
  readonly asked: readonly { readonly path: string; readonly authorization: string | undefined }[];
}

export interface FakeOptions {
  readonly files: readonly SampleFile[];
  /** True when it has answered, or will. */
  readonly behave?: (asked: Asked) => boolean;
  /** Its certificate, by name; none: http. */
  readonly certificate?: 'server' | 'elsewhere' | 'selfsigned';
  readonly demandsClient?: boolean;
}

export async function startFakeDicomweb({
  files,
  behave = () => false,
  certificate,
  demandsClient = false,
}: FakeOptions): Promise<FakeDicomweb> {
  const asked: { path: string; authorization: string | undefined }[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    asked.push({ path: url.pathname, authorization: request.headers.authorization });
    const [, , study, , series, , instance] = url.pathname.replace(/^\/dicom-web/, '').split('/');
    const tail = url.pathname.split('/').at(-1)!;
    const what =
      instance !== undefined
        ? 'instance'
        : ((['studies', 'series', 'instances'] as const).find((each) => each === tail) ?? 'elsewhere');
    const file = files.find((each) => each.instance === instance);
    if (behave({ what, request, response, url, file })) return;
    if (what === 'instance') {
      if (file === undefined) return void response.writeHead(404).end();
      return sendPart(response, file.bytes);
    }
    const found = files.filter(
      (each) => (study === undefined || each.study === study) && (series === undefined || each.series === series),
    );
    sendJson(response, page(url, answersOf(what, found)));
  };
  const server =
    certificate === undefined
      ? http.createServer(answer)
      : https.createServer(
          {
            cert: readFileSync(golden(certificate)),
            key: readFileSync(golden(`${certificate}.key`)),
            ...(demandsClient
              ? { requestCert: true, rejectUnauthorized: true, ca: readFileSync(golden('authority')) }
              : {}),
          },
          answer,
        );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}/dicom-web`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What QIDO-RS answers of files. */
export function answersOf(what: string, files: readonly SampleFile[]): object[] {
  const texts = (vr: string, value: string) => ({
    vr,
    ...(value === '' ? {} : { Value: [vr === 'PN' ? { Alphabetic: value } : value] }),
  });
  const key = (file: SampleFile) => (what === 'studies' ? file.study : what === 'series' ? file.series : file.instance);
  const first = [...new Map(files.map((file) => [key(file), file])).values()];
  return first.map((file) => ({
    '00080016': texts('UI', file.sopClass),
    '00080020': texts('DA', file.date),
    '00080060': texts('CS', file.modality),
    '00081030': texts('LO', file.description),
    '0008103E': texts('LO', file.seriesDescription),
    '00100010': texts('PN', file.name),
    '00100020': texts('LO', file.patient),
    '00180015': texts('CS', file.bodyPart),
    '0020000D': texts('UI', file.study),
    '0020000E': texts('UI', file.series),
    '00080018': texts('UI', file.instance),
    '00201209': { vr: 'IS', Value: [files.filter(({ series }) => series === file.series).length] },
  }));
}

function page(url: URL, answers: readonly object[]): readonly object[] {
  const offset = Number(url.searchParams.get('offset') ?? 0);
  return answers.slice(offset, offset + Number(url.searchParams.get('limit') ?? 1000));
}

export function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/dicom+json' }).end(JSON.stringify(value));
}

export const boundary = 'here-it-ends';
/** A body of one part. */
export const partBody = (bytes: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
    bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
export const partType = `multipart/related; type="application/dicom"; boundary=${boundary}`;

export function sendPart(response: ServerResponse, bytes: Uint8Array): void {
  response.writeHead(200, { 'Content-Type': partType }).end(partBody(bytes));
}
