// The window: its catalog, its views, who is reviewing.
import { Button, InputGroup, useHotkeys } from '@blueprintjs/core';
import { KeyCommandIcon, PersonIcon } from '@blueprintjs/icons';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { CatalogInfo } from '../src-preload/schemas/catalog.ts';
import { NewsStrip } from './archive/news-strip.tsx';
import { CatalogButton } from './catalog-button.tsx';
import { classNames } from './class-names.ts';
import { useCompare } from './compare/use-compare.ts';
import { FirstRun } from './first-run.tsx';
import { useLayout } from './host/layout.tsx';
import type { Visit } from './inspect/inspect-view.tsx';
import { JobDialogProvider } from './jobs/job-dialogs.tsx';
import { useJobNotices } from './jobs/notices.ts';
import { StatusLine } from './jobs/status-line.tsx';
import {
  CompareView,
  DriftView,
  DuplicatesView,
  InspectView,
  JobsView,
  Later,
  loadLaterParts,
  MapView,
  ReadersView,
  SegmentationView,
  ThresholdView,
} from './later.tsx';
import { ReadingProvider, useReading } from './readers/reading.tsx';
import { ReadingBar } from './readers/reading-bar.tsx';
import { ReportProvider } from './report/report-provider.tsx';
import { useReview } from './review.tsx';
import { SimilarProvider } from './similar/similar-provider.tsx';
import { DropTarget } from './take-in/drop-target.tsx';
import { ThemeButton } from './theme.tsx';
import { useTriage } from './triage/triage-state.tsx';
import { TriageView } from './triage/triage-view.tsx';
import styles from './window.module.css';

/** The first images load before the parts that are not visible yet. */
const laterMilliseconds = 300;

/** In the order of the tabs. The key with Alt stays with its view wherever the tab is. */
const views = {
  triage: { title: 'Triage', key: 1 },
  map: { title: 'Map', key: 6 },
  inspect: { title: 'Inspect', key: 2 },
  duplicates: { title: 'Duplicates', key: 7 },
  readers: { title: 'Readers', key: 8 },
  threshold: { title: 'Threshold', key: 3 },
  segmentation: { title: 'Segmentation', key: 5 },
  drift: { title: 'Over time', key: 9 },
  jobs: { title: 'Jobs', key: 4 },
} as const;
type ViewName = keyof typeof views;
const viewNames = Object.keys(views) as readonly ViewName[];

/** A window that reads blind shows one image after the other, and nothing that counts or ranks. */
const blindViews: readonly ViewName[] = ['inspect', 'readers'];

export function Window({ info }: { readonly info: CatalogInfo }) {
  const [view, setView] = useLayout<ViewName>('view', 'triage');
  const onRead = useCallback(() => setView('inspect'), [setView]);
  return (
    <ReadingProvider onRead={onRead}>
      <Views info={info} kept={view} setView={setView} />
    </ReadingProvider>
  );
}

interface ViewsProps {
  readonly info: CatalogInfo;
  readonly kept: ViewName;
  readonly setView: (view: ViewName) => void;
}

function Views({ info, kept, setView }: ViewsProps) {
  const { blind } = useReading();
  const tabs = blind ? blindViews : viewNames;
  const view = tabs.includes(kept) ? kept : tabs[0]!;
  const { comparison, compare, close } = useCompare();
  const show = useCallback(
    (name: ViewName) => {
      close();
      setView(name);
    },
    [close, setView],
  );
  const keys = useMemo(
    () =>
      tabs.map((name) => ({
        combo: `alt+${views[name].key}`,
        global: true,
        allowInInput: true,
        label: `${views[name].title} view`,
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
  const focused = ids?.[selection.focus];
  const visited = view !== 'inspect' ? undefined : visit !== null && visit.from === focused ? visit.image : focused;
  const isEmpty = info.images === 0 && view !== 'jobs';
  const isShown = (name: ViewName) => !isEmpty && comparison === null && view === name;
  return (
    <JobDialogProvider onQueued={() => show('jobs')} onRanked={() => show('triage')}>
      <SimilarProvider current={visited} onInspect={inspect} onTriage={() => show('triage')} onMap={() => show('map')}>
        <ReportProvider current={comparison?.images ?? (visited === undefined ? undefined : [visited])}>
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
                    {views[name].title}
                  </button>
                ))}
              </nav>
              <ReviewerName />
              <ThemeButton />
              <KeysButton />
            </header>
            <NewsStrip onQueued={() => show('jobs')} />
            <ReadingBar />
            <main className={styles.view} aria-label={views[view].title}>
              {comparison === null ? null : (
                <Later key="compare">
                  <CompareView comparison={comparison} onInspect={inspect} onClose={close} />
                </Later>
              )}
              {isEmpty ? <FirstRun onQueued={() => show('jobs')} /> : null}
              {isShown('triage') ? <TriageView onInspect={() => show('inspect')} onCompare={compare} /> : null}
              <Later key={view}>
                {isShown('inspect') ? (
                  <InspectView
                    visit={visit}
                    onVisit={setVisit}
                    onTriage={() => show(blind ? 'readers' : 'triage')}
                    onCompare={compare}
                  />
                ) : null}
                {isShown('map') ? <MapView onInspect={inspect} onTriage={() => show('triage')} /> : null}
                {isShown('readers') ? <ReadersView onInspect={inspect} /> : null}
                {isShown('threshold') ? <ThresholdView onTriage={() => show('triage')} /> : null}
                {isShown('duplicates') ? <DuplicatesView onInspect={inspect} /> : null}
                {isShown('segmentation') ? <SegmentationView onInspect={inspect} /> : null}
                {isShown('drift') ? <DriftView /> : null}
                {view === 'jobs' && comparison === null ? <JobsView /> : null}
              </Later>
            </main>
            <StatusLine onJobs={() => show('jobs')} />
            <DropTarget />
          </div>
        </ReportProvider>
      </SimilarProvider>
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
    <Button
      variant="minimal"
      icon={<KeyCommandIcon />}
      aria-label="Keys"
      text={<span className={styles.keysWord}>Keys</span>}
      title="Show all keys (?)"
      onClick={openKeys}
    />
  );
}
