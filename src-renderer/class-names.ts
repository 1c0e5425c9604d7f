// Class names as one string, for elements that have several or that are Blueprint's.

/** The names that hold, with a space between: `classNames(styles.tile, focused && styles.focused)`. */
export const classNames = (...names: readonly (string | false | null | undefined)[]): string =>
  names.filter(Boolean).join(' ');
