// The progress of a training: its losses over the images shown, and the newest sheet of images.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { EventValue, Response } from '../../src-preload/contract.ts';
import { useAnswer, useEvent } from '../host/use-host.ts';
import text from '../styles/text.module.css';
import { Chart } from '../threshold/chart.tsx';
import type { ChartData } from '../threshold/charts.ts';
import styles from './training-progress.module.css';

type Points = Response<'runs.plot'>['points'];

const panels: readonly {
  readonly title: string;
  readonly lines: readonly (readonly [name: string, label: string, colour: string])[];
}[] = [
  {
    title: 'Losses',
    lines: [
      ['Loss/G/loss', 'generator', '#5fb0ff'],
      ['Loss/D/loss', 'discriminator', '#ff9f5a'],
    ],
  },
  {
    title: 'Reconstruction loss',
    lines: [
      ['Loss/E/reconstruction', 'images trained with', '#5fb0ff'],
      ['Loss/E/validation', 'held-out normals', '#ff9f5a'],
    ],
  },
  {
    title: 'Cross-entropy of the masks',
    lines: [
      ['Loss/localiser', 'learned normals', '#5fb0ff'],
      ['Loss/localiser/held-out', 'held-out normals', '#ff9f5a'],
    ],
  },
  {
    title: 'AUROC of held-out synthetic anomalies',
    lines: [['Validation/auroc', 'AUROC', '#7dfcb0']],
  },
  {
    title: 'Overfitting and augmentation',
    lines: [
      ['Loss/signs/real', 'sign of reals', '#e8eef4'],
      ['Progress/augment', 'augmentation', '#7dfcb0'],
    ],
  },
];

export function TrainingProgress({ run }: { readonly run: number }) {
  const client = useQueryClient();
  const plot = useAnswer('runs.plot', { id: run });
  const sheet = useAnswer('runs.samples', { id: run });
  // Each tick writes a line into the log.
  useEvent(
    'run.log',
    useCallback(
      ({ id }: EventValue<'run.log'>) => {
        if (id !== run) return;
        client.invalidateQueries({ queryKey: ['runs.plot', { id }] });
        client.invalidateQueries({ queryKey: ['runs.samples', { id }] });
      },
      [client, run],
    ),
  );
  const points = plot.data?.points ?? [];
  return (
    <div className={styles.training}>
      {points.length === 0 ? (
        <section className={styles.noTicks}>
          <h3>Losses</h3>
          <p className={text.quiet}>The first values appear after 4,000 images.</p>
        </section>
      ) : (
        panels
          .filter(({ lines }) => lines.some(([name]) => points.some(({ values }) => values[name] !== undefined)))
          .map(({ title, lines }) => <Panel key={title} title={title} lines={lines} points={points} />)
      )}
      <Sheet png={sheet.data?.png ?? null} />
    </div>
  );
}

function Panel({ title, lines, points }: (typeof panels)[number] & { readonly points: Points }) {
  const chart = useMemo((): ChartData => {
    const known = lines.filter(([name]) => points.some(({ values }) => values[name] !== undefined));
    return {
      data: [
        points.map(({ kimg }) => kimg),
        ...known.map(([name]) => points.map(({ values }) => values[name] ?? null)),
      ],
      series: known.map(([, label, stroke]) => ({
        ...{ label, stroke, width: 1.5 },
        // A line needs two points to be seen.
        points: { show: points.length < 3 },
      })),
      xLabel: 'thousand images',
      yLabel: '',
      legend: true,
      steps: false,
    };
  }, [lines, points]);
  const last = points.at(-1)!.values;
  return (
    <section>
      <h3>{title}</h3>
      <Chart
        className={styles.chart}
        chart={chart}
        label={`${title}, latest: ${lines.flatMap(([name, label]) => (last[name] === undefined ? [] : [`${label} ${last[name].toPrecision(3)}`])).join(', ')}`}
      />
    </section>
  );
}

function Sheet({ png }: { readonly png: Uint8Array | null }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (png === null) return;
    const made = URL.createObjectURL(new Blob([new Uint8Array(png)], { type: 'image/png' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [png]);
  return (
    <section>
      <h3>Newest sheet of images</h3>
      {url === undefined ? (
        <p className={text.quiet}>None yet.</p>
      ) : (
        <div className={styles.sheet}>
          <img className={styles.corner} src={url} alt="upper left of the newest sheet of images" />
        </div>
      )}
    </section>
  );
}
