// Tables of readers, as `residua readers` prints them.
import { intervalText } from '../../src-preload/interval-text.ts';
import type { Difference, ReadersAgreement, WorkList } from '../../src-preload/schemas/readers.ts';

type Row = readonly (string | number)[];
type Table = readonly [header: readonly string[], rows: readonly Row[]];

export const listsTable = (lists: readonly WorkList[]): Table => [
  ['list', 'reader', 'read', 'images', 'how'],
  lists.map(({ name, reader, read, images, blind, secondOf }) => [
    ...[name, reader, read, images],
    secondOf === null ? (blind ? 'blind' : 'open') : `blind, second reading of ${secondOf.name}`,
  ]),
];

export function agreementTables({ readers, pairs }: ReadersAgreement): readonly {
  readonly header: readonly string[];
  readonly rows: readonly Row[];
}[] {
  return [
    {
      header: ['reader', 'images', 'blind', 'keep', 'reject', 'unsure', 'seconds per image'],
      rows: readers.map(({ reader, images, blind, keep, reject, unsure, seconds }) => [
        ...[reader, images, blind, keep, reject, unsure],
        seconds === null ? '-' : seconds.toFixed(1),
      ]),
    },
    {
      header: ['readers', 'kind', 'images', 'blind', 'same', 'kappa', '95 %'],
      rows: pairs.map(({ first, second, kind, images, blind, observed, kappa, lower, upper }) => [
        ...[`${first}, ${second}`, kind ?? 'all', images, blind, `${Math.round(100 * observed)} %`],
        ...[kappa === null ? '-' : kappa.toFixed(2), intervalText(lower, upper, ' to ')],
      ]),
    },
  ];
}

export const differencesTable = (differences: readonly Difference[]): Table => [
  ['image', 'kind', 'verdicts', 'in force', 'name'],
  differences.map(({ image, kind, verdicts, inForce, name }) => [
    ...[image, kind ?? '-'],
    verdicts.map(({ reader, decision, blind }) => `${reader} ${decision}${blind ? ' (blind)' : ''}`).join(', '),
    ...[inForce ?? '-', name],
  ]),
];
