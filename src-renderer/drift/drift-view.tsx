// Over time: a score by scanner, site and month: control chart, which group drifted since the baseline, alerts.
import { Button, HTMLSelect, SegmentedControl } from '@blueprintjs/core';
import { DocumentIcon, NotificationsIcon, TimelineLineChartIcon } from '@blueprintjs/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Request } from '../../src-preload/contract.ts';
import { meaningOf } from '../../src-preload/glossary.ts';
import type { Drift } from '../../src-preload/schemas/drift.ts';
import { EmptyState } from '../empty-state.tsx';
import { useLayout } from '../host/layout.tsx';
import { methodQuery, useAnswer, useHost } from '../host/use-host.ts';
import { ProblemNote } from '../problem.tsx';
import { countOf } from '../review.tsx';
import text from '../styles/text.module.css';
import { Chart } from '../threshold/chart.tsx';
import { ToolBar, ToolGroup } from '../tool-bar.tsx';
import { controlChart, shiftChart, signalsOf } from './drift-charts.ts';
import { AlertDialog, DriftReportDialog } from './drift-dialogs.tsx';
import styles from './drift-view.module.css';
import { GroupsTable } from './groups-table.tsx';

type DriftChoice = Request<'drift.view'>;
const groupings = [
  'scanner',
  'manufacturer',
  'station',
  'institution',
  'modality',
  'body part',
  'kind',
  'source',
] as const;
const periods = ['day', 'week', 'month'] as const;

export function DriftView() {
  const host = useHost();
  const scores = useAnswer('drift.scores', {}).data?.scores;
  const [kept, keep] = useLayout<DriftChoice>('over time', {
    ...{ score: '', by: 'scanner', time: 'acquired', period: 'month', chart: 'individuals', baselineTo: null },
  });
  const [dialog, setDialog] = useState<'report' | 'alert' | null>(null);
  const score = scores?.find((name) => name === kept.score) ?? scores?.[0];
  const request = { ...kept, score: score ?? 'none' };
  const found = useQuery({
    ...methodQuery(host, 'drift.view', request),
    enabled: score !== undefined,
    placeholderData: keepPreviousData,
  });
  if (scores === undefined) return null;
  if (score === undefined) {
    return (
      <EmptyState
        icon={TimelineLineChartIcon}
        title="No scores yet"
        description="Score the archive first: Jobs, Score. Its scores are then followed here, by scanner, site and month."
      />
    );
  }
  const change = (more: Partial<DriftChoice>) => keep({ ...kept, ...more });
  return (
    <div className={styles.drift}>
      <ToolBar label="Over time" wraps>
        <Select label="Score" value={score} options={scores} onChange={(value) => change({ score: value })} />
        <Select label="By" before="by " value={kept.by!} options={groupings} onChange={(by) => change({ by })} />
        <Select
          label="Every"
          before="by "
          value={kept.period!}
          options={periods}
          onChange={(period) => change({ period })}
        />
        <SegmentedControl
          size="small"
          aria-label="Day of an image"
          value={kept.time!}
          onValueChange={(value) => change({ time: value as 'acquired' | 'imported' })}
          options={[
            { label: 'acquired', value: 'acquired' },
            { label: 'imported', value: 'imported' },
          ]}
        />
        <SegmentedControl
          size="small"
          aria-label="Control chart"
          value={kept.chart!}
          onValueChange={(value) => change({ chart: value as 'individuals' | 'ewma' })}
          options={[
            { label: 'means', value: 'individuals' },
            { label: 'moving average', value: 'ewma' },
          ]}
        />
        <label className={styles.baseline} title={meaningOf('baseline')}>
          Baseline to
          <input
            type="date"
            value={kept.baselineTo ?? found.data?.baseline?.to ?? ''}
            onChange={({ currentTarget: { value } }) => change({ baselineTo: value === '' ? null : value })}
          />
        </label>
        <ToolGroup atEnd>
          <Button variant="minimal" icon={<NotificationsIcon />} text="Alert" onClick={() => setDialog('alert')} />
          <Button variant="minimal" icon={<DocumentIcon />} text="Report" onClick={() => setDialog('report')} />
        </ToolGroup>
      </ToolBar>
      <ProblemNote error={found.error} />
      {found.data === undefined ? null : (
        <Found drift={found.data} request={request} onTime={() => change({ time: 'imported' })} />
      )}
      {dialog === 'report' ? <DriftReportDialog request={request} onClose={() => setDialog(null)} /> : null}
      {dialog === 'alert' ? <AlertDialog score={score} onClose={() => setDialog(null)} /> : null}
    </div>
  );
}

interface SelectProps<T extends string> {
  readonly label: string;
  /** Stands before each option. */
  readonly before?: string;
  readonly value: T;
  readonly options: readonly T[];
  readonly onChange: (value: T) => void;
}

function Select<T extends string>({ label, before = '', value, options, onChange }: SelectProps<T>) {
  return (
    <HTMLSelect
      aria-label={label}
      value={value}
      options={options.map((option) => ({ label: `${before}${option}`, value: option }))}
      onChange={({ currentTarget }) => onChange(currentTarget.value as T)}
    />
  );
}

interface FoundProps {
  readonly drift: Drift;
  readonly request: DriftChoice;
  readonly onTime: () => void;
}

function Found({ drift, request, onTime }: FoundProps) {
  const { chart, baseline, groups, others, images, undated, edges } = drift;
  const [named, setNamed] = useState<string | null>();
  const shown = groups.find(({ group }) => group === named) ?? groups.find(({ test }) => test?.drifted) ?? groups[0];
  if (chart === null || baseline === null) {
    const hasNoDays = images === 0 && undated > 0;
    return (
      <EmptyState
        icon={TimelineLineChartIcon}
        title={hasNoDays ? 'No acquisition dates' : 'Nothing to compare yet'}
        description={
          hasNoDays
            ? `${countOf(undated)} have the score, but their files have no date. They can be ordered by the day of their import instead.`
            : `A baseline of at least two ${request.period}s is needed.`
        }
        {...(hasNoDays ? { action: <Button text="Use the day of import" onClick={onTime} /> } : {})}
      />
    );
  }
  return (
    <div className={styles.body}>
      <section className={styles.wide} aria-label="Control chart">
        <h2 title={meaningOf('control chart')}>Control chart</h2>
        <p role="status" aria-label="Signals" className={styles.signals}>
          {signalsOf(chart)}
        </p>
        <p className={text.quiet}>
          Baseline {baseline.from} to {baseline.to}: {baseline.periods} {request.period}s, {countOf(baseline.images)}.
          {baseline.periods < 8 ? ' Few: the limits are uncertain.' : ''}
          {undated === 0 ? '' : ` ${countOf(undated)} without a day are left out.`}
        </p>
        <Chart
          className={styles.chart}
          chart={controlChart(drift, request)}
          label={`Control chart of ${request.score}`}
        />
      </section>
      <section aria-label="Groups" className={styles.groups}>
        <h2 title={meaningOf('drifted')}>By {request.by}, after the baseline against before</h2>
        <GroupsTable groups={groups} by={request.by!} shown={shown?.group ?? null} onShow={setNamed} />
        {others === 0 ? null : <p className={text.quiet}>{others} more with fewer images are not listed.</p>}
      </section>
      {shown === undefined ? null : (
        <section aria-label="Distribution">
          <h2>Distribution: {shown.group ?? 'not known'}</h2>
          <p className={text.quiet}>
            Grey: {shown.test?.against === 'all' ? 'all of the baseline' : 'its baseline'}. Blue: after it.
          </p>
          <Chart
            className={styles.chart}
            chart={shiftChart(shown.histogram, edges, request.score)}
            label={`Distribution of ${shown.group ?? 'not known'} before and after`}
          />
        </section>
      )}
    </div>
  );
}
