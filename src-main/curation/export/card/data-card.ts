// The data card for people, in Markdown: what is in an export, what is not and why, and where its numbers come from.
import type { PlainObject } from '../../../catalog/tables/runs.ts';
import { oneLine } from '../../../platform/words.ts';
import { type CardFacts, type Count, notKnown } from './card-facts.ts';

export const dataCardName = 'data-card.md';

/** Text from outside as one line that is no markup and ends no cell of a table. */
const plain = (text: string): string => oneLine(text).replaceAll(/[\\`*_{}[\]<>#|]/g, '\\$&');

const table = (headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [headings, headings.map(() => '---'), ...rows.map((row) => row.map((cell) => plain(String(cell))))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

const counts = (heading: string, rows: readonly Count[]): string => table([heading, 'Images'], rows);

/** The text of `data-card.md`. */
export function dataCard(facts: CardFacts): string {
  const { card, images, patients, unknownPatients, studies, deidentification } = facts;
  const people =
    patients === null
      ? 'Whose they are is not known.'
      : `They are of ${patients} patients${unknownPatients > 0 ? `; of ${unknownPatients} images the patient is not known` : ''}.`;
  const sections: readonly string[] = [
    `# ${plain(card.name ?? 'Images exported by Residua')}`,
    card.description === null ? '' : plain(card.description),
    `${images} images, exported as \`${facts.format}\` by ${plain(facts.program)} on ${facts.at}. ${people} ${studies > 0 ? `${studies} studies. ` : ''}For research only.`,
    '## Licence',
    card.licence === null
      ? 'None was stated. Ask who made this data set before you use it or pass it on.'
      : plain(card.licence),
    card.creator === null ? '' : `Made by ${plain(card.creator)}.`,
    '## What is in it',
    ...facts.composition
      .filter(([, rows]) => rows.some(([name]) => name !== notKnown))
      .map(([heading, rows]) => counts(heading, rows)),
    facts.patientsInSeveralSplits === null
      ? ''
      : `${facts.patientsInSeveralSplits} patients have images in more than one split.`,
    '## Scanners',
    counts('Manufacturer and model', facts.scanners),
    '## What is not in it, and why',
    facts.excluded.length === 0 ? 'Every image of the catalog is in it.' : table(['Reason', 'Images'], facts.excluded),
    '## Provenance',
    facts.scores.length === 0 ? 'No score is part of it.' : `Scores: ${facts.scores.map(plain).join(', ')}.`,
    facts.runs.length === 0
      ? ''
      : table(['Run', 'Kind', 'Network', 'SHA-256 of the network', 'Versions', 'Ended'], facts.runs.map(runRow)),
    '`manifest.json` has the parameters of each run.',
    '## Identities',
    deidentification === null
      ? 'Retained: names, dates and numbers of patients may be in these files.'
      : table(
          ['What', 'How'],
          Object.entries(deidentification).map(([what, how]) => [what, String(how)]),
        ),
    '## Check',
    '`sha256sum -c SHA256SUMS` or `residua export verify FOLDER`. `manifest.csv` lists every image; `croissant.json` says the same to programs.',
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function runRow({ id, kind, model, model_sha256, provenance, endedAt }: PlainObject): readonly (string | number)[] {
  const { versions } = (provenance ?? {}) as { readonly versions?: Readonly<Record<string, unknown>> };
  const named = Object.entries(versions ?? {}).map(([name, version]) => `${name} ${version}`);
  return [
    Number(id),
    String(kind),
    String(model ?? ''),
    String(model_sha256 ?? ''),
    named.join(', '),
    String(endedAt ?? ''),
  ];
}
