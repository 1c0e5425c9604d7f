// Tables `masks` and `dice`: segmentations beside images, and how well predicted ones agree with their references.
import { Problem } from '../../platform/errors.ts';
import type { Catalog } from '../catalog.ts';
import type { ScanStatistic } from './scan-scores.ts';
import type { ScoreName } from './scores.ts';

/** `region`: what mask scores look at. `predicted` and `reference`: a segmentation under test and its truth. */
export type MaskRole = 'region' | 'predicted' | 'reference';

/** Where a mask is; a frame of a file, which may be in a zip. */
export interface Mask {
  readonly role: MaskRole;
  readonly file: string;
  readonly inside: readonly string[];
  /** From 0. */
  readonly frame: number;
}

/** Names the mask of an image; one of the same role is replaced. */
export function setMask(catalog: Catalog, image: number, { role, file, inside, frame }: Mask): void {
  catalog.run(
    `INSERT INTO masks (image, role, file, inside, frame) VALUES (@image, @role, @file, @inside, @frame)
     ON CONFLICT DO UPDATE SET file = excluded.file, inside = excluded.inside, frame = excluded.frame`,
    { image, role, file, inside: JSON.stringify(inside), frame },
  );
}

/** The masks of an image. */
export function masksOf(catalog: Catalog, image: number): readonly Mask[] {
  return catalog
    .all<Omit<Mask, 'inside'> & { readonly inside: string }>(
      'SELECT role, file, inside, frame FROM masks WHERE image = @image ORDER BY role',
      { image },
    )
    .map((row) => ({ ...row, inside: JSON.parse(row.inside) as string[] }));
}

/** What a Dice value is about: one image or a whole scan. */
export type DiceSubject = { readonly image: number } | { readonly scan: number };

/** The Dice coefficient (0..1) of one structure; one of the same subject and structure is replaced. */
export type DiceValue = DiceSubject & {
  readonly structure: string;
  readonly value: number;
  /** The CSV it came from, or the program that computed it. */
  readonly source: string;
};

/** Stores Dice values in one transaction. Throws `usage` for a value outside 0..1. */
export function setDice(catalog: Catalog, values: readonly DiceValue[]): void {
  catalog.transaction(() => {
    for (const dice of values) {
      if (!(dice.value >= 0 && dice.value <= 1)) {
        throw new Problem('usage', { message: 'a Dice coefficient lies between 0 and 1' });
      }
      const image = 'image' in dice ? dice.image : null;
      const scan = 'scan' in dice ? dice.scan : null;
      catalog.run(
        `INSERT INTO dice (image, scan, structure, value, source) VALUES (@image, @scan, @structure, @value, @source)
         ON CONFLICT DO UPDATE SET value = excluded.value, source = excluded.source`,
        { image, scan, structure: dice.structure, value: dice.value, source: dice.source },
      );
    }
  });
}

/** All Dice values of a structure, of images or of scans, lowest first. */
export function listDice(
  catalog: Catalog,
  subject: 'image' | 'scan',
  structure: string,
): readonly { readonly subject: number; readonly value: number }[] {
  return catalog.all(diceQueries[subject], { structure });
}

const diceQueries = {
  image: `SELECT image AS subject, value FROM dice WHERE structure = @structure AND image IS NOT NULL ORDER BY value, image`,
  scan: `SELECT scan AS subject, value FROM dice WHERE structure = @structure AND scan IS NOT NULL ORDER BY value, scan`,
} as const;

/** The images that have both a predicted and a reference mask, in the order of their ids, with the scans they belong to. */
export function comparableImages(
  catalog: Catalog,
): readonly { readonly image: number; readonly scan: number | null }[] {
  return catalog.all(
    `SELECT i.id AS image, i.scan FROM masks p JOIN masks r ON r.image = p.image AND r.role = 'reference'
     JOIN images i ON i.id = p.image WHERE p.role = 'predicted' ORDER BY i.id`,
  );
}

/** Every structure that has a Dice value, and of how many images and scans. */
export function listStructures(
  catalog: Catalog,
): readonly { readonly name: string; readonly images: number; readonly scans: number }[] {
  return catalog.all(
    `SELECT structure AS name, count(image) AS images, count(scan) AS scans FROM dice
     GROUP BY structure ORDER BY structure`,
  );
}

/** A scan, or an image whose scan has no Dice, with its score and its Dice. */
export interface SegmentedCase {
  /** Of a scan: its highest-scoring slice. */
  readonly image: number;
  readonly scan: number | null;
  readonly name: string;
  readonly slices: number;
  readonly score: number;
  readonly dice: number;
  /** Why that slice is anomalous, where the score's run says. */
  readonly why: string | null;
  readonly patient: string | null;
}

const why = "(SELECT reason || coalesce(' ' || place, '') FROM reasons WHERE image = i.id AND run = @run) AS why";
const caseQuery = (statistic: string) => `
  SELECT i.id AS image, s.scan, i.name, s.slices, s.${statistic} AS score, d.value AS dice, ${why}, i.patient
  FROM dice d
  JOIN scan_scores s ON s.scan = d.scan AND s.run = @run AND s.score = @score
  JOIN images i ON i.id = (
    SELECT own.id FROM images own JOIN scores v ON v.image = own.id AND v.run = @run AND v.score = @score
    WHERE own.scan = s.scan ORDER BY v.value DESC, own.id LIMIT 1)
  WHERE d.structure = @structure
  UNION ALL
  SELECT i.id, NULL, i.name, 1, s.value, d.value, ${why}, i.patient
  FROM dice d
  JOIN images i ON i.id = d.image
  JOIN scores s ON s.image = i.id AND s.run = @run AND s.score = @score AND s.value IS NOT NULL
  WHERE d.structure = @structure
    AND NOT EXISTS (SELECT 1 FROM dice whole WHERE whole.structure = @structure AND whole.scan = i.scan)
  ORDER BY score DESC, image`;
const caseQueries: { readonly [S in ScanStatistic]: string } = {
  maximum: caseQuery('maximum'),
  mean: caseQuery('mean'),
  percentile95: caseQuery('percentile95'),
};

/** Everything that has both the score and a Dice of the structure, highest score first. */
export function segmentedCases(
  catalog: Catalog,
  name: ScoreName,
  by: ScanStatistic,
  structure: string,
): readonly SegmentedCase[] {
  const rows = catalog.all<SegmentedCase>(caseQueries[by], { ...name, structure });
  // Slices of one file are named after it and their number.
  return rows.map((row) => (row.scan === null ? row : { ...row, name: row.name.replace(/ #\d+$/, '') }));
}
