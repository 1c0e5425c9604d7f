// The environment of a page in either face: the workbench, thumbnails by id, and what only a desktop window can do.
import type { Workbench } from './contract.ts';
import type { PacsCredentials } from './schemas/pacs.ts';

/** A failure as a page sees it: what kind, and the words that a person reads. */
export interface FailureMessage {
  /** A kind of Problem, or null for an error of the program itself. */
  readonly kind: string | null;
  readonly words: string;
}

/** Desktop notifications, for when the window is in the background. */
export interface Notifier {
  /** Whether a notification would be shown now. A browser grants permission per address, so every start of the host asks again. */
  readonly allowed: () => boolean;
  /** To be called after a click only: the browser asks for permission. False: there will be no notifications. */
  readonly allow: () => Promise<boolean>;
  /** Does nothing where notifications are not allowed. */
  readonly show: (title: string, text: string) => void;
}

/** The keychain of the system. What it keeps is used by the program, and never given back to the page. */
export interface Keychain {
  /** False where the system has no such place. */
  readonly available: () => Promise<boolean>;
  /** Keeps the credentials of a DICOMweb service, for this and later starts. */
  readonly keep: (url: string, credentials: PacsCredentials) => Promise<void>;
}

export interface Host extends Workbench {
  /** Several people may have windows of it, each in a browser of their own. */
  readonly isShared: boolean;
  /** The address of a thumbnail of `size` pixels. */
  thumbnailUrl(image: number, size: number): string;
  /** Null where the desktop has none. */
  readonly notifier: Notifier | null;
  /** Where the system keeps secrets; null in a browser. */
  readonly keychain: Keychain | null;
  /** Asks for a folder or file with the system's dialog; null in a browser, where its path is typed in. */
  readonly choosePath: ((what: 'folder' | 'file' | 'new') => Promise<string | null>) | null;
  /** Where a file or folder is that was dropped on the window; empty for what has no path. Null in a browser, which does not tell. */
  readonly pathOf: ((file: File) => string) | null;
}
