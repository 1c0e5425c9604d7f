// Electron's main process: one window, one workbench, and nothing that computes or opens a file from outside.
import { join } from 'node:path';
import {
  app,
  type BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  Notification,
  nativeTheme,
  protocol,
  safeStorage,
  session,
  shell,
} from 'electron';
import { eventChannel } from '../../src-preload/bridge.ts';
import { type EventName, events } from '../../src-preload/contract.ts';
import { dataFolder, defaultCatalogFolder } from '../platform/default-folders.ts';
import { launchNode } from '../platform/process.ts';
import { inWords } from '../platform/words.ts';
import { readPageFiles } from '../serve/page-files.ts';
import { answerCall, failureMessage } from '../serve/page-requests.ts';
import { blindSessions } from '../workbench/blind-sessions.ts';
import { openOrCreateCatalog, startWorkbench, type WorkbenchProcess } from '../workbench/client.ts';
import { isOurPage, registerChannels } from './channel-table.ts';
import { choosePath } from './choose-path.ts';
import { commandLine } from './command-line.ts';
import { ShellKeychain } from './keychain.ts';
import { type MenuActions, menuTemplate } from './menus.ts';
import { declarePageScheme, servePage } from './page-protocol.ts';
import { refuseBySession, switchOffNetwork } from './refusals.ts';
import { type Remembered, recall, remember } from './remembered.ts';
import { openShellLog } from './shell-log.ts';
import { taskBarProgress } from './task-bar.ts';
import { utilityLauncher } from './utility-launcher.ts';
import { bringForward, openWindow, pagePartition } from './window.ts';

app.setName('Residua');
app.setPath('userData', join(dataFolder(), 'window'));
app.setAppLogsPath(join(dataFolder(), 'logs'));
const rememberedFile = join(dataFolder(), 'window.json');
const credentialsFile = join(dataFolder(), 'pacs-credentials.json');
const log = openShellLog(join(dataFolder(), 'logs', 'residua.log'));

// Containers without user namespaces start it with --no-sandbox; pages have no access to Node either way.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
switchOffNetwork(app);
declarePageScheme(protocol);
nativeTheme.themeSource = 'dark';
if (process.platform === 'win32') app.setAppUserModelId('org.residua.workstation');

// A second instance ends here: the first one is notified and shows its window.
if (app.requestSingleInstanceLock()) {
  app.whenReady().then(open).catch(giveUp);
} else {
  app.quit();
}

/** Says in a system dialog why nothing can be shown. */
function giveUp(error: unknown): void {
  dialog.showErrorBox('Residua cannot start', inWords(error));
  app.exit(1);
}

async function open(): Promise<void> {
  log(`Residua ${app.getVersion()} on Electron ${process.versions.electron}, ${process.platform} ${process.arch}`);
  const page = readPageFiles(join(app.getAppPath(), 'out/renderer'));
  const remembered = recall(rememberedFile);
  const workbench = startWorkbench(launcher(), { resume: true });
  const keychain = new ShellKeychain(credentialsFile, safeStorage);
  const signIn = () => signInEverywhere(workbench, keychain);
  // Runs that resume with the catalog may need them.
  const opened = signIn().then(() => openFirstCatalog(workbench, remembered));
  workbench.onDeath(() => void signIn());

  const pageSession = session.fromPartition(pagePartition);
  refuseBySession(pageSession);
  servePage(pageSession.protocol, page, workbench);
  // The page requests the open catalog at once.
  const failure = await opened;
  const window = openWindow(remembered);
  if (failure !== null) void dialog.showMessageBox(window, { type: 'warning', message: failure });
  connect(window, workbench, keychain);

  app.on('second-instance', () => bringForward(window));
  app.on('render-process-gone', (_event, _page, { reason }) => {
    log(`the page ended: ${reason}`);
    if (reason !== 'clean-exit' && !window.isDestroyed()) window.reload();
  });
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => log(`${type} process: ${reason} ${exitCode}`));
  window.on('close', () => void keep({ bounds: window.getNormalBounds() }));
  app.on('window-all-closed', () => app.quit());
  endWithWorkbench(workbench);
}

/**
 * How programs are started: as utility processes. In development, `RESIDUA_NODE` names a Node that runs them instead;
 * a packaged program starts nothing that a variable names.
 */
function launcher() {
  const node = app.isPackaged ? undefined : process.env.RESIDUA_NODE;
  const onErrorLine = (line: string) => {
    if (!app.isPackaged) console.error(line);
  };
  return node === undefined
    ? utilityLauncher(onErrorLine)
    : (program: URL) => launchNode(program, onErrorLine, { execPath: node });
}

/** Opens the last catalog, or the named or default one. Returns the reason in words when it cannot. */
async function openFirstCatalog(workbench: WorkbenchProcess, { catalog }: Remembered): Promise<string | null> {
  try {
    if (process.env.RESIDUA_CATALOG === undefined && catalog !== undefined) {
      await workbench.call('catalog.open', { folder: catalog });
    } else {
      await openOrCreateCatalog(workbench, defaultCatalogFolder());
    }
    return null;
  } catch (error) {
    return inWords(error);
  }
}

/** Gives the workbench the credentials that the keychain has. */
async function signInEverywhere(workbench: WorkbenchProcess, keychain: ShellKeychain): Promise<void> {
  for (const each of keychain.all()) {
    await workbench.call('pacs.authorise', each).catch((error) => log(`credentials cannot be used: ${inWords(error)}`));
  }
}

function keep(news: Remembered): Promise<void> {
  return remember(rememberedFile, news).catch((error) => log(`window.json cannot be written: ${error.code}`));
}

/** The desktop has one window, so that its reading is the program's. */
const onlyWindow = 'desktop';

/** Connects the window and the workbench: channels, events, menus. */
function connect(window: BrowserWindow, workbench: WorkbenchProcess, keychain: ShellKeychain): void {
  const rememberCatalog = async () => {
    const info = await workbench.call('catalog.info', {});
    if (info !== null) await keep({ catalog: info.folder });
    await showMenus();
  };
  const changeCatalog = async (method: 'catalog.open' | 'catalog.create', recent?: string) => {
    const isNew = method === 'catalog.create';
    if (!(await leavesCatalog(window, workbench))) return;
    const folder = recent ?? (await choosePath(window, isNew ? 'new' : 'folder'));
    if (folder === null) return;
    try {
      await (isNew ? openOrCreateCatalog(workbench, folder) : workbench.call('catalog.open', { folder }));
      await rememberCatalog();
      window.reload();
    } catch (error) {
      void dialog.showMessageBox(window, { type: 'warning', message: inWords(error) });
    }
  };

  const sessions = blindSessions(workbench);
  registerChannels(
    ipcMain,
    {
      async 'workbench.call'({ method, packed }) {
        try {
          const answer = await answerCall(sessions.as(onlyWindow), method, packed);
          if (method === 'catalog.open' || method === 'catalog.create') await rememberCatalog();
          return { packed: answer };
        } catch (error) {
          return { failure: failureMessage(error) };
        }
      },
      'path.choose': ({ what }) => choosePath(window, what),
      'keychain.available': async () => keychain.available,
      'keychain.keep': async ({ url, credentials }) => {
        await keychain.keep(url, credentials);
      },
      async 'notice.show'({ title, text }) {
        const notice = new Notification({ title, body: text });
        notice.on('click', () => bringForward(window));
        notice.show();
      },
    },
    (sender) => isOurPage(sender, window.isDestroyed() ? undefined : window.webContents.id),
  );
  for (const event of Object.keys(events) as EventName[]) {
    workbench.on(event, (value) => {
      if (!window.isDestroyed() && sessions.hears(onlyWindow, event, value))
        window.webContents.send(eventChannel, event, value);
    });
  }
  const bar = taskBarProgress();
  const show = (progress: number | null) => {
    if (progress !== null && !window.isDestroyed()) window.setProgressBar(progress);
  };
  workbench.on('run.progress', (event) => show(bar.progress(event)));
  workbench.on('run.changed', (event) => show(bar.changed(event)));
  workbench.onDeath(() => log('the workbench ended and was started again'));
  const actions: MenuActions = {
    newCatalog: () => void changeCatalog('catalog.create'),
    openCatalog: () => void changeCatalog('catalog.open'),
    openRecent: (folder) => void changeCatalog('catalog.open', folder),
    showDataFolder: () => void shell.openPath(dataFolder()),
    showLogFolder: () => void shell.openPath(app.getPath('logs')),
    showCommandLine: () => void showCommandLine(window),
    showLicences: () => void shell.openPath(licences()),
  };
  // Again with every catalog that is opened: it is a recent one then.
  const showMenus = async () => {
    const { catalogs: recent } = await workbench.call('catalog.recent', {});
    const facts = { mac: process.platform === 'darwin', packaged: app.isPackaged, recent };
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, facts)));
  };
  showMenus().catch((error) => log(`the menus cannot be shown: ${inWords(error)}`));
}

/** Asks whether to switch catalogs where that would stop a job. */
async function leavesCatalog(window: BrowserWindow, workbench: WorkbenchProcess): Promise<boolean> {
  if ((await workbench.call('catalog.info', {})) === null) return true;
  const { runs } = await workbench.call('runs.list', {});
  const running = runs.filter(({ state }) => state === 'running');
  if (running.length === 0) return true;
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: running.length === 1 ? 'A job is running.' : `${running.length} jobs are running.`,
    detail: `Switching catalogs stops ${running.map(({ title }) => title).join(', ')}. Stopped jobs resume when this catalog is opened again.`,
    buttons: ['Switch', 'Stay'],
    defaultId: 1,
    cancelId: 1,
  });
  return response === 0;
}

/** Shows the path of this package's command line, to be copied. */
async function showCommandLine(window: BrowserWindow): Promise<void> {
  const program = commandLine(process.resourcesPath, process.platform);
  const { response } = await dialog.showMessageBox(window, {
    message: 'The command line can do everything that the window can.',
    detail: `${program}\n\nWith --help it lists its commands; "qualify" checks this installation, "serve" is this window in a browser.`,
    buttons: ['Copy', 'Close'],
    defaultId: 1,
    cancelId: 1,
  });
  if (response === 0) clipboard.writeText(program);
}

/** The licences of everything bundled; a file of the package, outside its archive. */
function licences(): string {
  return app.isPackaged
    ? join(process.resourcesPath, 'THIRD-PARTY.txt')
    : join(app.getAppPath(), 'out/THIRD-PARTY.txt');
}

/** Quits after the workbench has ended: runs are stopped so that they can resume, and the catalog is closed. */
function endWithWorkbench(workbench: WorkbenchProcess): void {
  let ended = false;
  app.on('before-quit', (event) => {
    if (ended) return;
    event.preventDefault();
    const leave = () => {
      ended = true;
      log('ended');
      app.quit();
    };
    workbench[Symbol.asyncDispose]().then(leave, leave);
  });
}
