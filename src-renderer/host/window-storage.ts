// What one window remembers when it is loaded again, and no other window knows: the reviewer's name.

const reviewerKey = 'reviewer';

/** The name that was entered in this window; null before. */
export const readWindowReviewer = (): string | null => sessionStorage.getItem(reviewerKey);

export const writeWindowReviewer = (name: string): void => sessionStorage.setItem(reviewerKey, name);
