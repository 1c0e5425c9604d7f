// Table `image_origins`: which device made an image, where and when; scores of images with it, for what is followed over time.
import type { Catalog } from '../catalog.ts';

/** As far as the file says; `acquired` is a day, YYYY-MM-DD. */
export interface Origin {
  readonly manufacturer?: string | undefined;
  readonly model?: string | undefined;
  readonly station?: string | undefined;
  readonly institution?: string | undefined;
  readonly acquired?: string | undefined;
}

/** Notes the origin of an image, in place of what was noted before. */
export function noteOrigin(catalog: Catalog, image: number, origin: Origin): void {
  const { manufacturer = null, model = null, station = null, institution = null, acquired = null } = origin;
  catalog.run(
    `INSERT INTO image_origins (image, manufacturer, model, station, institution, acquired)
     VALUES (@image, @manufacturer, @model, @station, @institution, @acquired)
     ON CONFLICT DO UPDATE SET manufacturer = excluded.manufacturer, model = excluded.model, station = excluded.station,
       institution = excluded.institution, acquired = excluded.acquired`,
    { image, manufacturer, model, station, institution, acquired },
  );
}

/** What scores can be told apart by, and the SQL of each. Nothing here names a person. */
const groupings = {
  scanner: `nullif(trim(coalesce(o.manufacturer, '') || ' ' || coalesce(o.model, '')), '')`,
  manufacturer: 'o.manufacturer',
  station: 'o.station',
  institution: 'o.institution',
  modality: 'i.modality',
  'body part': 'i.body_part',
  kind: 'i.kind',
  source: 'f.source',
} as const;

/** The joins that an expression needs: each costs a look-up per image. */
function joinsOf(...expressions: readonly string[]): string {
  const needs = (table: string) => expressions.some((each) => each.includes(`${table}.`));
  return [
    needs('i') || needs('f') ? 'JOIN images i ON i.id = s.image' : '',
    needs('f') ? 'JOIN files f ON f.id = i.file' : '',
    needs('o') ? 'LEFT JOIN image_origins o ON o.image = s.image' : '',
  ].join(' ');
}
export type Grouping = keyof typeof groupings;

/** A value of a score with the group and the day of its image. */
export interface DatedScore {
  readonly image: number;
  readonly value: number;
  readonly grouping: string | null;
  /** YYYY-MM-DD; null where the file does not say when it was made. */
  readonly day: string | null;
}

/** The values of a score of the newest run that gave each image one, with their groups and days. */
export function datedScores(
  catalog: Catalog,
  score: string,
  by: Grouping,
  time: 'acquired' | 'imported',
): readonly DatedScore[] {
  const runs = catalog.column<number>(
    `SELECT id FROM runs r WHERE EXISTS (SELECT 1 FROM scores s WHERE s.run = r.id AND s.score = @score LIMIT 1) ORDER BY id DESC`,
    { score },
  );
  const seen = new Set<number>();
  const [group, day] = [groupings[by], time === 'acquired' ? 'o.acquired' : 'substr(f.imported_at, 1, 10)'];
  return runs.flatMap((run) =>
    catalog
      .all<DatedScore>(
        `SELECT s.image, s.value, ${group} AS grouping, ${day} AS day FROM scores s ${joinsOf(group, day)}
         WHERE s.run = @run AND s.score = @score AND s.value IS NOT NULL`,
        { run, score },
      )
      .filter(({ image }) => {
        if (runs.length === 1) return true;
        if (seen.has(image)) return false;
        seen.add(image);
        return true;
      }),
  );
}

/** Of a score in a run: the values of images that no earlier run gave one, which are new. */
export function newScores(catalog: Catalog, run: number, score: string): readonly number[] {
  return catalog.column<number>(
    `SELECT s.value FROM scores s WHERE s.run = @run AND s.score = @score AND s.value IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM scores e WHERE e.image = s.image AND e.run < @run AND e.score = @score AND e.value IS NOT NULL)`,
    { run, score },
  );
}
