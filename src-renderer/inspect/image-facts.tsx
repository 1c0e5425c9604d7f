// What is known of an image: scores, verdicts, where it comes from, and the run behind its scores.
import type { ReactNode } from 'react';
import type { ImageDetail } from '../../src-preload/schemas/image.ts';
import { useAnswer } from '../host/use-host.ts';
import { scoreText } from '../triage/score-names.ts';

export function ImageFacts({ detail, run }: { readonly detail: ImageDetail; readonly run: number }) {
  const { row } = detail;
  const scores = detail.scores.filter(({ name }) => name.run === run);
  return (
    <>
      {scores.length === 0 ? null : (
        <Facts
          title={`Scores of run ${run}`}
          rows={scores.map(({ name, value, reason }) => [name.score, value === null ? reason : scoreText(value)])}
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
          ['series', detail.series],
          ['tags', row.tags.join(', ')],
          ['cohorts', detail.cohorts.map(({ name }) => name).join(', ')],
          ['imported', new Date(detail.importedAt).toLocaleString('en-GB', { timeZone: 'UTC' })],
        ]}
      />
      {detail.verdicts.length === 0 ? null : (
        <Facts
          title="Verdicts, newest first"
          rows={detail.verdicts
            .slice(0, 8)
            .map(({ decision, reviewer, reason }) => [
              decision ?? 'taken back',
              [reviewer, reason].filter(Boolean).join(': '),
            ])}
        />
      )}
      {run > 0 ? <RunFacts run={run} /> : null}
    </>
  );
}

function RunFacts({ run }: { readonly run: number }) {
  const { data } = useAnswer('runs.detail', { id: run });
  if (data === undefined) return null;
  const projecting = (data.parameters.projecting ?? {}) as Readonly<Record<string, unknown>>;
  return (
    <Facts
      title={`Provenance of run ${run}`}
      rows={[
        ['what', data.run.title],
        [
          'when',
          data.run.startedAt === null
            ? null
            : new Date(data.run.startedAt).toLocaleString('en-GB', { timeZone: 'UTC' }),
        ],
        ...Object.entries(projecting).map(([name, value]) => [name, value === null ? null : String(value)] as const),
      ]}
    />
  );
}

function Facts({ title, rows }: { readonly title: string; readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <section>
      <h2>{title}</h2>
      <dl>
        {rows
          .filter(([, value]) => value !== null && value !== '')
          .map(([name, value]) => (
            <div key={`${name} ${value}`}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}
