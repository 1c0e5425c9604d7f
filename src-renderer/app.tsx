// Loads what the window needs before it is drawn: the open catalog, its settings, its scores.
import { Spinner } from '@blueprintjs/core';
import { OfflineIcon } from '@blueprintjs/icons';
import { useEffect, useRef } from 'react';
import { EmptyState } from './empty-state.tsx';
import { NoCatalog } from './first-run.tsx';
import { useFreshAnswers } from './host/fresh-answers.ts';
import { LayoutProvider } from './host/layout.tsx';
import { useAnswer } from './host/use-host.ts';
import { PaceProvider } from './jobs/paces.tsx';
import { ReviewProvider } from './review.tsx';
import { TriageProvider } from './triage/triage-state.tsx';
import { Window } from './window.tsx';

export function App() {
  useFreshAnswers();
  const info = useAnswer('catalog.info', {});
  const settings = useAnswer('settings.get', {}, info.data != null);
  const scores = useAnswer('scores.list', {}, info.data != null);
  const error = info.error ?? settings.error ?? scores.error;
  const key = info.data?.key;
  const shown = useRef(key);
  useEffect(() => {
    // Another catalog was opened: nothing cached here applies to it.
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
