// Parts of the window that are loaded later: once the first images are there, or when somebody opens them.
import { OfflineIcon } from '@blueprintjs/icons';
import { Component, lazy, type ReactNode, Suspense } from 'react';
import { EmptyState } from './empty-state.tsx';

const parts = {
  inspect: () => import('./inspect/inspect-view.tsx'),
  threshold: () => import('./threshold/threshold-view.tsx'),
  map: () => import('./map/map-view.tsx'),
  similar: () => import('./similar/similar-dialog.tsx'),
  compare: () => import('./compare/compare-view.tsx'),
  report: () => import('./report/report-dialog.tsx'),
  jobs: () => import('./jobs/jobs-view.tsx'),
  duplicates: () => import('./duplicates/duplicates-view.tsx'),
  readers: () => import('./readers/readers-view.tsx'),
  segmentation: () => import('./segmentation/segmentation-view.tsx'),
  drift: () => import('./drift/drift-view.tsx'),
  dialogs: () => import('./jobs/dialogs/dialog-by-name.tsx'),
} as const;

export const InspectView = lazy(() => parts.inspect().then(({ InspectView }) => ({ default: InspectView })));
export const ThresholdView = lazy(() => parts.threshold().then(({ ThresholdView }) => ({ default: ThresholdView })));
export const ReadersView = lazy(() => parts.readers().then(({ ReadersView }) => ({ default: ReadersView })));
export const DriftView = lazy(() => parts.drift().then(({ DriftView }) => ({ default: DriftView })));
export const MapView = lazy(() => parts.map().then(({ MapView }) => ({ default: MapView })));
export const SimilarDialog = lazy(() => parts.similar().then(({ SimilarDialog }) => ({ default: SimilarDialog })));
export const CompareView = lazy(() => parts.compare().then(({ CompareView }) => ({ default: CompareView })));
export const ReportDialog = lazy(() => parts.report().then(({ ReportDialog }) => ({ default: ReportDialog })));
export const JobsView = lazy(() => parts.jobs().then(({ JobsView }) => ({ default: JobsView })));
export const SegmentationView = lazy(() =>
  parts.segmentation().then(({ SegmentationView }) => ({ default: SegmentationView })),
);
export const DuplicatesView = lazy(() =>
  parts.duplicates().then(({ DuplicatesView }) => ({ default: DuplicatesView })),
);
export const DialogByName = lazy(() => parts.dialogs().then(({ DialogByName }) => ({ default: DialogByName })));

/** Loads everything now, so that nobody waits for it later. A failure is shown in its place. */
export function loadLaterParts(): void {
  for (const load of Object.values(parts)) load().catch(() => {});
}

/** Shows nothing while its part loads, and the error where that fails; the rest of the window stays. */
export class Later extends Component<{ readonly children: ReactNode }, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error !== null)
      return <EmptyState icon={OfflineIcon} title="This view failed to load" description={error.message} />;
    return <Suspense>{this.props.children}</Suspense>;
  }
}
