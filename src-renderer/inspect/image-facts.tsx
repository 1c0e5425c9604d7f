// The facts about an image: scores, verdicts, origin, and the run behind its scores.
import { Button } from '@blueprintjs/core';
import type { ReactNode } from 'react';
import type { ImageDetail } from '../../src-preload/schemas/image.ts';
import { useAnswer } from '../host/use-host.ts';
import { useJobDialogs } from '../jobs/use-job-dialogs.ts';
import { scoreMeaning, scoreText } from '../triage/score-names.ts';
import { useTriage } from '../triage/triage-state.tsx';
import styles from './image-facts.module.css';

export function ImageFacts({ detail, run }: { readonly detail: ImageDetail; readonly run: number }) {
  const { row } = detail;
  const { scoreFacts } = useTriage();
  const scores = detail.scores.filter(({ name }) => name.run === run);
  return (
    <>
      {scores.length === 0 ? null : (
        <Facts
          title={`Scores of run ${run}`}
          rows={[
            ['why', row.why],
            ...scores.map(
              ({ name, value, reason }) => [name.score, value === null ? reason : scoreText(value)] as const,
            ),
          ]}
          tooltip={(score) => scoreMeaning(scoreFacts, { score })}
        />
      )}
      <Facts
        title="Image"
        rows={[
          ['file', row.name],
          ['kind', row.kind],
          ['modality', [row.modality, row.bodyPart, row.view].filter(Boolean).join(', ')],
          ['size', `${row.width} × ${row.height}`],
          ['frame', row.frames > 1 ? `${row.frame + 1} of ${row.frames}` : null],
          ['remarks', detail.warnings.join('; ')],
          ['patient', detail.patient],
          ['series', detail.series],
          ['cohorts', detail.cohorts.map(({ name }) => name).join(', ')],
          ['imported', utc(detail.importedAt)],
          ['SHA-256', detail.sha256 === null ? null : detail.sha256.slice(0, 16)],
        ]}
      />
      {detail.row.state === 'vanished' ? <LocateOffer /> : null}
      {detail.verdicts.length === 0 ? null : (
        <Facts
          title="Verdicts, newest first"
          rows={detail.verdicts
            .slice(0, 8)
            .map(({ decision, reviewer, reason, time }) => [
              decision ?? 'withdrawn',
              [`${reviewer}, ${utc(time)}`, reason].filter(Boolean).join(': '),
              time,
            ])}
        />
      )}
      {run > 0 ? <RunFacts run={run} /> : null}
    </>
  );
}

/** For an image whose file is gone. */
function LocateOffer() {
  const open = useJobDialogs();
  return (
    <p>
      The file is missing.{' '}
      <Button
        size="small"
        text="Locate folder…"
        title="The folder was moved: say where it is now"
        onClick={() => open('locate')}
      />
    </p>
  );
}

/** `2026-01-31 12:00 UTC`. */
const utc = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;

/** Parameters and provenance of the run that the scores are of, by their own names. */
function RunFacts({ run }: { readonly run: number }) {
  const { data } = useAnswer('runs.detail', { id: run });
  const models = useAnswer('models.list', {});
  if (data === undefined) return null;
  const model = models.data?.models.find(({ id }) => id === data.model);
  const { projecting = {}, scoring = {}, ...parameters } = data.parameters as Readonly<Record<string, object>>;
  const { versions = {}, ...provenance } = data.provenance as Readonly<Record<string, object>>;
  const named = { ...parameters, ...projecting, ...scoring, ...provenance, ...versions };
  return (
    <Facts
      title={`Provenance of run ${run}`}
      rows={[
        ['job', data.run.title],
        ['started', data.run.startedAt === null ? null : utc(data.run.startedAt)],
        ['network', model === undefined ? null : `${model.name} (${model.resolution} × ${model.resolution})`],
        ...Object.entries(named)
          .filter(([name]) => name !== 'model')
          .map(([name, value]) => [name, factText(value)] as const),
      ]}
    />
  );
}

/** Longer lists, such as of the images that a run was calibrated on, are counted. */
const longestList = 6;

/** Plain data in one line, what lies deeper in brackets. */
function factText(value: unknown, inner = false): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) {
    return value.length > longestList
      ? `${value.length} entries`
      : value.flatMap((member) => factText(member, true) ?? []).join(', ');
  }
  if (typeof value !== 'object') return String(value);
  const members = Object.entries(value).flatMap(([name, member]) => {
    const text = factText(member, true);
    return text === null || text === '' ? [] : [`${name} ${text}`];
  });
  return inner && members.length > 0 ? `(${members.join(', ')})` : members.join(', ');
}

/** A name, a value, and a key where several facts have the same name. */
type Fact = readonly [name: string, value: ReactNode, key?: string];

interface FactsProps {
  readonly title: string;
  readonly rows: readonly Fact[];
  /** What a name means. */
  readonly tooltip?: (name: string) => string | undefined;
}

function Facts({ title, rows, tooltip }: FactsProps) {
  return (
    <section>
      <h2>{title}</h2>
      <dl className={styles.facts}>
        {rows
          .filter(([, value]) => value !== null && value !== '')
          .map(([name, value, key]) => (
            <div key={key ?? name}>
              <dt title={tooltip?.(name)}>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}
