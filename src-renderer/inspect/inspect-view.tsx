// Inspect: one image next to its reconstruction, residual and score map.
import { Button } from '@blueprintjs/core';
import { ArrowLeftIcon, ComparisonIcon, DocumentIcon, LayoutCircleIcon, SearchIcon } from '@blueprintjs/icons';
import { EmptyState } from '../empty-state.tsx';
import { ProblemNote } from '../problem.tsx';
import { useReading } from '../readers/reading.tsx';
import { useReport } from '../report/use-report.ts';
import { useSimilar } from '../similar/use-similar.ts';
import { ToolBar } from '../tool-bar.tsx';
import { scoreLabel } from '../triage/score-names.ts';
import { useTriage } from '../triage/triage-state.tsx';
import { AnnotationList } from './annotation-list.tsx';
import { Decisions } from './decisions.tsx';
import { ImageFacts } from './image-facts.tsx';
import styles from './inspect-view.module.css';
import { regionText } from './measure.ts';
import { Measurements } from './measurements.tsx';
import { Panes } from './panes.tsx';
import { PatchStrip } from './patch-strip.tsx';
import { sharesOf } from './picture.ts';
import { SliceStrip } from './slice-strip.tsx';
import { TagEditor } from './tag-editor.tsx';
import { TextFound } from './text-found.tsx';
import { type InspectionProps, useInspection } from './use-inspection.ts';
import { ViewerTools } from './viewer-tools.tsx';
import { Walk } from './walk.tsx';

/** An image that is not in the list: a slice of the scan, or a case from another view. Shown until the focus of the list moves. */
export interface Visit {
  /** The focused image of the list when it was opened. */
  readonly from: number | undefined;
  readonly image: number;
}

interface InspectProps {
  readonly visit: Visit | null;
  readonly onVisit: (visit: Visit) => void;
  readonly onTriage: () => void;
  /** The image with its nearest normals. */
  readonly onCompare: (images: readonly number[]) => void;
}

export function InspectView({ visit, onVisit, onTriage, onCompare }: InspectProps) {
  const { ids, selection } = useTriage();
  const focused = ids?.[selection.focus];
  const id = visit !== null && visit.from === focused ? visit.image : focused;
  if (id === undefined) {
    return (
      <EmptyState
        icon={SearchIcon}
        title="No image selected"
        action={<Button text="Select one in Triage" onClick={onTriage} />}
      />
    );
  }
  return (
    <InspectedImage
      id={id}
      onSlice={(image) => onVisit({ from: focused, image })}
      onTriage={onTriage}
      onCompare={() => onCompare([id])}
    />
  );
}

function InspectedImage(props: InspectionProps) {
  const { id, onTriage, onSlice, onCompare } = props;
  const { score } = useTriage();
  const { blind } = useReading();
  const openSimilar = useSimilar();
  const report = useReport();
  const inspection = useInspection(props);
  const { inspected, viewer, setViewer, window, isOwnWindow, setWindow, slices, placing, goTo } = inspection;
  const { sight, setSight, marks, flipped, tool, setTool, draw, remove, patches, onScroll } = inspection;
  const { run, source, detail, frame, map, masks } = inspected;
  const row = detail.data?.row;
  const unit = inspection.inHounsfield ? 'HU' : '';
  // A rectangle that is placed by keys is measured as well.
  const placedValues =
    placing.box === null || frame.data === undefined ? '' : regionText(frame.data, placing.box, unit);
  return (
    <div className={styles.inspect}>
      <ToolBar label="Image">
        <Button variant="minimal" icon={<ArrowLeftIcon />} text={blind ? 'Readers' : 'Triage'} onClick={onTriage} />
        <Walk />
        <h2 className={styles.name} title={row?.name}>
          {row?.name}
        </h2>
        {blind ? null : (
          <>
            <Button
              variant="minimal"
              icon={<LayoutCircleIcon />}
              aria-label="Similar images"
              title="Similar images (S)"
              onClick={() => openSimilar(id)}
            />
            <Button
              variant="minimal"
              icon={<DocumentIcon />}
              aria-label="Report on this image"
              title="Report on this image (Shift+P)"
              onClick={() => report([id])}
            />
            <Button
              variant="minimal"
              icon={<ComparisonIcon />}
              aria-label="Compare with the nearest normals"
              title="Compare with the nearest normals (V)"
              onClick={onCompare}
            />
          </>
        )}
        <Decisions inspected={inspected} viewer={viewer} setViewer={setViewer} />
      </ToolBar>
      <ViewerTools
        viewer={viewer}
        onChange={setViewer}
        window={window}
        isOwnWindow={isOwnWindow}
        onWindow={setWindow}
        presets={frame.data?.windows ?? []}
        inHounsfield={inspection.inHounsfield}
        masks={masks.data?.masks ?? []}
        maps={inspected.maps}
        source={source}
        tool={tool}
        onTool={setTool}
      />
      <div className={styles.notes}>
        <ProblemNote error={frame.error ?? detail.error ?? masks.error} />
        {row === undefined || row.state === 'present' ? null : (
          <p className={styles.fileNote} role="status">
            The file is {row.state}: {detail.data?.reason}. It cannot be scored.
          </p>
        )}
        <p className={styles.placing} role="status" aria-label="Annotation by keyboard">
          {placing.words}
        </p>
        {placedValues === '' ? null : (
          <p className={styles.placing} role="status" aria-label="Values in the rectangle">
            {placedValues}
          </p>
        )}
      </div>
      <Panes
        inspected={inspected}
        viewer={viewer}
        setViewer={setViewer}
        window={window}
        setWindow={setWindow}
        marks={marks}
        sight={sight}
        setSight={setSight}
        flipped={flipped}
        onScroll={onScroll}
        placed={placing.box}
        tool={tool}
        onAnnotate={draw}
        onMeasure={inspection.measure}
      />
      <aside className={styles.facts} aria-label="About this image">
        {slices.length > 1 ? (
          <SliceStrip
            id={id}
            slices={slices}
            score={score === undefined ? undefined : scoreLabel(score)}
            onGo={onSlice}
          />
        ) : null}
        {frame.data === undefined ? null : (
          <Measurements
            frame={frame.data}
            unit={unit}
            measures={inspection.measures}
            onRemove={inspection.removeMeasure}
          />
        )}
        <PatchStrip
          patches={patches}
          map={map.data}
          frame={frame.data}
          window={window}
          invert={viewer.invert}
          onGo={inspection.goToPatch}
        />
        {detail.data === undefined ? null : (
          <>
            <TextFound image={id} lines={detail.data.unjudgedText} />
            <AnnotationList
              annotations={detail.data.annotations}
              selected={placing.selected}
              onGo={(rectangle) => goTo(sharesOf(rectangle, detail.data.row))}
              onRemove={remove}
            />
            {blind ? null : <TagEditor image={id} tags={detail.data.row.tags} />}
            <ImageFacts detail={detail.data} run={score?.run ?? run ?? 0} />
          </>
        )}
      </aside>
    </div>
  );
}
