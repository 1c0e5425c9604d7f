// Days, weeks and months, each by its first day.

/** The first day (YYYY-MM-DD) of the period that a day is in; weeks begin on Monday, as in ISO 8601. */
export function periodOf(day: string, period: 'day' | 'week' | 'month'): string {
  if (period === 'day') return day;
  if (period === 'month') return `${day.slice(0, 7)}-01`;
  return weekOf(day);
}

const weeks = new Map<string, string>();

/** Looked up once per day: an archive has a hundred thousand images and some thousand days. */
function weekOf(day: string): string {
  const known = weeks.get(day);
  if (known !== undefined) return known;
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  const first = date.toISOString().slice(0, 10);
  weeks.set(day, first);
  return first;
}
