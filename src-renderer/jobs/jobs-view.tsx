// Jobs: what can be started, and every run with its progress, rate and time left.

import { Button, ButtonGroup } from '@blueprintjs/core';
import {
  CalculatorIcon,
  ChartIcon,
  DatabaseIcon,
  ExchangeIcon,
  ExportIcon,
  EyeOpenIcon,
  FolderOpenIcon,
  GraphIcon,
  ImportIcon,
  LayersIcon,
  LearningIcon,
  LocateIcon,
  MergeColumnsIcon,
  NotificationsIcon,
  PlaybookIcon,
  PredictiveAnalysisIcon,
  SearchTemplateIcon,
  SortDescIcon,
  type SVGIconProps,
  ThAddIcon,
  TimelineBarChartIcon,
} from '@blueprintjs/icons';
import type { ComponentType } from 'react';
import { jobs } from '../../src-preload/jobs/jobs.ts';
import { classNames } from '../class-names.ts';
import { EmptyState } from '../empty-state.tsx';
import { useAnswer } from '../host/use-host.ts';
import { ProblemNote } from '../problem.tsx';
import { ToggleButton, ToolBar } from '../tool-bar.tsx';
import { sentence } from '../triage/score-names.ts';
import styles from './jobs-view.module.css';
import { useDesktopNotices } from './notices.ts';
import { usePaces } from './paces.tsx';
import { RunCard } from './run-card.tsx';
import { type DialogName, useJobDialogs } from './use-job-dialogs.ts';

const starters: readonly {
  readonly name: DialogName;
  readonly text: string;
  readonly icon: ComponentType<SVGIconProps>;
}[] = [
  { name: 'rank-folder', text: 'Rank a folder', icon: SortDescIcon },
  { name: 'import', text: 'Import images', icon: ImportIcon },
  { name: 'sources', text: 'Sources', icon: FolderOpenIcon },
  { name: 'pacs', text: 'From a PACS', icon: DatabaseIcon },
  { name: 'train', text: 'Train', icon: LearningIcon },
  { name: 'train-encoder', text: 'Train encoder', icon: ExchangeIcon },
  { name: 'train-localiser', text: 'Train localiser', icon: LocateIcon },
  { name: 'network', text: 'Import network', icon: GraphIcon },
  { name: 'project', text: 'Reconstruct and score', icon: SearchTemplateIcon },
  { name: 'scores', text: 'Score', icon: TimelineBarChartIcon },
  { name: 'import-scores', text: 'Import scores', icon: ThAddIcon },
  { name: 'typicality', text: 'Typicality', icon: EyeOpenIcon },
  { name: 'score', text: 'Rescore', icon: CalculatorIcon },
  { name: 'combination', text: 'Combine', icon: MergeColumnsIcon },
  { name: 'learn', text: 'Learn', icon: PredictiveAnalysisIcon },
  { name: 'evaluate', text: 'Evaluate', icon: ChartIcon },
  { name: 'masks', text: 'Masks', icon: LayersIcon },
  { name: 'export', text: 'Export', icon: ExportIcon },
];

/** What each kind of job does, as a sentence. */
const helps: ReadonlyMap<string, string> = new Map(jobs.map(({ kind, help }) => [kind, sentence(help)]));

export function JobsView() {
  const runs = useAnswer('runs.list', {});
  const open = useJobDialogs();
  const notices = useDesktopNotices();
  const paces = usePaces();
  return (
    <div className={styles.jobsView}>
      <ToolBar label="New job" wraps>
        <ButtonGroup className={classNames(styles.starters)}>
          {starters.map(({ name, text, icon: Icon }) => (
            <Button
              key={name}
              className={classNames(styles.starter)}
              icon={<Icon className={classNames(styles.icon)} />}
              text={text}
              title={helps.get(name)}
              onClick={() => open(name)}
            />
          ))}
        </ButtonGroup>
        {notices === null ? null : (
          <ToggleButton
            className={classNames(styles.notices)}
            on={notices[0]}
            icon={<NotificationsIcon />}
            aria-label="Notify me when a job ends in the background"
            title="Notify me when a job ends in the background"
            onClick={() => notices[1](!notices[0])}
          />
        )}
      </ToolBar>
      <div className={styles.jobs}>
        <ProblemNote error={runs.error} />
        {runs.data?.runs.length === 0 ? (
          <EmptyState
            icon={PlaybookIcon}
            title="No jobs yet"
            description="Imports, reconstructions, trainings and exports are listed here, with their progress and logs."
          />
        ) : (
          <ul aria-label="Jobs">
            {runs.data?.runs.map((run) => (
              <li key={run.id}>
                <RunCard run={run} pace={paces.get(run.id)} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
