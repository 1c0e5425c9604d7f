// Score against Dice, one point per scan, with the limit below which a segmentation has failed; a click opens the scan.
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import type { SegmentedCase } from '../../src-preload/schemas/segmentation.ts';
import styles from './scatter-plot.module.css';

interface PlotProps {
  readonly cases: readonly SegmentedCase[];
  readonly below: number;
  /** Image of the case that is to stand out. */
  readonly selected: number | null;
  readonly xLabel: string;
  readonly onOpen: (image: number) => void;
}

const axis = { stroke: '#b8c4d0', grid: { stroke: '#2a3138', width: 1 }, ticks: { stroke: '#3a434c', width: 1 } };
const colours = { failed: '#ff9f5a', good: '#5fb0ff', selected: '#ffffff' } as const;
const reach = 12;

export function ScatterPlot({ cases, below, selected, xLabel, onOpen }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const now = useRef({ cases, below, selected, onOpen });
  now.current = { cases, below, selected, onOpen };

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const sorted = cases.toSorted((a, b) => a.score - b.score);
    const size = () => ({ width: element.clientWidth, height: element.clientHeight });
    const made = new uPlot(
      {
        ...size(),
        scales: { x: { time: false, range: (_, least, most) => withMargin(least, most) }, y: { range: [0, 1] } },
        axes: [
          { ...axis, label: xLabel, labelSize: 22, size: 36 },
          { ...axis, label: 'Dice', labelSize: 22, size: 50, space: 60 },
        ],
        series: [{}, { paths: () => null, points: { show: false } }],
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { show: false }, x: false, y: false },
        hooks: { draw: [(drawn) => drawPoints(drawn, now.current)] },
      },
      [sorted.map(({ score }) => score), sorted.map(({ dice }) => dice)],
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize(size()));
    observer.observe(element);
    made.over.addEventListener('click', ({ offsetX, offsetY }) => {
      const distance = ({ score, dice }: SegmentedCase) =>
        Math.hypot(made.valToPos(score, 'x') - offsetX, made.valToPos(dice, 'y') - offsetY);
      const nearest = now.current.cases.toSorted((a, b) => distance(a) - distance(b))[0];
      if (nearest !== undefined && distance(nearest) <= reach) now.current.onOpen(nearest.image);
    });
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [cases, xLabel]);

  useEffect(() => {
    if (below >= 0 || selected !== null) plot.current?.redraw(false);
  }, [below, selected]);
  return (
    <div
      ref={place}
      className={styles.scatter}
      role="img"
      aria-label={`${xLabel} against Dice of ${cases.length} scans`}
    />
  );
}

/** Room for whole points at both ends. */
function withMargin(least: number, most: number): [number, number] {
  const margin = (most - least || 1) * 0.04;
  return [least - margin, most + margin];
}

function drawPoints(
  { ctx: context, bbox, valToPos }: uPlot,
  { cases, below, selected }: Pick<PlotProps, 'cases' | 'below' | 'selected'>,
): void {
  const dense = window.devicePixelRatio;
  context.save();
  const limit = valToPos(below, 'y', true);
  context.strokeStyle = '#ffd166';
  context.lineWidth = dense;
  context.setLineDash([6 * dense, 4 * dense]);
  context.beginPath();
  context.moveTo(bbox.left, limit);
  context.lineTo(bbox.left + bbox.width, limit);
  context.stroke();
  context.setLineDash([]);
  for (const { image, score, dice } of cases) {
    context.beginPath();
    context.arc(
      valToPos(score, 'x', true),
      valToPos(dice, 'y', true),
      (image === selected ? 6 : 4) * dense,
      0,
      2 * Math.PI,
    );
    context.fillStyle = image === selected ? colours.selected : dice < below ? colours.failed : colours.good;
    context.fill();
  }
  context.restore();
}
