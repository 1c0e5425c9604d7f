// Charts of the threshold view as data of uPlot.
import { describe, expect, it } from 'vitest';
import { cohortColour, histogramChart } from '../../src-renderer/threshold/charts.ts';

const histogram = {
  edges: Float64Array.of(0, 1, 2),
  counts: [Uint32Array.of(3, 1), Uint32Array.of(0, 2)],
  cohorts: [7, 4],
};

describe('histogramChart', () => {
  it('draws the shares of each cohort, with its last step closed', () => {
    const { data, series } = histogramChart(histogram, [7, 4]);
    expect(data).toEqual([
      [0, 1, 2],
      [0.75, 0.25, 0.25],
      [0, 1, 1],
    ]);
    expect(series.map(({ stroke }) => stroke)).toEqual([cohortColour(0), cohortColour(1)]);
  });

  it('has a row for each series, in the colour of its cohort, while another selection is being counted', () => {
    const added = histogramChart(histogram, [7, 5, 4]);
    expect(added.data).toHaveLength(1 + added.series.length);
    expect(added.series.map(({ stroke }) => stroke)).toEqual([cohortColour(0), cohortColour(2)]);
    const removed = histogramChart(histogram, [7]);
    expect(removed.data).toEqual([
      [0, 1, 2],
      [0.75, 0.25, 0.25],
    ]);
    expect(removed.series).toHaveLength(1);
  });
});
