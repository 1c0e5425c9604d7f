// What a page finds around it, whoever shows it: the workbench, pictures by id, and what only a desktop window can do.
import type { Workbench } from './contract.ts';

/** A failure as a page sees it: what kind, and the words that a person reads. */
export interface FailureMessage {
  /** A kind of Problem, or null for an error of the program itself. */
  readonly kind: string | null;
  readonly words: string;
}

export interface Host extends Workbench {
  /** The address of a thumbnail of `size` pixels. */
  thumbnailUrl(image: number, size: number): string;
  /** Asks for a folder or file with the system's dialog; null in a browser, where its path is typed in. */
  readonly choosePath: ((what: 'folder' | 'file' | 'new') => Promise<string | null>) | null;
}
