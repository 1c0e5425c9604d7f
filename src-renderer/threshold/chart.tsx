// A uPlot chart that fills its place, with a marker that can be dragged.
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { classNames } from '../class-names.ts';
import styles from './chart.module.css';
import { type ChartData, thresholdColour } from './charts.ts';

interface ChartProps {
  /** Says how high it is. */
  readonly className?: string | undefined;
  readonly chart: ChartData;
  readonly label: string;
  /** A vertical line at this place of the horizontal axis. */
  readonly marker?: number | undefined;
  readonly onMarker?: (value: number) => void;
}

const axis = { stroke: '#b8c4d0', grid: { stroke: '#2a3138', width: 1 }, ticks: { stroke: '#3a434c', width: 1 } };
/** The height where the container has none. */
const usualHeight = 260;
const legendHeight = 30;

export function Chart({ className, chart, label, marker, onMarker }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const now = useRef({ marker, onMarker });
  now.current = { marker, onMarker };

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new uPlot(
      optionsOf(chart, sizeOf(element, chart), () => now.current.marker),
      chart.data,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize(sizeOf(element, chart)));
    observer.observe(element);
    const move = (event: PointerEvent) => {
      if (event.buttons !== 1) return;
      const value = made.posToVal(event.clientX - made.over.getBoundingClientRect().left, 'x');
      const { min = value, max = value } = made.scales.x ?? {};
      now.current.onMarker?.(Math.max(min, Math.min(max, value)));
    };
    made.over.addEventListener('pointerdown', move);
    made.over.addEventListener('pointermove', move);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [chart]);

  useEffect(() => {
    if (marker !== undefined) plot.current?.redraw(false);
  }, [marker]);
  return (
    <div
      ref={place}
      className={classNames(styles.chart, onMarker !== undefined && styles.draggable, className)}
      role="img"
      aria-label={label}
    />
  );
}

/** A chart fills its place, which is as high as its style says. */
function sizeOf({ clientWidth: width, clientHeight }: HTMLElement, { legend = false }: ChartData) {
  return { width, height: Math.max(120, (clientHeight || usualHeight) - (legend ? legendHeight : 0)) };
}

function optionsOf(
  chart: ChartData,
  size: { width: number; height: number },
  marker: () => number | undefined,
): uPlot.Options {
  const paths = chart.steps ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  const { xRange, xLabels } = chart;
  const named: Partial<uPlot.Axis> =
    xLabels === undefined
      ? {}
      : {
          space: 90,
          incrs: [1, 2, 3, 6, 12, 24, 60, 120, 360],
          values: (_, places) => places.map((place) => xLabels[place] ?? ''),
        };
  return {
    ...size,
    scales: {
      x: { time: false, ...(xRange === undefined ? {} : { range: [xRange[0], xRange[1]] }) },
      y: {
        range: (_, least, most) => {
          const room = (most - least) / 20 || 0.5;
          return chart.fitsY ? [least - room, most + room] : [Math.min(0, least), most || 1];
        },
      },
    },
    axes: [
      { ...axis, ...named, label: chart.xLabel, labelSize: 22, size: 36 },
      { ...axis, label: chart.yLabel, labelSize: 22, size: 50 },
    ],
    series: [
      {},
      ...chart.series.map((series) => ({ points: { show: false }, ...(paths ? { paths } : {}), ...series })),
    ],
    ...(chart.bands === undefined ? {} : { bands: chart.bands }),
    legend: { show: chart.legend ?? false, live: false },
    cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
    hooks: { draw: [(plot) => drawMarker(plot, marker())] },
  };
}

/** A line with a grip on top. */
function drawMarker({ ctx: context, bbox, valToPos }: uPlot, marker: number | undefined): void {
  if (marker === undefined) return;
  const x = valToPos(marker, 'x', true);
  const scale = window.devicePixelRatio;
  context.save();
  context.setLineDash([]);
  context.strokeStyle = context.fillStyle = thresholdColour;
  context.lineWidth = 2 * scale;
  context.beginPath();
  context.moveTo(x, bbox.top);
  context.lineTo(x, bbox.top + bbox.height);
  context.stroke();
  context.beginPath();
  context.moveTo(x - 6 * scale, bbox.top - 2 * scale);
  context.lineTo(x + 6 * scale, bbox.top - 2 * scale);
  context.lineTo(x, bbox.top + 8 * scale);
  context.fill();
  context.restore();
}
