// Inspect: one image next to its reconstruction, residual and score map.
import { Button } from '@blueprintjs/core';
import { ArrowLeftIcon, SearchIcon } from '@blueprintjs/icons';
import { EmptyState } from '../empty-state.tsx';
import { ProblemNote } from '../problem.tsx';
import { useReading } from '../readers/reading.tsx';
import { ToolBar } from '../tool-bar.tsx';
import { scoreLabel } from '../triage/score-names.ts';
import { useTriage } from '../triage/triage-state.tsx';
import { AnnotationList } from './annotation-list.tsx';
import { Decisions } from './decisions.tsx';
import { ImageFacts } from './image-facts.tsx';
import styles from './inspect-view.module.css';
import { Panes } from './panes.tsx';
import { PatchStrip } from './patch-strip.tsx';
import { sharesOf } from './picture.ts';
import { SliceStrip } from './slice-strip.tsx';
import { TagEditor } from './tag-editor.tsx';
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
}

export function InspectView({ visit, onVisit, onTriage }: InspectProps) {
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
  return <InspectedImage id={id} onSlice={(image) => onVisit({ from: focused, image })} onTriage={onTriage} />;
}

function InspectedImage(props: InspectionProps) {
  const { id, onSlice, onTriage } = props;
  const { score } = useTriage();
  const { blind } = useReading();
  const inspection = useInspection(props);
  const { inspected, viewer, setViewer, window, isOwnWindow, setWindow, slices, placing, goTo } = inspection;
  const { sight, setSight, marks, flipped, draws, setDraws, draw, remove, patches, onScroll } = inspection;
  const { run, source, detail, frame, map, masks } = inspected;
  const row = detail.data?.row;
  return (
    <div className={styles.inspect}>
      <ToolBar label="Image">
        <Button variant="minimal" icon={<ArrowLeftIcon />} text={blind ? 'Readers' : 'Triage'} onClick={onTriage} />
        <Walk />
        <h2 className={styles.name} title={row?.name}>
          {row?.name}
        </h2>
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
        draws={draws}
        onDraws={setDraws}
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
        onAnnotate={draws ? draw : undefined}
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
