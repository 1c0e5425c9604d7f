// The window: what catalog is open, who is reviewing, and the views.
import { Button, InputGroup, Spinner, useHotkeys } from '@blueprintjs/core';
import { KeyCommandIcon, OfflineIcon, PersonIcon } from '@blueprintjs/icons';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { CatalogInfo } from '../src-preload/schemas/catalog.ts';
import { CatalogButton } from './catalog-button.tsx';
import { EmptyState } from './empty-state.tsx';
import { FirstRun, NoCatalog } from './first-run.tsx';
import { LayoutProvider, useLayout } from './host/layout.tsx';
import { useAnswer, useFreshAnswers } from './host/use-host.ts';
import type { Visit } from './inspect/inspect-view.tsx';
import { JobDialogProvider } from './jobs/job-dialogs.tsx';
import { useJobNotices } from './jobs/notices.ts';
import { PaceProvider } from './jobs/paces.tsx';
import { InspectView, JobsView, Later, loadLaterParts, SegmentationView, ThresholdView } from './later.tsx';
import { ReviewProvider, useReview } from './review.tsx';
import { TriageProvider, useTriage } from './triage/triage-state.tsx';
import { TriageView } from './triage/triage-view.tsx';

export function App() {
  useFreshAnswers();
  const info = useAnswer('catalog.info', {});
  const settings = useAnswer('settings.get', {}, info.data != null);
  const scores = useAnswer('scores.list', {}, info.data != null);
  const error = info.error ?? settings.error ?? scores.error;
  const key = info.data?.key;
  const shown = useRef(key);
  useEffect(() => {
    // Somebody has opened another catalog: nothing that is known here is about it.
    if (shown.current !== undefined && key !== shown.current) globalThis.location.reload();
    shown.current = key;
  }, [key]);
  // Without a catalog there are no settings and no scores.
  if (info.data === null) return <NoCatalog />;
  if (error !== null)
    return <EmptyState icon={OfflineIcon} title="The catalog cannot be shown" description={error.message} />;
  if (info.data === undefined || settings.data === undefined || scores.data === undefined)
    return <Spinner aria-label="opening the catalog" />;
  return (
    <LayoutProvider initial={settings.data.layout ?? {}}>
      <ReviewProvider settings={settings.data}>
        <TriageProvider>
          <PaceProvider>
            <Window info={info.data} />
          </PaceProvider>
        </TriageProvider>
      </ReviewProvider>
    </LayoutProvider>
  );
}

/** The first images come before what is not in sight. */
const laterMilliseconds = 300;

const views = ['triage', 'inspect', 'threshold', 'jobs', 'segmentation'] as const;
type ViewName = (typeof views)[number];
const titles: Readonly<Record<ViewName, string>> = {
  triage: 'Triage',
  inspect: 'Inspect',
  threshold: 'Threshold',
  jobs: 'Jobs',
  segmentation: 'Segmentation',
};

function Window({ info }: { readonly info: CatalogInfo }) {
  const [view, show] = useLayout<ViewName>('view', 'triage');
  const keys = useMemo(
    () =>
      views.map((name, index) => ({
        combo: `alt+${index + 1}`,
        global: true,
        allowInInput: true,
        label: `${titles[name]} view`,
        preventDefault: true,
        onKeyDown: () => show(name),
      })),
    [show],
  );
  useHotkeys(keys);
  useJobNotices();
  const { ids, begun, selection } = useTriage();
  useEffect(() => {
    if (!begun) return;
    const timer = setTimeout(loadLaterParts, laterMilliseconds);
    return () => clearTimeout(timer);
  }, [begun]);
  const [visit, setVisit] = useState<Visit | null>(null);
  const inspect = (image: number) => {
    setVisit({ from: ids?.[selection.focus], image });
    show('inspect');
  };
  const isEmpty = info.images === 0 && view !== 'jobs';
  return (
    <JobDialogProvider onQueued={() => show('jobs')}>
      <div className="window">
        <header className="top-bar">
          <h1 className="product">Residua</h1>
          <CatalogButton info={info} />
          <nav className="views" aria-label="Views">
            {views.map((name) => (
              <button
                key={name}
                type="button"
                aria-current={name === view ? 'page' : undefined}
                onClick={() => show(name)}
              >
                {titles[name]}
              </button>
            ))}
          </nav>
          <ReviewerName />
          <KeysButton />
        </header>
        <main className="view" aria-label={titles[view]}>
          {isEmpty ? <FirstRun onQueued={() => show('jobs')} /> : null}
          {!isEmpty && view === 'triage' ? <TriageView onInspect={() => show('inspect')} /> : null}
          <Later key={view}>
            {!isEmpty && view === 'inspect' ? (
              <InspectView visit={visit} onVisit={setVisit} onTriage={() => show('triage')} />
            ) : null}
            {!isEmpty && view === 'threshold' ? <ThresholdView onTriage={() => show('triage')} /> : null}
            {!isEmpty && view === 'segmentation' ? <SegmentationView onInspect={inspect} /> : null}
            {view === 'jobs' ? <JobsView /> : null}
          </Later>
        </main>
      </div>
    </JobDialogProvider>
  );
}

function ReviewerName() {
  const { reviewer, setReviewer, nameField } = useReview();
  const [text, setText] = useState(reviewer);
  return (
    <InputGroup
      className="reviewer"
      inputRef={nameField}
      leftIcon={<PersonIcon />}
      placeholder="reviewer"
      aria-label="Reviewer: the name on your decisions"
      value={text}
      maxLength={100}
      onValueChange={setText}
      onBlur={() => setReviewer(text)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
      }}
    />
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
