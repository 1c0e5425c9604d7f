// The page of a packed program through Chromium's debugging port: its fuses shut out the one that Playwright needs.
import { setTimeout as wait } from 'node:timers/promises';

export interface DebuggedPage extends Disposable {
  /** The value of an expression of the page; promises are awaited. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** Asks until the expression is neither false, null nor undefined; rejects after two minutes. */
  readonly until: (expression: string) => Promise<unknown>;
  /** The window as PNG. */
  readonly picture: () => Promise<Uint8Array>;
}

interface Answer {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** The only page of the program that listens on `port`, loaded anew with `before` run ahead of its own scripts. */
export async function openDebuggedPage(port: number, before: string): Promise<DebuggedPage> {
  const socket = new WebSocket(await addressOf(port));
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('the debugging port does not answer')));
  });
  const waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as Answer;
    const asked = id === undefined ? undefined : waiting.get(id);
    if (error !== undefined) asked?.reject(new Error(error.message));
    else asked?.resolve(result ?? {});
  });
  const send = (method: string, params: object = {}) => {
    const id = waiting.size + 1;
    const answer = Promise.withResolvers<Record<string, unknown>>();
    waiting.set(id, answer);
    socket.send(JSON.stringify({ id, method, params }));
    return answer.promise;
  };
  const evaluate = async (expression: string) => {
    const { result, exceptionDetails } = (await send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })) as { result: { value?: unknown }; exceptionDetails?: { exception?: { description?: string } } };
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? expression);
    return result.value;
  };
  await send('Page.enable');
  await send('Page.addScriptToEvaluateOnNewDocument', { source: before });
  await send('Page.reload');
  return {
    evaluate,
    async until(expression) {
      for (let tries = 0; tries < 600; tries++) {
        const value = await evaluate(expression).catch(() => null);
        if (value !== null && value !== undefined && value !== false) return value;
        await wait(200);
      }
      throw new Error(
        `it never came to this: ${expression}; the page says: ${await evaluate('document.body.innerText')}`,
      );
    },
    picture: async () => Buffer.from(String((await send('Page.captureScreenshot')).data), 'base64'),
    [Symbol.dispose]: () => socket.close(),
  };
}

/** Where the debugger of the page listens, once there is one. */
async function addressOf(port: number): Promise<string> {
  for (let tries = 0; tries < 300; tries++) {
    const pages = await fetch(`http://127.0.0.1:${port}/json/list`).then(
      (answer) => answer.json() as Promise<{ readonly type: string; readonly webSocketDebuggerUrl: string }[]>,
      () => [],
    );
    const page = pages.find(({ type }) => type === 'page');
    if (page !== undefined) return page.webSocketDebuggerUrl;
    await wait(200);
  }
  throw new Error(`no page at port ${port}`);
}
