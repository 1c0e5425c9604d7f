// Segmentation: scans by score and by Dice, one against the other, and whether the score finds the failures.

import { Button, HTMLSelect } from '@blueprintjs/core';
import { LayersIcon, SearchTemplateIcon, ThIcon } from '@blueprintjs/icons';
import { useMemo, useState } from 'react';
import { meaningOf } from '../../src-preload/glossary.ts';
import { intervalText } from '../../src-preload/interval-text.ts';
import type { ScoreName } from '../../src-preload/schemas/image.ts';
import { EmptyState } from '../empty-state.tsx';
import { useLayout } from '../host/layout.tsx';
import { useAnswer } from '../host/use-host.ts';
import { useJobDialogs } from '../jobs/use-job-dialogs.ts';
import { ProblemNote } from '../problem.tsx';
import { ToolBar } from '../tool-bar.tsx';
import { sameScore, scoreLabel, scoreMeaning } from '../triage/score-names.ts';
import { useTriage } from '../triage/triage-state.tsx';
import { CaseTable, type Column } from './case-table.tsx';
import { ScatterPlot } from './scatter-plot.tsx';
import styles from './segmentation-view.module.css';

interface ViewProps {
  readonly onInspect: (image: number) => void;
}

export function SegmentationView({ onInspect }: ViewProps) {
  const { score, scoreNames } = useTriage();
  const structures = useAnswer('segmentation.structures', {});
  const open = useJobDialogs();
  const [given, setScore] = useState<ScoreName>();
  const selected = scoreNames.find((name) => given !== undefined && sameScore(name, given)) ?? score;
  const names = structures.data?.structures ?? [];
  if (structures.data !== undefined && (names.length === 0 || selected === undefined)) {
    return (
      <EmptyState
        icon={LayersIcon}
        title={names.length === 0 ? 'No segmentations yet' : 'No scores yet'}
        description={
          names.length === 0
            ? 'Import predicted and reference masks to compute the Dice of each image and scan, or import a table of Dice values.'
            : 'Score the images first: the score is then compared with the Dice of their segmentations.'
        }
        action={
          <div className={styles.actions}>
            {names.length === 0 ? (
              <>
                <Button icon={<LayersIcon />} text="Import masks" onClick={() => open('masks')} />
                <Button icon={<ThIcon />} text="Import a table of Dice" onClick={() => open('dice')} />
              </>
            ) : (
              <Button icon={<SearchTemplateIcon />} text="Score" onClick={() => open('scores')} />
            )}
          </div>
        }
      />
    );
  }
  if (selected === undefined || names.length === 0) return <ProblemNote error={structures.error} />;
  return <Comparison score={selected} onScore={setScore} structures={names} onInspect={onInspect} />;
}

const statistics = { maximum: 'highest slice', mean: 'mean of slices', percentile95: '95th percentile' } as const;
type Statistic = keyof typeof statistics;

interface ComparisonProps extends ViewProps {
  readonly score: ScoreName;
  readonly onScore: (score: ScoreName) => void;
  readonly structures: readonly { readonly name: string; readonly images: number; readonly scans: number }[];
}

function Comparison({ score, onScore, structures, onInspect }: ComparisonProps) {
  const { scoreNames, scoreFacts } = useTriage();
  const open = useJobDialogs();
  const [by, setBy] = useLayout<Statistic>('scan statistic', 'maximum');
  const [below, setBelow] = useLayout('failed below', 0.7);
  const [givenStructure, setStructure] = useState<string>();
  const [column, setColumn] = useState<Column>('score');
  const [pointed, setPointed] = useState<number | null>(null);
  const structure = structures.find(({ name }) => name === givenStructure)?.name ?? structures[0]!.name;
  const comparison = { score, by, structure };
  const { data, error } = useAnswer('segmentation.cases', comparison);
  const detection = useAnswer('segmentation.detection', { ...comparison, below });
  const cases = data?.cases;
  // Suspicious first: the highest score, or the lowest Dice.
  const sorted = useMemo(
    () => (cases ?? []).toSorted((a, b) => (column === 'score' ? b.score - a.score : a.dice - b.dice)),
    [cases, column],
  );
  const failed = sorted.filter(({ dice }) => dice < below).length;
  const found = detection.data?.detection;
  return (
    <div className={styles.segmentation}>
      <ToolBar label="Comparison">
        <HTMLSelect
          aria-label="Score"
          title={scoreMeaning(scoreFacts, score)}
          value={scoreNames.findIndex((name) => sameScore(name, score))}
          options={scoreNames.map((name, index) => ({ label: scoreLabel(name), value: index }))}
          onChange={({ currentTarget }) => onScore(scoreNames[Number(currentTarget.value)]!)}
        />
        <HTMLSelect
          aria-label="Score of a scan"
          value={by}
          options={(Object.keys(statistics) as Statistic[]).map((value) => ({ label: statistics[value], value }))}
          onChange={({ currentTarget }) => setBy(currentTarget.value as Statistic)}
        />
        <HTMLSelect
          aria-label="Structure"
          title={meaningOf('Dice')}
          value={structure}
          options={structures.map(({ name }) => ({ label: `Dice of ${name}`, value: name }))}
          onChange={({ currentTarget }) => setStructure(currentTarget.value)}
        />
        <label className={styles.limit}>
          failed below
          <input
            type="range"
            aria-label="Dice below which a segmentation has failed"
            min={0}
            max={1}
            step={0.01}
            value={below}
            onChange={({ currentTarget }) => setBelow(Number(currentTarget.value))}
          />
          <output>{below.toFixed(2)}</output>
        </label>
        <span className={styles.more}>
          <Button variant="minimal" icon={<LayersIcon />} text="Masks" onClick={() => open('masks')} />
          <Button variant="minimal" icon={<ThIcon />} text="Dice table" onClick={() => open('dice')} />
        </span>
      </ToolBar>
      <ProblemNote error={error ?? detection.error} />
      <div className={styles.body}>
        <CaseTable
          cases={sorted}
          column={column}
          onColumn={setColumn}
          below={below}
          onPoint={setPointed}
          onInspect={onInspect}
        />
        <section aria-label="Score against Dice">
          <p className={styles.auroc} role="status" title={meaningOf('AUROC')}>
            {found === undefined
              ? 'computing'
              : found === null
                ? `${failed} of ${sorted.length} are below ${below.toFixed(2)}: an AUROC needs some on either side`
                : `AUROC of the score for Dice below ${below.toFixed(2)}: ${found.auroc.toFixed(2)} (${intervalText(found.lower, found.upper, '–', { none: 'no interval: one of a kind' })}), ${failed} of ${sorted.length} failed`}
          </p>
          <ScatterPlot
            cases={sorted}
            below={below}
            selected={pointed}
            xLabel={`${score.score}, ${statistics[by]}`}
            onOpen={onInspect}
          />
        </section>
      </div>
    </div>
  );
}
