// The native menus: catalogs, text fields, size of the page, folders of this program.
import type { MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  readonly newCatalog: () => void;
  readonly openCatalog: () => void;
  readonly openRecent: (folder: string) => void;
  readonly showDataFolder: () => void;
  readonly showLogFolder: () => void;
  readonly showCommandLine: () => void;
  readonly showLicences: () => void;
}

/** What the menus depend on. */
export interface MenuFacts {
  readonly mac: boolean;
  readonly packaged: boolean;
  /** The latest first. */
  readonly recent?: readonly { readonly folder: string; readonly name: string; readonly missing: boolean }[];
}

/** The menu bar as a template. Keys of single letters belong to the page; so do undo and select-all outside macOS. */
export function menuTemplate(
  actions: MenuActions,
  { mac, packaged, recent = [] }: MenuFacts,
): MenuItemConstructorOptions[] {
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { label: '&New Catalog…', accelerator: 'CmdOrCtrl+Shift+N', click: actions.newCatalog },
        { label: '&Open Catalog…', accelerator: 'CmdOrCtrl+O', click: actions.openCatalog },
        {
          label: 'Open &Recent',
          enabled: recent.length > 0,
          submenu: recent.map(({ folder, name, missing }) => ({
            label: missing ? `${name} (missing): ${folder}` : `${name}: ${folder}`,
            enabled: !missing,
            click: () => actions.openRecent(folder),
          })),
        },
        separator,
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: mac
        ? [{ role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }]
        : [{ role: 'cut' }, { role: 'copy' }, { role: 'paste' }],
    },
    {
      label: '&View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        ...(packaged ? [] : [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const]),
      ],
    },
    ...(mac ? [{ role: 'windowMenu' } as const] : []),
    {
      label: '&Help',
      role: 'help',
      submenu: [
        { label: 'Show &Data Folder', click: actions.showDataFolder },
        { label: 'Show &Log Folder', click: actions.showLogFolder },
        ...(packaged ? [{ label: '&Command Line…', click: actions.showCommandLine }] : []),
        { label: '&Licences', click: actions.showLicences },
        ...(mac ? [] : [separator, { role: 'about' } as const]),
      ],
    },
  ];
}
