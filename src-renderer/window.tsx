// The window: its catalog, its views, who is reviewing.
import { Button, InputGroup, useHotkeys } from '@blueprintjs/core';
import { KeyCommandIcon, PersonIcon } from '@blueprintjs/icons';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { CatalogInfo } from '../src-preload/schemas/catalog.ts';
import { CatalogButton } from './catalog-button.tsx';
import { classNames } from './class-names.ts';
import { FirstRun } from './first-run.tsx';
import { useLayout } from './host/layout.tsx';
import type { Visit } from './inspect/inspect-view.tsx';
import { JobDialogProvider } from './jobs/job-dialogs.tsx';
import { useJobNotices } from './jobs/notices.ts';
import { StatusLine } from './jobs/status-line.tsx';
import {
  DriftView,
  InspectView,
  JobsView,
  Later,
  loadLaterParts,
  ReadersView,
  SegmentationView,
  ThresholdView,
} from './later.tsx';
import { ReadingProvider, useReading } from './readers/reading.tsx';
import { ReadingBar } from './readers/reading-bar.tsx';
import { useReview } from './review.tsx';
import { useTriage } from './triage/triage-state.tsx';
import { TriageView } from './triage/triage-view.tsx';
import styles from './window.module.css';

/** The first images load before the parts that are not visible yet. */
const laterMilliseconds = 300;

const views = ['triage', 'inspect', 'readers', 'threshold', 'segmentation', 'drift', 'jobs'] as const;
type ViewName = (typeof views)[number];
const titles: Readonly<Record<ViewName, string>> = {
  triage: 'Triage',
  inspect: 'Inspect',
  readers: 'Readers',
  threshold: 'Threshold',
  drift: 'Over time',
  jobs: 'Jobs',
  segmentation: 'Segmentation',
};

/** A window that reads blind shows one image after the other, and nothing that counts or ranks. */
const blindViews: readonly ViewName[] = ['inspect', 'readers'];

export function Window({ info }: { readonly info: CatalogInfo }) {
  const [view, show] = useLayout<ViewName>('view', 'triage');
  const onRead = useCallback(() => show('inspect'), [show]);
  return (
    <ReadingProvider onRead={onRead}>
      <Views info={info} kept={view} show={show} />
    </ReadingProvider>
  );
}

interface ViewsProps {
  readonly info: CatalogInfo;
  readonly kept: ViewName;
  readonly show: (view: ViewName) => void;
}

function Views({ info, kept, show }: ViewsProps) {
  const { blind } = useReading();
  const tabs = blind ? blindViews : views;
  const view = tabs.includes(kept) ? kept : tabs[0]!;
  const keys = useMemo(
    () =>
      tabs.map((name, index) => ({
        combo: `alt+${index + 1}`,
        global: true,
        allowInInput: true,
        label: `${titles[name]} view`,
        preventDefault: true,
        onKeyDown: () => show(name),
      })),
    [show, tabs],
  );
  useHotkeys(keys);
  useJobNotices();
  const { ids, isComplete, selection } = useTriage();
  useEffect(() => {
    if (!isComplete) return;
    const timer = setTimeout(loadLaterParts, laterMilliseconds);
    return () => clearTimeout(timer);
  }, [isComplete]);
  const [visit, setVisit] = useState<Visit | null>(null);
  const inspect = (image: number) => {
    setVisit({ from: ids?.[selection.focus], image });
    show('inspect');
  };
  const isEmpty = info.images === 0 && view !== 'jobs';
  return (
    <JobDialogProvider onQueued={() => show('jobs')}>
      <div className={styles.window}>
        <header className={styles.topBar}>
          <h1 className={styles.product}>Residua</h1>
          <CatalogButton info={info} />
          <nav className={styles.views} aria-label="Views">
            {tabs.map((name) => (
              <button
                key={name}
                type="button"
                aria-current={name === view ? 'page' : undefined}
                ref={name === view ? intoSight : undefined}
                onClick={() => show(name)}
              >
                {titles[name]}
              </button>
            ))}
          </nav>
          <ReviewerName />
          <KeysButton />
        </header>
        <ReadingBar />
        <main className={styles.view} aria-label={titles[view]}>
          {isEmpty ? <FirstRun onQueued={() => show('jobs')} /> : null}
          {!isEmpty && view === 'triage' ? <TriageView onInspect={() => show('inspect')} /> : null}
          <Later key={view}>
            {!isEmpty && view === 'inspect' ? (
              <InspectView visit={visit} onVisit={setVisit} onTriage={() => show(blind ? 'readers' : 'triage')} />
            ) : null}
            {!isEmpty && view === 'readers' ? <ReadersView onInspect={inspect} /> : null}
            {!isEmpty && view === 'threshold' ? <ThresholdView onTriage={() => show('triage')} /> : null}
            {!isEmpty && view === 'segmentation' ? <SegmentationView onInspect={inspect} /> : null}
            {!isEmpty && view === 'drift' ? <DriftView /> : null}
            {view === 'jobs' ? <JobsView /> : null}
          </Later>
        </main>
        <StatusLine onJobs={() => show('jobs')} />
      </div>
    </JobDialogProvider>
  );
}

/** Of the tab that is shown, where not all tabs have room. */
function intoSight(tab: HTMLButtonElement | null): void {
  tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function ReviewerName() {
  const { reviewer, suggestedReviewer, setReviewer, nameField } = useReview();
  const [text, setText] = useState(reviewer);
  return (
    <>
      <InputGroup
        className={classNames(styles.reviewer)}
        list="known-reviewers"
        inputRef={nameField}
        leftIcon={<PersonIcon />}
        placeholder="reviewer"
        aria-label="Reviewer: the name recorded with your decisions"
        value={text}
        maxLength={100}
        onValueChange={setText}
        onBlur={() => setReviewer(text)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
        }}
      />
      <datalist id="known-reviewers">{suggestedReviewer === '' ? null : <option value={suggestedReviewer} />}</datalist>
    </>
  );
}

/** The dialog of all keys belongs to Blueprint, which opens it on a question mark. */
function KeysButton() {
  const openKeys = () =>
    document.dispatchEvent(new KeyboardEvent('keydown', { key: '?', code: 'Slash', shiftKey: true, bubbles: true }));
  return (
    <Button variant="minimal" icon={<KeyCommandIcon />} text="Keys" title="Show all keys (?)" onClick={openKeys} />
  );
}
