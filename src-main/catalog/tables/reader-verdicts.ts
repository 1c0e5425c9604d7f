// Table `reader_verdicts`: what each reader says of an image now, whoever's verdict is in force.
import type { Catalog } from '../catalog.ts';
import type { Decision } from './verdicts.ts';

/** A reader's own verdict on an image. */
export interface ReaderVerdict {
  readonly image: number;
  readonly reader: string;
  readonly decision: Decision;
  readonly reason: string | null;
  /** Given without seeing the others'. */
  readonly blind: boolean;
  readonly at: string;
}

/**
 * The own verdict of each reader: their last decision that was not undone, a blind one before an open one, which they may have
 * given after they had seen the others'. Of an undone step every reversal that changed an image counts once.
 */
const ownVerdicts = (where: string, reversals: string): string => `
  WITH RECURSIVE reversals (root, step) AS (
    SELECT a.target, a.id FROM actions a JOIN actions d ON d.id = a.target
    WHERE a.kind = 'undo' AND d.kind = 'decide' AND ${reversals}
    UNION ALL SELECT r.root, a.id FROM reversals r JOIN actions a ON a.target = r.step
  )
  SELECT image, reviewer AS reader, id AS verdict, decision, blind FROM (
    SELECT v.image, v.reviewer, v.id, v.decision, v.role = 'blind' AS blind,
      row_number() OVER (PARTITION BY v.image, v.reviewer ORDER BY v.role = 'blind' DESC, v.id DESC) AS place
    FROM verdicts v
    WHERE v.restores IS NULL AND v.role <> 'adjudicated' AND ${where} AND (
      SELECT count(*) FROM reversals r JOIN verdicts u INDEXED BY verdicts_image ON u.image = v.image AND u.action = r.step
      WHERE r.root = v.action) % 2 = 0
  ) WHERE place = 1 AND decision IS NOT NULL`;

/** Notes what the reader of a step says now of its images. To be called in the transaction of the step. */
export function noteReaderVerdicts(catalog: Catalog, action: number, reader: string): void {
  const images = 'image IN (SELECT image FROM verdicts WHERE action = @action)';
  catalog.run(`DELETE FROM reader_verdicts WHERE reader = @reader AND ${images}`, { action, reader });
  catalog.run(
    `INSERT INTO reader_verdicts (image, reader, verdict, decision, blind)
     ${ownVerdicts(`v.reviewer = @reader AND v.${images}`, 'a.reviewer = @reader')}`,
    { action, reader },
  );
}

/** The same for a new decision, which needs no look at what was before. */
export function noteDecision(catalog: Catalog, action: number): void {
  catalog.run(
    `INSERT INTO reader_verdicts (image, reader, verdict, decision, blind)
     SELECT image, reviewer, id, decision, role = 'blind' FROM verdicts WHERE action = @action
     ON CONFLICT (image, reader) DO UPDATE SET verdict = excluded.verdict, decision = excluded.decision, blind = excluded.blind
     WHERE excluded.blind >= reader_verdicts.blind`,
    { action },
  );
}

/** Images on which a reader's own verdict is not the one that follows from what they decided and undid. */
export function readerFaults(catalog: Catalog): readonly string[] {
  const stored = 'SELECT image, reader, verdict, decision, blind FROM reader_verdicts';
  const derived = `SELECT * FROM (${ownVerdicts('true', 'true')})`;
  const images = catalog.column<number>(
    `SELECT DISTINCT image FROM (SELECT * FROM (${stored} EXCEPT ${derived}) UNION SELECT * FROM (${derived} EXCEPT ${stored}))`,
  );
  return images.map((image) => `a reader's own verdict on image ${image} is not their last`);
}

/** Own verdicts in the order of images and readers; of one work list's images, of one reader, or all. */
export function readerVerdicts(
  catalog: Catalog,
  {
    list,
    reader,
    images,
  }: { readonly list?: number; readonly reader?: string; readonly images?: ArrayLike<number> } = {},
): readonly ReaderVerdict[] {
  return catalog
    .all<Omit<ReaderVerdict, 'blind'> & { readonly blind: number }>(
      `SELECT r.image, r.reader, r.decision, v.reason, r.blind, v.at
       FROM reader_verdicts r JOIN verdicts v ON v.id = r.verdict
       WHERE (@list IS NULL OR r.image IN (SELECT image FROM work_list_images WHERE list = @list))
         AND (@reader IS NULL OR r.reader = @reader)
         AND (@images IS NULL OR r.image IN (SELECT value FROM json_each(@images)))
       ORDER BY r.image, r.reader`,
      {
        list: list ?? null,
        reader: reader ?? null,
        images: images === undefined ? null : JSON.stringify(Array.from(images)),
      },
    )
    .map((row) => ({ ...row, blind: row.blind === 1 }));
}

/** What an agreement needs of an own verdict. */
export type ReaderDecision = Pick<ReaderVerdict, 'image' | 'reader' | 'decision' | 'blind'> & {
  readonly kind: string | null;
};

/** The own verdicts of a list's images, or of all, with the kinds of their images. */
export function readerDecisions(catalog: Catalog, list?: number): readonly ReaderDecision[] {
  return catalog
    .all<Omit<ReaderDecision, 'blind'> & { readonly blind: number }>(
      `SELECT r.image, r.reader, r.decision, r.blind, i.kind FROM reader_verdicts r JOIN images i ON i.id = r.image
       WHERE @list IS NULL OR r.image IN (SELECT image FROM work_list_images WHERE list = @list)`,
      { list: list ?? null },
    )
    .map((row) => ({ ...row, blind: row.blind === 1 }));
}

/** Images on which own verdicts differ and about which nobody has adjudicated since the last of them; of one list or all. */
export function unsettledImages(catalog: Catalog, list?: number): readonly number[] {
  return catalog.column<number>(
    `SELECT r.image FROM reader_verdicts r
     WHERE @list IS NULL OR r.image IN (SELECT image FROM work_list_images WHERE list = @list)
     GROUP BY r.image HAVING min(r.decision) <> max(r.decision) AND max(r.verdict) > coalesce(
       (SELECT max(v.id) FROM verdicts v JOIN current_verdicts c ON c.verdict = v.id
        WHERE v.image = r.image AND v.role = 'adjudicated'), 0)
     ORDER BY r.image`,
    { list: list ?? null },
  );
}

/** A step of decisions: who, when, about how many images. */
export interface DecisionStep {
  readonly reader: string;
  readonly at: string;
  readonly images: number;
}

/** The steps of all readers in the order of their times, adjudications left out; of one list, or all. */
export function decisionSteps(catalog: Catalog, list?: number): readonly DecisionStep[] {
  return catalog.all(
    `SELECT a.reviewer AS reader, a.at, count(*) AS images FROM actions a JOIN verdicts v ON v.action = a.id
     WHERE a.kind = 'decide' AND v.role <> 'adjudicated'
       AND (@list IS NULL OR v.image IN (SELECT image FROM work_list_images WHERE list = @list))
     GROUP BY a.id ORDER BY a.at, a.id`,
    { list: list ?? null },
  );
}

/** Whether a reader's decision about an image at that very time is known already: the same decision met again. */
export function knowsVerdict(
  catalog: Catalog,
  verdict: { readonly image: number; readonly reader: string; readonly at: string; readonly decision: Decision },
): boolean {
  const sql = `SELECT count(*) FROM verdicts WHERE image = @image AND reviewer = @reader AND at = @at AND decision = @decision
    AND restores IS NULL`;
  return catalog.column<number>(sql, { ...verdict })[0]! > 0;
}
