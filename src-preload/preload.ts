// The preload script of the desktop window: the only way from its page to Electron's main process.
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Bridge, ChannelName, eventChannel } from './bridge.ts';

// The schemas stay in the main process: names alone are enough here, and `satisfies` keeps them the same.
const names = [
  'workbench.call',
  'path.choose',
  'keychain.available',
  'keychain.keep',
  'notice.show',
] satisfies ChannelName[];
const events: typeof eventChannel = 'workbench.event';

const bridge: Bridge = {
  send(channel, request) {
    if (!(names as string[]).includes(channel)) return Promise.reject(new Error(`no channel ${channel}`));
    return ipcRenderer.invoke(channel, request);
  },
  pathOf: (file) => webUtils.getPathForFile(file),
  hear(listener) {
    ipcRenderer.on(events, (_event, name, value) => listener(name, value));
  },
};
contextBridge.exposeInMainWorld('residua', bridge);
