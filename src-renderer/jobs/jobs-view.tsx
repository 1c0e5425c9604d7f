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

interface Starter {
  readonly name: DialogName;
  readonly text: string;
  readonly icon: ComponentType<SVGIconProps>;
}

/** In the order of the work: images come in, networks are trained, images are scored, results go out. */
const groups: readonly { readonly title: string; readonly starters: readonly Starter[] }[] = [
  {
    title: 'Images',
    starters: [
      { name: 'rank-folder', text: 'Rank a folder', icon: SortDescIcon },
      { name: 'import', text: 'Import images', icon: ImportIcon },
      { name: 'pacs', text: 'From a PACS', icon: DatabaseIcon },
      { name: 'sources', text: 'Sources', icon: FolderOpenIcon },
    ],
  },
  {
    title: 'Networks',
    starters: [
      { name: 'train', text: 'Train', icon: LearningIcon },
      { name: 'train-encoder', text: 'Train encoder', icon: ExchangeIcon },
      { name: 'train-localiser', text: 'Train localiser', icon: LocateIcon },
      { name: 'network', text: 'Import network', icon: GraphIcon },
    ],
  },
  {
    title: 'Scores',
    starters: [
      { name: 'scores', text: 'Score', icon: TimelineBarChartIcon },
      { name: 'project', text: 'Reconstruct and score', icon: SearchTemplateIcon },
      { name: 'typicality', text: 'Typicality', icon: EyeOpenIcon },
      { name: 'score', text: 'Rescore', icon: CalculatorIcon },
      { name: 'combination', text: 'Combine', icon: MergeColumnsIcon },
      { name: 'learn', text: 'Learn', icon: PredictiveAnalysisIcon },
      { name: 'import-scores', text: 'Import scores', icon: ThAddIcon },
    ],
  },
  {
    title: 'Results',
    starters: [
      { name: 'masks', text: 'Masks', icon: LayersIcon },
      { name: 'evaluate', text: 'Evaluate', icon: ChartIcon },
      { name: 'export', text: 'Export', icon: ExportIcon },
    ],
  },
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
        <div className={styles.groups}>
          {groups.map(({ title, starters }) => (
            <div key={title} className={styles.group} role="group" aria-label={title}>
              <span className={styles.title} aria-hidden>
                {title}
              </span>
              <ButtonGroup className={classNames(styles.starters)}>
                {starters.map(({ name, text, icon: Icon }) => (
                  <Button
                    key={name}
                    size="small"
                    icon={<Icon />}
                    text={text}
                    title={helps.get(name)}
                    onClick={() => open(name)}
                  />
                ))}
              </ButtonGroup>
            </div>
          ))}
        </div>
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
