// What each reader has read and how quickly, and how each pair agrees, kind by kind.
import { HTMLTable } from '@blueprintjs/core';
import { meaningOf } from '../../src-preload/glossary.ts';
import { intervalText } from '../../src-preload/interval-text.ts';
import type { ReadersAgreement } from '../../src-preload/schemas/readers.ts';
import { classNames } from '../class-names.ts';
import text from '../styles/text.module.css';
import styles from './agreement-tables.module.css';

export function AgreementTables({ readers, pairs }: ReadersAgreement) {
  return (
    <>
      <section aria-label="Readers">
        <h2>Readers</h2>
        {readers.length === 0 ? (
          <p className={text.quiet}>Nobody has decided about these images.</p>
        ) : (
          <HTMLTable compact className={classNames(styles.table)} aria-label="Readers">
            <thead>
              <tr>
                <th scope="col">reader</th>
                <th scope="col">images</th>
                <th scope="col">blind</th>
                <th scope="col">keep</th>
                <th scope="col">reject</th>
                <th scope="col">unsure</th>
                <th scope="col" title={meaningOf('time per image')}>
                  time per image
                </th>
              </tr>
            </thead>
            <tbody>
              {readers.map(({ reader, images, blind, keep, reject, unsure, seconds, timed }) => (
                <tr key={reader}>
                  <th scope="row">{reader}</th>
                  <td>{images.toLocaleString('en')}</td>
                  <td>{blind.toLocaleString('en')}</td>
                  <td>{keep.toLocaleString('en')}</td>
                  <td>{reject.toLocaleString('en')}</td>
                  <td>{unsure.toLocaleString('en')}</td>
                  <td title={`median of ${timed} times`}>{seconds === null ? '-' : `${seconds.toFixed(1)} s`}</td>
                </tr>
              ))}
            </tbody>
          </HTMLTable>
        )}
      </section>
      <section aria-label="Agreement">
        <h2 title={meaningOf('kappa')}>Agreement</h2>
        {pairs.length === 0 ? (
          <p className={text.quiet}>No two readers have decided about the same image.</p>
        ) : (
          <HTMLTable compact className={classNames(styles.table)} aria-label="Agreement">
            <thead>
              <tr>
                <th scope="col">readers</th>
                <th scope="col" className={styles.words}>
                  kind
                </th>
                <th scope="col">images</th>
                <th scope="col" title="Images that one of the two, or both, read blind">
                  blind
                </th>
                <th scope="col">same verdict</th>
                <th scope="col" title={meaningOf('kappa')}>
                  kappa
                </th>
                <th scope="col">95 %</th>
              </tr>
            </thead>
            <tbody>
              {pairs.map(({ first, second, kind, images, blind, observed, kappa, lower, upper }) => (
                <tr key={`${first} ${second} ${kind}`} className={kind === null ? styles.whole : undefined}>
                  <th scope="row">
                    {first}, {second}
                  </th>
                  <td className={styles.words}>{kind ?? 'all'}</td>
                  <td>{images.toLocaleString('en')}</td>
                  <td>{blind.toLocaleString('en')}</td>
                  <td>{Math.round(100 * observed)} %</td>
                  <td title={kappa === null ? 'both gave one and the same verdict only' : undefined}>
                    {kappa === null ? '-' : kappa.toFixed(2)}
                  </td>
                  <td>{intervalText(lower, upper, ' to ')}</td>
                </tr>
              ))}
            </tbody>
          </HTMLTable>
        )}
      </section>
    </>
  );
}
