// The time, in the one form in which it is stored.

/** Now, in UTC, as ISO 8601 with milliseconds. */
export const now = (): string => new Date().toISOString();
