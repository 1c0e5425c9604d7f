// What an evaluation found: the AUROC of each score for each kind, and whether patches lie on annotated anomalies.

import { HTMLTable } from '@blueprintjs/core';
import { meaningOf } from '../../../src-preload/glossary.ts';
import { intervalText } from '../../../src-preload/interval-text.ts';
import { classNames } from '../../class-names.ts';
import text from '../../styles/text.module.css';
import { scoreMeaning } from '../../triage/score-names.ts';
import { useTriage } from '../../triage/triage-state.tsx';
import styles from './evaluation-results.module.css';
import type { Evaluation } from './use-evaluation.ts';

const percent = (share: number): string => `${Math.round(100 * share)} %`;

export function EvaluationResults({ scores, kinds, detections, localisations }: Evaluation) {
  const { scoreFacts } = useTriage();
  return (
    <>
      <HTMLTable compact striped className={classNames(styles.table)}>
        <caption title={meaningOf('AUROC')}>AUROC with 95 % interval (bootstrap over patients)</caption>
        <thead>
          <tr>
            <th scope="col">kind</th>
            <th scope="col">images</th>
            {scores.map(({ score }) => (
              <th scope="col" key={score} title={scoreMeaning(scoreFacts, { score })}>
                {score}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind, group) => (
            <tr key={kind}>
              <th scope="row">{kind}</th>
              <td>{`${detections[0]?.[group]?.anomalous} : ${detections[0]?.[group]?.normal}`}</td>
              {scores.map(({ score }, index) => {
                const found = detections[index]?.[group];
                return (
                  <td key={score}>
                    {found === undefined ? '' : found.auroc.toFixed(2)}{' '}
                    <span className={text.quiet}>
                      {found === undefined ? '' : intervalText(found.lower, found.upper, '–', { none: 'no interval' })}
                    </span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </HTMLTable>
      <ul className={styles.localisations}>
        {localisations.length === 0 ? (
          <li>Localisation is unknown: no image with a patch score has an annotated anomaly.</li>
        ) : null}
        {localisations.map(({ score, images, summary: { overlap } }) => (
          <li key={score}>
            {`${score}: the highest patch lies on the annotated anomaly in ${percent(overlap.share)} of ${images} images ${overlap.interval === null ? '(no interval from one patient)' : `(${percent(overlap.interval.lower)} to ${percent(overlap.interval.upper)})`}, by chance in ${percent(overlap.byChance)}.`}
          </li>
        ))}
      </ul>
    </>
  );
}
