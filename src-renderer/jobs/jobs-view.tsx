// Jobs: what can be started, and every run with its progress, rate and time left.

import type { IconName } from '@blueprintjs/core';
import { Button, ButtonGroup, NonIdealState, Switch } from '@blueprintjs/core';
import { useCallback, useState } from 'react';
import type { EventValue } from '../../src-preload/contract.ts';
import { useAnswer, useEvent } from '../host/use-host.ts';
import { ProblemNote } from '../problem.tsx';
import { type DialogName, useJobDialogs } from './job-dialogs.tsx';
import { useDesktopNotices } from './notices.ts';
import { type Pace, paced } from './pace.ts';
import { RunCard } from './run-card.tsx';

const starters: readonly { readonly name: DialogName; readonly text: string; readonly icon: IconName }[] = [
  { name: 'import', text: 'Import images', icon: 'import' },
  { name: 'train', text: 'Train', icon: 'learning' },
  { name: 'network', text: 'Import network', icon: 'graph' },
  { name: 'project', text: 'Reconstruct and score', icon: 'search-template' },
  { name: 'typicality', text: 'Typicality', icon: 'eye-open' },
  { name: 'score', text: 'Score anew', icon: 'calculator' },
  { name: 'combination', text: 'Combine', icon: 'merge-columns' },
  { name: 'evaluate', text: 'Evaluate', icon: 'chart' },
  { name: 'masks', text: 'Masks', icon: 'layers' },
  { name: 'export', text: 'Export', icon: 'export' },
];

export function JobsView() {
  const runs = useAnswer('runs.list', {});
  const open = useJobDialogs();
  const notices = useDesktopNotices();
  const [paces, setPaces] = useState<ReadonlyMap<number, Pace>>(new Map());
  const hear = useCallback(({ id, progress }: EventValue<'run.progress'>) => {
    setPaces((before) => new Map(before).set(id, paced(before.get(id), progress, performance.now())));
  }, []);
  useEvent('run.progress', hear);
  return (
    <div className="jobs-view">
      <div className="tool-bar" role="toolbar" aria-label="New job">
        <ButtonGroup>
          {starters.map(({ name, text, icon }) => (
            <Button key={name} icon={icon} text={text} onClick={() => open(name)} />
          ))}
        </ButtonGroup>
        {notices === null ? null : (
          <Switch
            className="notices"
            checked={notices[0]}
            label="tell on the desktop when a job ends"
            onChange={({ currentTarget }) => notices[1](currentTarget.checked)}
          />
        )}
      </div>
      <div className="jobs">
        <ProblemNote error={runs.error} />
        {runs.data?.runs.length === 0 ? (
          <NonIdealState
            icon="playbook"
            title="No job yet"
            description="Imports, reconstructions, trainings and exports are listed here, with their progress and logs."
          />
        ) : (
          <ul>
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
