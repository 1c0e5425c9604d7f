// Serves the page and thumbnails under the scheme of this program: by the name in the built page, or the id of an image.
import type { Protocol } from 'electron';
import type { Workbench } from '../../src-preload/contract.ts';
import { isProblem } from '../platform/errors.ts';
import { type PageFile, securityHeaders } from '../serve/page-files.ts';
import { answerGet, failureMessage } from '../serve/page-requests.ts';
import { pageAddress, pageScheme } from './refusals.ts';

/** To be called before Electron is ready: the scheme is an origin of its own, as safe as https. */
export function declarePageScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Answers requests of the scheme in one session. No request names a file of this machine. */
export function servePage(protocol: Protocol, page: ReadonlyMap<string, PageFile>, workbench: Workbench): void {
  protocol.handle(pageScheme, (request) => answerRequest(request, page, workbench));
}

/** The answer to one request: 404 for what is not there, 405 for anything but GET, words for a failure. */
export async function answerRequest(
  { method, url }: Pick<Request, 'method' | 'url'>,
  page: ReadonlyMap<string, PageFile>,
  workbench: Workbench,
): Promise<Response> {
  if (method !== 'GET') return answered(405, 'only GET is answered');
  const { origin, host, pathname, searchParams } = new URL(url);
  // A scheme that the URL standard does not know has the origin `null` in Node.
  if (`${pageScheme}://${host}/` !== pageAddress || (origin !== 'null' && `${origin}/` !== pageAddress)) {
    return answered(404, 'not found');
  }
  try {
    const found = await answerGet(pathname.slice(1), page, workbench, searchParams.get('catalog'));
    if (found === undefined) return answered(404, 'not found');
    const headers = { ...securityHeaders, 'Content-Type': found.type, 'Cache-Control': found.cacheControl };
    return new Response(found.bytes, { headers });
  } catch (error) {
    return answered(isProblem(error, 'missing') ? 404 : 500, failureMessage(error).words);
  }
}

function answered(status: number, text: string): Response {
  return new Response(text, { status, headers: { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8' } });
}
