// The real window in a real Electron: what its page may not do, the first path, and its utility processes.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageAddress } from '../../src-main/shell/refusals.ts';
import type { Bridge } from '../../src-preload/bridge.ts';
import type { MethodName, Request, Response } from '../../src-preload/contract.ts';
import { pack, unpack } from '../../src-preload/wire.ts';
import { buildDesktop } from '../renderer/build-window.ts';
import { makeSampleArchive } from '../renderer/sample-archive.ts';
import { noElectron, type OpenElectron, openDisplay, openElectron, startAgain } from './electron.ts';

/** What the preload script has put into the page. */
type WithBridge = { readonly residua: Bridge };

describe.skipIf(noElectron !== null)(`Electron ${noElectron === null ? '' : `(skipped: ${noElectron})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'residua-electron-'));
  let display: Awaited<ReturnType<typeof openDisplay>>;
  beforeAll(async () => {
    await buildDesktop();
    display = await openDisplay();
  }, 180_000);
  afterAll(() => {
    display?.[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  const environment = (own: Readonly<Record<string, string>>) => ({
    DISPLAY: display.name,
    XDG_DATA_HOME: join(folder, 'data'),
    ...own,
  });

  describe('with its programs on the pinned Node', () => {
    let electron: OpenElectron;
    let own: Readonly<Record<string, string>>;
    const requests: string[] = [];
    const elsewhere = createServer(({ url }, response) => {
      requests.push(url ?? '');
      response.end('reached');
    });
    let address: string;
    beforeAll(async () => {
      await makeSampleArchive(folder, 4, 64);
      elsewhere.listen(0, '127.0.0.1');
      own = environment({ RESIDUA_NODE: process.execPath, RESIDUA_CATALOG: join(folder, 'catalog') });
      electron = await openElectron(own);
      const { port } = elsewhere.address() as AddressInfo;
      address = `http://127.0.0.1:${port}/`;
    }, 180_000);
    afterAll(async () => {
      await electron?.[Symbol.asyncDispose]();
      elsewhere.close();
    }, 60_000);

    it('keeps the page in the sandbox, without Node', async () => {
      const preferences = await electron.app.evaluate(({ BrowserWindow }) => {
        const [window] = BrowserWindow.getAllWindows();
        const contents = window!.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
        const { contextIsolation, sandbox, nodeIntegration, webviewTag, webSecurity } =
          contents.getLastWebPreferences();
        return { contextIsolation, sandbox, nodeIntegration, webviewTag, webSecurity };
      });
      expect(preferences).toMatchObject({ contextIsolation: true, sandbox: true, nodeIntegration: false });
      expect([preferences.webviewTag ?? false, preferences.webSecurity ?? true]).toEqual([false, true]);
      const found = await electron.page.evaluate(() => ({
        kinds: ['require', 'process', 'module', 'Buffer', 'ipcRenderer'].map(
          (name) => typeof (globalThis as unknown as Record<string, unknown>)[name],
        ),
        bridge: Object.keys((globalThis as unknown as WithBridge).residua).sort(),
      }));
      expect(new Set(found.kinds)).toEqual(new Set(['undefined']));
      expect(found.bridge).toEqual(['hear', 'pathOf', 'send']);
    });

    it('imports what is dropped anywhere, and adds a network file', async () => {
      const { page } = electron;
      await page.locator('[role=gridcell]').first().waitFor();
      // What a person has chosen has a path, as what a person has dropped: the drop itself is made by the page.
      await page.evaluate(() => {
        const field = Object.assign(document.createElement('input'), { type: 'file', multiple: true, id: 'dropped' });
        document.body.append(field);
      });
      const drop = async (...files: readonly string[]) => {
        await page.locator('#dropped').setInputFiles([...files]);
        await page.evaluate(() => {
          const data = new DataTransfer();
          for (const file of (document.getElementById('dropped') as HTMLInputElement).files!) data.items.add(file);
          const event = { bubbles: true, cancelable: true, dataTransfer: data };
          for (const type of ['dragenter', 'dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, event));
        });
      };
      const images = readdirSync(join(folder, 'archive'), { recursive: true })
        .map((path) => join(folder, 'archive', String(path)))
        .filter((path) => path.endsWith('.png'));
      await drop(images[0]!, images[1]!);
      const major = await electron.app.evaluate(() => Number(process.versions.electron.split('.')[0]));
      if (major < 30) {
        // The Electron of tests may be older than the pinned one, and know no paths: then that is said.
        await page.getByText(/getPathForFile/).waitFor();
        return;
      }
      const dialog = page.getByRole('dialog');
      await expect.poll(() => dialog.getByLabel('Folder, zip or file').inputValue()).toBe(images[0]);
      await dialog.getByText(`and ${images[1]}`).waitFor();
      await page.keyboard.press('Escape');
      const network = join(folder, 'network.pkl');
      writeFileSync(network, 'no network');
      await drop(network);
      await expect.poll(() => dialog.getByLabel('Network file').inputValue()).toBe(network);
      await page.keyboard.press('Escape');
      await page.evaluate(() => document.getElementById('dropped')!.remove());
      // A file that the page has made itself has no path.
      const made = await page.evaluate(() =>
        (globalThis as unknown as WithBridge).residua.pathOf(new File(['x'], 'x.png')),
      );
      expect(made).toBe('');
    });

    it('lists recent catalogs in its menu', async () => {
      const labels = await electron.app.evaluate(({ Menu }) => {
        const file = Menu.getApplicationMenu()?.items.find(({ label }) => label === '&File');
        const recent = file?.submenu?.items.find(({ label }) => label === 'Open &Recent');
        return recent?.submenu?.items.map(({ label }) => label) ?? [];
      });
      expect(labels[0]).toContain(join(folder, 'catalog'));
    });

    it('has a policy without inline and eval, which holds', async () => {
      const { policy, inline, evaluated } = await electron.page.evaluate(async () => {
        const policy = (await fetch(location.href)).headers.get('Content-Security-Policy');
        const script = document.createElement('script');
        script.textContent = 'globalThis.inlineRan = true';
        document.head.append(script);
        const timer = setTimeout('globalThis.evaluated = true' as never, 0);
        await new Promise((resolve) => setTimeout(resolve, 100));
        clearTimeout(timer);
        const { inlineRan, evaluated } = globalThis as unknown as Record<string, unknown>;
        return { policy, inline: inlineRan ?? false, evaluated: evaluated ?? false };
      });
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe-(inline|eval)/);
      expect({ inline, evaluated }).toEqual({ inline: false, evaluated: false });
    });

    it('refuses windows, permissions and the network', async () => {
      const { page, app } = electron;
      const refused = await page.evaluate(async (address) => {
        const permission = async (name: string) =>
          (await navigator.permissions.query({ name: name as PermissionName })).state;
        return {
          opened: window.open(address) === null,
          fetched: await fetch(address).then(String, () => 'refused'),
          pictured: await new Promise((resolve) => {
            const picture = new Image();
            picture.onload = () => resolve('loaded');
            picture.onerror = () => resolve('refused');
            picture.src = `${address}picture.png`;
          }),
          notices: await Notification.requestPermission(),
          places: await permission('geolocation'),
          camera: await navigator.mediaDevices.getUserMedia({ video: true }).then(String, () => 'refused'),
        };
      }, address);
      expect(refused).toEqual({
        opened: true,
        fetched: 'refused',
        pictured: 'refused',
        notices: 'denied',
        places: 'denied',
        camera: 'refused',
      });
      // Beyond the page's policy: the session itself lets nothing out.
      const bySession = await app.evaluate(
        ({ session }, address) =>
          session
            .fromPartition('residua')
            .fetch(address)
            .then(
              () => 'reached',
              (error: Error) => error.message,
            ),
        address,
      );
      expect(bySession).toContain('ERR_BLOCKED_BY_CLIENT');
      expect(app.windows().length).toBe(1);
      expect(requests).toEqual([]);
    });

    it('hears nothing but the channels of the table', async () => {
      const refused = await electron.page.evaluate(async () => {
        const { send } = (globalThis as unknown as WithBridge).residua;
        const says = (channel: string, request: unknown) =>
          send(channel as never, request as never).then(String, (error: Error) => error.message);
        return [
          await says('shell.open', {}),
          await says('path.choose', { what: '/etc' }),
          await says('workbench.call', { method: 'workbench.end', packed: new Uint8Array() }),
        ];
      });
      expect(refused[0]).toBe('no channel shell.open');
      expect(refused[1]).toContain('Invalid option');
      expect(refused[2]).toContain('Invalid option');
    });

    it('shows the archive, and a decision with one key is in the catalog', async () => {
      const { page } = electron;
      await page.locator('[role=gridcell] data').first().waitFor();
      expect(await page.locator('[role=gridcell]').count()).toBe(8);
      const picture = page.locator('[role=gridcell] img').first();
      await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(64);
      const grid = page.locator('[role=grid]');
      await grid.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('k');
      await page.getByText('Enter your name first').waitFor();
      await page.keyboard.type('A. Reviewer');
      await page.keyboard.press('Enter');
      await grid.focus();
      await page.keyboard.press('r');
      await page.locator('[role=gridcell] [data-verdict=reject]').waitFor();
      const { images } = await call(electron, 'images.count', { filter: { verdicts: ['reject'] } });
      expect(images).toBe(1);
      expect(electron.complaints).toEqual([]);
    });

    it('asks for paths with the dialog of the system', async () => {
      await electron.app.evaluate(({ dialog }) => {
        dialog.showOpenDialog = async () => ({ canceled: false, filePaths: ['/data/radiographs'] });
      });
      const chosen = await electron.page.evaluate(() =>
        (globalThis as unknown as WithBridge).residua.send('path.choose', { what: 'folder' }),
      );
      expect(chosen).toBe('/data/radiographs');
    });

    it('tells on the desktop when a job ends while nobody looks at the window', { timeout: 120_000 }, async () => {
      await electron.app.evaluate(({ Notification }) => {
        Object.assign(globalThis, { notices: [] });
        Notification.prototype.show = function () {
          (globalThis as unknown as { notices: string[] }).notices.push(this.title);
        };
      });
      // Playwright makes every page believe that it has the focus.
      await electron.page.evaluate(() => {
        document.hasFocus = () => false;
      });
      const { id } = await call(electron, 'runs.queue', {
        kind: 'import',
        parameters: { sources: [join(folder, 'archive')], cohort: 'again' },
      });
      const notices = () => electron.app.evaluate(() => (globalThis as unknown as { notices: string[] }).notices);
      const state = async () => (await call(electron, 'runs.detail', { id })).run.state;
      await expect.poll(state, { timeout: 60_000 }).toBe('done');
      await expect.poll(notices).toEqual([`Done: import ${join(folder, 'archive')}`]);
    });

    it('is started once: a second start brings its window forward and ends', async () => {
      await electron.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.hide());
      await startAgain(own);
      await expect
        .poll(() =>
          electron.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((it) => it.isVisible())),
        )
        .toEqual([true]);
    });

    // The last one: for Playwright a refused navigation never ends.
    it('refuses to go to another address', async () => {
      const going = electron.page.evaluate((address) => {
        location.href = address;
        return new Promise((resolve) => setTimeout(resolve, 300));
      }, address);
      await going;
      const shown = () =>
        electron.app.evaluate(({ webContents }) => webContents.getAllWebContents().map((it) => it.getURL()));
      expect(await shown()).toEqual([pageAddress]);
      expect(requests).toEqual([]);
    });
  });

  describe('with its programs as utility processes', () => {
    let electron: OpenElectron;
    beforeAll(async () => {
      electron = await openElectron(environment({ XDG_DATA_HOME: join(folder, 'other-data') }));
    }, 120_000);
    afterAll(() => electron?.[Symbol.asyncDispose](), 60_000);

    const workbenchProcess = () =>
      electron.app.evaluate(({ app }) => app.getAppMetrics().find(({ name }) => name === 'Residua workbench')?.pid);

    it('exchanges messages of the contract with the workbench, and starts it again when it dies', async () => {
      expect(await call(electron, 'catalog.info', {})).toBeNull();
      const first = await workbenchProcess();
      expect(first).toBeGreaterThan(0);
      process.kill(first!, 'SIGKILL');
      await expect.poll(workbenchProcess).not.toBe(first);
      await expect.poll(() => call(electron, 'catalog.info', {}).catch(String)).toBeNull();
    });

    it('joins a utility process with the siblings that it wants, and tells it of their end', async () => {
      // Only the first probe (the processor) is let compute.
      const stop = await electron.app.evaluateHandle(({ app }) => {
        let first: number | undefined;
        return setInterval(() => {
          for (const { name, pid } of app.getAppMetrics()) {
            if (name !== 'Residua device probe') continue;
            first ??= pid;
            if (pid !== first) process.kill(pid, 'SIGKILL');
          }
        }, 100);
      });
      const { devices } = await call(electron, 'devices.list', {});
      await stop.evaluate((timer) => clearInterval(timer));
      expect(devices[0]).toMatchObject({ device: 'cpu', usable: true, reason: null });
      expect(devices[0]!.milliseconds).toBeGreaterThan(0);
      const ended = devices.filter(({ reason }) => reason?.includes('ended the process'));
      expect(ended.length).toBeGreaterThan(0);
    });
  });

  /** Calls a method of the contract as the page does. */
  async function call<M extends MethodName>({ page }: OpenElectron, method: M, request: Request<M>) {
    const answer = await page.evaluate(
      async ({ method, bytes }) => {
        const { send } = (globalThis as unknown as WithBridge).residua;
        const answer = await send('workbench.call', { method, packed: Uint8Array.from(bytes) });
        return 'packed' in answer ? { bytes: [...answer.packed] } : { failed: answer.failure.words };
      },
      { method: method as MethodName, bytes: [...pack(request)] },
    );
    if (answer.bytes === undefined) throw new Error(answer.failed);
    return unpack(Uint8Array.from(answer.bytes)) as Response<M>;
  }
});
