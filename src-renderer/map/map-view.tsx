// Map: the whole archive as points, those alike beside each other; regions become the list of Triage.
import { Button, HTMLSelect, SegmentedControl, useHotkeys } from '@blueprintjs/core';
import { GraphRemoveIcon, HeatmapIcon, LayoutCircleIcon, ThIcon, ZoomToFitIcon } from '@blueprintjs/icons';
import { useEffect, useMemo, useRef, useState } from 'react';
import { EmptyState } from '../empty-state.tsx';
import { useHost } from '../host/use-host.ts';
import { useJobDialogs } from '../jobs/use-job-dialogs.ts';
import { ProblemNote } from '../problem.tsx';
import { countOf, useReview } from '../review.tsx';
import { ToolBar, ToolGroup } from '../tool-bar.tsx';
import { HoverCard } from '../triage/hover-card.tsx';
import { choose } from '../triage/selection.ts';
import { useTriage } from '../triage/triage-state.tsx';
import { Legend } from './legend.tsx';
import { MapCanvas, type Tool } from './map-canvas.tsx';
import styles from './map-view.module.css';
import { TypicalImages } from './typical-images.tsx';
import { type ColourChoice, useColourChoices, useMap } from './use-map.ts';
import { coordinatesOf, fitted, type MapViewport, moved, placeOf, type Size, zoomed } from './viewport.ts';

interface MapProps {
  readonly onInspect: (image: number) => void;
  readonly onTriage: () => void;
}

export function MapView(props: MapProps) {
  const { choices, index, choose } = useColourChoices();
  const choice = choices[index]!;
  const found = useMap(choice);
  const { map, error } = found;
  if (map.data === undefined) return <ProblemNote error={error} />;
  if (map.data.layout === null) return <NoMap {...map.data} />;
  return <ShownMap {...props} {...found} choices={choices} index={index} onChoose={choose} choice={choice} />;
}

const tools: readonly { readonly value: Tool; readonly label: string }[] = [
  { value: 'move', label: 'Move' },
  { value: 'rectangle', label: 'Rectangle' },
  { value: 'lasso', label: 'Lasso' },
];

type Found = ReturnType<typeof useMap>;
interface ShownMapProps extends MapProps, Found {
  readonly choices: readonly ColourChoice[];
  readonly index: number;
  readonly choice: ColourChoice;
  readonly onChoose: (index: number) => void;
}

function ShownMap(props: ShownMapProps) {
  const { map, colours, bright, focus, error, choices, index, choice, onChoose, onInspect, onTriage } = props;
  const { ids, points, layout, unplaced } = map.data!;
  const { ids: listed, filter, setFilter, selection, select } = useTriage();
  const [place, size] = useSize();
  const [tool, setTool] = useState<Tool>('move');
  const [given, setViewport] = useState<MapViewport>();
  const [pointed, setPointed] = useState<number>();
  const whole = useMemo(() => fitted(points, size), [points, size]);
  const viewport = given ?? whole;
  const region = filter.region?.layout === layout!.id ? filter.region.polygon : undefined;
  const setRegion = (polygon: [number, number][] | undefined) => {
    const { region: _before, ...others } = filter;
    setFilter(polygon === undefined ? others : { ...others, region: { layout: layout!.id, polygon } });
  };
  const focusOn = (at: number) => {
    const index = listed?.indexOf(ids[at]!) ?? -1;
    if (listed !== undefined && index >= 0) select(choose(selection, listed, index, { toggle: false, range: false }));
  };
  const center = { x: size.width / 2, y: size.height / 2 };
  useMapKeys({
    move: (dx, dy) => setViewport(moved(viewport, dx * size.width * 0.15, dy * size.height * 0.15)),
    zoom: (factor) => setViewport(zoomed(viewport, factor, center.x, center.y)),
    fit: () => setViewport(undefined),
    takeSight: () => setRegion(cornersOf(viewport, size)),
    clear: () => setRegion(undefined),
    toTriage: onTriage,
  });
  return (
    <div className={styles.map}>
      <ToolBar label="Map" wraps>
        <span className={styles.colours}>
          <span aria-hidden>Colour by</span>
          <HTMLSelect
            aria-label="Colour by"
            value={index}
            options={choices.map(({ label }, at) => ({ label, value: at }))}
            onChange={({ currentTarget }) => onChoose(Number(currentTarget.value))}
          />
        </span>
        <SegmentedControl
          size="small"
          aria-label="Dragging"
          value={tool}
          onValueChange={(value) => setTool(value as Tool)}
          options={tools.map(({ value, label }) => ({ value, label }))}
        />
        <Button
          variant="minimal"
          icon={<ZoomToFitIcon />}
          aria-label="Fit the map"
          title="Fit the map (0)"
          onClick={() => setViewport(undefined)}
        />
        <span className={styles.count} role="status" aria-label="Number of images">
          {region === undefined ? `${countOf(ids.length)} on the map` : `${countOf(listed?.length ?? 0)} in the region`}
        </span>
        <ToolGroup atEnd>
          {region === undefined ? null : (
            <Button
              variant="minimal"
              icon={<GraphRemoveIcon />}
              text="Clear the region"
              title="Clear the region (Backspace)"
              onClick={() => setRegion(undefined)}
            />
          )}
          <Button icon={<ThIcon />} text="Show in Triage" title="Show the list in Triage (Esc)" onClick={onTriage} />
          <MakeButton unplaced={unplaced} />
        </ToolGroup>
      </ToolBar>
      <ProblemNote error={error} />
      <div ref={place} className={styles.place}>
        {size.width < 1 ? null : (
          <>
            <MapCanvas
              {...{ points, colours, bright, focus, region, tool, size, viewport }}
              onViewport={setViewport}
              onPoint={setPointed}
              onPress={focusOn}
              onOpen={(at) => onInspect(ids[at]!)}
              onRegion={setRegion}
            />
            <TypicalImages
              {...{ ids, points, viewport, size }}
              draws={tool !== 'move'}
              onFocus={focusOn}
              onOpen={(at) => onInspect(ids[at]!)}
            />
            <Legend legend={colours.legend} title={choice.label} />
            {pointed === undefined ? null : (
              <HoverCard id={ids[pointed]!} place={placeOf(viewport, points, pointed)} size={size} />
            )}
          </>
        )}
      </div>
    </div>
  );
}

function cornersOf(viewport: MapViewport, { width, height }: Size): [number, number][] {
  return [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ].map(([x, y]) => coordinatesOf(viewport, x!, y!));
}

/** Makes the map, or places the images on it that were scored since. */
function MakeButton({ unplaced }: { readonly unplaced: number }) {
  const host = useHost();
  const { notify } = useReview();
  const make = (fresh: boolean) =>
    host.call('runs.queue', { kind: 'map', parameters: { fresh } }).then(
      () => notify(fresh ? 'The map is being made.' : `${countOf(unplaced)} are being placed.`),
      (error: Error) => notify(error.message, 'danger'),
    );
  return (
    <>
      {unplaced === 0 ? null : (
        <Button
          icon={<LayoutCircleIcon />}
          text={`Place ${unplaced.toLocaleString('en')} new`}
          title="Place the images that are not on the map; the others stay where they are"
          onClick={() => make(false)}
        />
      )}
      <Button
        variant="minimal"
        icon={<HeatmapIcon />}
        aria-label="Make the map again"
        title="Lay all images out again"
        onClick={() => make(true)}
      />
    </>
  );
}

function NoMap({ unplaced, featureless }: { readonly unplaced: number; readonly featureless: number }) {
  const host = useHost();
  const open = useJobDialogs();
  const { notify } = useReview();
  const make = () =>
    host.call('runs.queue', { kind: 'map', parameters: {} }).then(
      () => notify('The map is being made.'),
      (error: Error) => notify(error.message, 'danger'),
    );
  return unplaced > 2 ? (
    <EmptyState
      icon={HeatmapIcon}
      title="No map yet"
      description={`${countOf(unplaced)} can be laid out by their features, what a network sees in them${featureless === 0 ? '' : `; ${countOf(featureless)} without features are left out`}. It takes seconds for a thousand images, minutes for a hundred thousand.`}
      action={<Button intent="primary" text="Make the map" onClick={make} />}
    />
  ) : (
    <EmptyState
      icon={HeatmapIcon}
      title="No features yet"
      description="The map is made from the features of each image, what a network sees in it. Score the family “deep features” first: it needs a cohort of normals and no training."
      action={<Button text="Score" onClick={() => open('scores')} />}
    />
  );
}

interface MapKeys {
  readonly move: (dx: number, dy: number) => void;
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
  readonly takeSight: () => void;
  readonly clear: () => void;
  readonly toTriage: () => void;
}

function useMapKeys(keys: MapKeys): void {
  const now = useRef(keys);
  now.current = keys;
  const combos = useMemo(() => {
    const common = { global: true, group: 'Map', preventDefault: true } as const;
    const move = (combo: string, label: string, dx: number, dy: number) => ({
      ...{ ...common, combo, label, onKeyDown: () => now.current.move(dx, dy) },
    });
    return [
      move('left', 'Move left', 1, 0),
      move('right', 'Move right', -1, 0),
      move('up', 'Move up', 0, 1),
      move('down', 'Move down', 0, -1),
      { ...common, combo: 'plus', label: 'Zoom in', onKeyDown: () => now.current.zoom(1.4) },
      { ...common, combo: 'minus', label: 'Zoom out', onKeyDown: () => now.current.zoom(1 / 1.4) },
      { ...common, combo: '0', label: 'Fit the map', onKeyDown: () => now.current.fit() },
      { ...common, combo: 'a', label: 'Take what is in sight as the region', onKeyDown: () => now.current.takeSight() },
      { ...common, combo: 'backspace', label: 'Clear the region', onKeyDown: () => now.current.clear() },
      { ...common, combo: 'esc', label: 'Show the list in Triage', onKeyDown: () => now.current.toTriage() },
    ];
  }, []);
  useHotkeys(combos);
}

/** The size of an element as it is now. */
function useSize() {
  const place = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [place, size] as const;
}
