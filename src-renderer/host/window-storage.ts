// What one window remembers when it is loaded again, and no other window knows: the reviewer's name, its own key, the folder browsed last.

const reviewerKey = 'reviewer';

/** The name that was entered in this window; null before. */
export const readWindowReviewer = (): string | null => sessionStorage.getItem(reviewerKey);

export const writeWindowReviewer = (name: string): void => sessionStorage.setItem(reviewerKey, name);

const browsedKey = 'browsed folder';

/** The folder in which a path was chosen last; null before. */
export const readBrowsedFolder = (): string | null => sessionStorage.getItem(browsedKey);

export const writeBrowsedFolder = (folder: string): void => sessionStorage.setItem(browsedKey, folder);

const windowKey = 'window';

/** Tells this window from others: 128 random bits, made when it is opened. */
export function readWindowKey(): string {
  const known = sessionStorage.getItem(windowKey);
  if (known !== null) return known;
  const made = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  sessionStorage.setItem(windowKey, made);
  return made;
}
