// The system's dialogs for a folder or file: the only way by which a path gets into the page without being typed.
import { type BrowserWindow, dialog } from 'electron';

export type PathKind = 'folder' | 'file' | 'new';

/** Asks for an existing folder or file, or the path of a new one. Null: cancelled. */
export async function choosePath(window: BrowserWindow, what: PathKind): Promise<string | null> {
  if (what === 'new') {
    const { canceled, filePath } = await dialog.showSaveDialog(window, { properties: ['showOverwriteConfirmation'] });
    return canceled || !filePath ? null : filePath;
  }
  const properties = what === 'folder' ? (['openDirectory', 'createDirectory'] as const) : (['openFile'] as const);
  const { canceled, filePaths } = await dialog.showOpenDialog(window, { properties: [...properties] });
  return canceled ? null : (filePaths[0] ?? null);
}
