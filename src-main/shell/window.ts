// The one window: its position on the screen and its page.
import { join } from 'node:path';
import { app, BrowserWindow, screen } from 'electron';
import { pageAddress, refuseByPage } from './refusals.ts';
import type { Remembered } from './remembered.ts';

/** In memory only: nothing that the page has shown is stored on disk. */
export const pagePartition = 'residua';

/** Opens the window at its last position, if that is still on a screen. It is shown once the page is drawn. */
export function openWindow({ bounds }: Remembered): BrowserWindow {
  const isOnScreen =
    bounds !== undefined &&
    screen.getAllDisplays().some(({ workArea: { x, y, width, height } }) => {
      const [middle, top] = [bounds.x + bounds.width / 2, bounds.y + 10];
      return middle >= x && middle < x + width && top >= y && top < y + height;
    });
  const window = new BrowserWindow({
    ...(isOnScreen ? bounds : { width: 1440, height: 900 }),
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: 'Residua',
    backgroundColor: '#1c2127',
    webPreferences: {
      preload: join(app.getAppPath(), 'out/preload/preload.cjs'),
      partition: pagePartition,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      // Its dictionaries would be downloaded.
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  refuseByPage(window.webContents);
  window.once('ready-to-show', () => window.show());
  void window.loadURL(pageAddress);
  return window;
}

/** Brings a window to the front. */
export function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
