// What every face answers its page: the files of the page, thumbnails by the id of their image, and the contract.
import { type MethodName, methods, type Request, type Workbench } from '../../src-preload/contract.ts';
import type { FailureMessage } from '../../src-preload/host.ts';
import { pack, unpack } from '../../src-preload/wire.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import { inWords } from '../platform/words.ts';
import type { PageFile } from './page-files.ts';

export interface PageAnswer extends PageFile {
  readonly cacheControl: string;
}

const fileAddress = /^((?:[A-Za-z0-9_-]+\/)*[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+|)$/;
const thumbnailAddress = /^images\/(\d{1,15})\/thumbnail\/(\d{1,4})\.png$/;

/**
 * What is at an address below that of the page (`''` is the page itself): a file that was read at the start, or
 * the thumbnail of an image. Undefined when nothing is there; rejects with the Problem of a thumbnail. `catalog` is the key
 * of the catalog that the page shows: images of another one are refused.
 */
export async function answerGet(
  address: string,
  page: ReadonlyMap<string, PageFile>,
  workbench: Workbench,
  catalog?: string | null,
): Promise<PageAnswer | undefined> {
  const thumbnail = thumbnailAddress.exec(address);
  if (thumbnail !== null) {
    const request = checked('images.thumbnail', {
      id: Number(thumbnail[1]),
      size: Number(thumbnail[2]),
      ...(catalog == null ? {} : { catalog }),
    });
    const { png } = await workbench.call('images.thumbnail', request);
    // Within a catalog the content of an image's row never changes; the address contains the catalog's key.
    return { bytes: new Uint8Array(png), type: 'image/png', cacheControl: 'private, max-age=86400, immutable' };
  }
  const file = fileAddress.test(address) ? page.get(address || 'index.html') : undefined;
  return file && { ...file, cacheControl: 'no-store' };
}

/** Answers a method of the contract, both ways as `pack` writes it. Throws `missing` for an unknown one, `usage`. */
export async function answerCall(workbench: Workbench, name: string, packed: Uint8Array): Promise<Uint8Array> {
  if (!Object.hasOwn(methods, name)) throw new Problem('missing', { what: 'method', name });
  const method = name as MethodName;
  return pack(await workbench.call(method, checked(method, unpacked(packed))));
}

/** A failure as it is sent to the page. */
export function failureMessage(error: unknown): FailureMessage {
  return { kind: isProblem(error) ? error.kind : null, words: inWords(error) };
}

function checked<M extends MethodName>(method: M, value: unknown): Request<M> {
  const parsed = methods[method].request.safeParse(value);
  if (parsed.success) return parsed.data as Request<M>;
  const [issue] = parsed.error.issues;
  throw new Problem('usage', { message: `${method}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}` });
}

function unpacked(bytes: Uint8Array): unknown {
  try {
    return unpack(bytes);
  } catch (error) {
    throw new Problem('usage', { message: `the request cannot be read: ${inWords(error)}` }, { cause: error });
  }
}
