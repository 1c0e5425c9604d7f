// The studies that a PACS has found, to choose from before anything is fetched.
import { Checkbox } from '@blueprintjs/core';
import type { Response } from '../../../src-preload/contract.ts';
import { Note } from './fields.tsx';
import styles from './pacs-found.module.css';

export type Found = Response<'pacs.find'>;

interface FoundProps {
  readonly found: Found;
  /** Identifiers of the studies that are left out. */
  readonly left: ReadonlySet<string>;
  readonly onLeft: (left: ReadonlySet<string>) => void;
}

/** More rows than anybody reads: the others are fetched with them. */
const shownRows = 500;

export function PacsFound({ found, left, onLeft }: FoundProps) {
  const { studies } = found;
  if (studies.length === 0) return <Note warning>Nothing fits this query.</Note>;
  const toggle = (study: string) => {
    const after = new Set(left);
    if (!after.delete(study)) after.add(study);
    onLeft(after);
  };
  const all = left.size === 0;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with keys
    <section className={styles.found} aria-label="Studies found" tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col" className={styles.choice}>
              <Checkbox
                className={styles.box!}
                aria-label="All studies"
                checked={all}
                indeterminate={!all && left.size < studies.length}
                onChange={() => onLeft(all ? new Set(studies.map(({ study }) => study)) : new Set())}
              />
            </th>
            {['Patient', 'Name', 'Date', 'Modality', 'Body part', 'Description'].map((head) => (
              <th scope="col" key={head}>
                {head}
              </th>
            ))}
            <th scope="col" className={styles.number}>
              Series
            </th>
            <th scope="col" className={styles.number}>
              Instances
            </th>
          </tr>
        </thead>
        <tbody>
          {studies.slice(0, shownRows).map((study) => (
            <tr key={study.study}>
              <td>
                <Checkbox
                  className={styles.box!}
                  aria-label={`Study of ${study.patientId || 'an unknown patient'}, ${dayOf(study.date)}`}
                  checked={!left.has(study.study)}
                  onChange={() => toggle(study.study)}
                />
              </td>
              <td>{study.patientId}</td>
              <td>{study.patientName.replaceAll('^', ' ').trim()}</td>
              <td className={styles.day}>{dayOf(study.date)}</td>
              <td>{study.modalities.join(' ')}</td>
              <td>{study.bodyParts.join(' ')}</td>
              <td className={styles.description} title={study.description}>
                {study.description}
              </td>
              <td className={styles.number}>{study.series.toLocaleString('en')}</td>
              <td className={styles.number}>{study.instances.toLocaleString('en')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {studies.length > shownRows ? (
        <Note>{`and ${(studies.length - shownRows).toLocaleString('en')} more, which are selected too`}</Note>
      ) : null}
    </section>
  );
}

/** `2024-01-31`; other dates as they are. */
const dayOf = (date: string): string => date.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
