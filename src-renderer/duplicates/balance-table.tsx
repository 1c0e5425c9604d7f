// The parts of a split side by side: images and patients, and how each divides by kind, sex, age and scanner.
import { HTMLTable } from '@blueprintjs/core';
import type { Response } from '../../src-preload/contract.ts';
import { classNames } from '../class-names.ts';
import { Note } from '../jobs/dialogs/fields.tsx';
import { countOf } from '../review.tsx';
import styles from './balance-table.module.css';

type Preview = Response<'cohorts.preview'>;
type Part = Preview['parts'][number];

interface Group {
  readonly title: string;
  readonly countsOf: (part: Part) => Part['kinds'];
}

const groups: readonly Group[] = [
  { title: 'kind', countsOf: ({ kinds }) => kinds },
  { title: 'sex', countsOf: ({ sexes }) => sexes },
  { title: 'scanner', countsOf: ({ scanners }) => scanners },
];

/** Values of a group that are listed; the rest is summed up. */
const mostValues = 8;

export function BalanceTable({ preview, byPatient }: { readonly preview: Preview; readonly byPatient: boolean }) {
  const { parts, images, unknownPatients } = preview;
  const ages = parts.some(({ age }) => age !== null);
  return (
    <>
      <div className={styles.frame}>
        <HTMLTable compact className={classNames(styles.table)} aria-label="Balance of the parts">
          <thead>
            <tr>
              <th scope="col">balance</th>
              {parts.map(({ name }) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">images</th>
              {parts.map((part) => (
                <td key={part.name}>{shareText(part.images, images)}</td>
              ))}
            </tr>
            <tr>
              <th scope="row">patients</th>
              {parts.map(({ name, patients }) => (
                <td key={name}>{patients.toLocaleString('en')}</td>
              ))}
            </tr>
            {groups.flatMap((group) => linesOf(group, parts))}
            {ages ? (
              <tr>
                <th scope="row">age, median (quartiles)</th>
                {parts.map(({ name, age }) => (
                  <td key={name}>
                    {age === null
                      ? '–'
                      : `${Math.round(age.median)} (${Math.round(age.lower)} to ${Math.round(age.upper)})`}
                  </td>
                ))}
              </tr>
            ) : null}
          </tbody>
        </HTMLTable>
      </div>
      {byPatient && unknownPatients > 0 ? (
        <Note warning>
          The patients of {unknownPatients.toLocaleString('en')} of {countOf(images)} are not known: each is dealt
          alone, and one person's images may be in several parts.
        </Note>
      ) : null}
    </>
  );
}

const shareText = (count: number, of: number): string =>
  `${count.toLocaleString('en')} (${of === 0 ? 0 : ((100 * count) / of).toFixed(1)} %)`;

/** A line for each value; none where nothing is known of any image. */
function linesOf({ title, countsOf }: Group, parts: readonly Part[]) {
  const totals = new Map<string | null, number>();
  for (const part of parts) {
    for (const { value, images } of countsOf(part)) totals.set(value, (totals.get(value) ?? 0) + images);
  }
  const values = [...totals].toSorted((a, b) => b[1] - a[1]).map(([value]) => value);
  if (values.every((value) => value === null)) return [];
  const listed = new Set(values.slice(0, mostValues));
  const count = (part: Part, fits: (value: string | null) => boolean) =>
    countsOf(part).reduce((sum, { value, images }) => sum + (fits(value) ? images : 0), 0);
  const line = (label: string, fits: (value: string | null) => boolean) => (
    <tr key={`${title} ${label}`}>
      <th scope="row">
        {title} {label}
      </th>
      {parts.map((part) => (
        <td key={part.name}>{shareText(count(part, fits), part.images)}</td>
      ))}
    </tr>
  );
  return [
    ...[...listed].map((each) => line(each ?? 'not known', (value) => value === each)),
    ...(values.length > mostValues
      ? [line(`of ${values.length - mostValues} others`, (value) => !listed.has(value))]
      : []),
  ];
}
