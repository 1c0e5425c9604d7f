// Combine: merges several scores into one with a conformal p-value, by how rarely validation normals score as high.

import { useState } from 'react';
import { meaningOf } from '../../../src-preload/glossary.ts';
import type { ScoreName, Selection } from '../../../src-preload/schemas/image.ts';
import { type ScoredRun, usualScore } from '../../../src-preload/usual-score.ts';
import { useAnswer } from '../../host/use-host.ts';
import { scoreLabel, scoreMeaning } from '../../triage/score-names.ts';
import { useTriage } from '../../triage/triage-state.tsx';
import { ChoiceField, ManyField, Note } from './fields.tsx';
import { type ImagesChoice, ImagesField, useImages } from './images-field.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';

/** Combined by default: one score of each kind, where a run has it. */
const usual = ['WD patch', 'feature residual'];
const mostScores = 20;

export function CombinationDialog(props: DialogProps) {
  const { scoreNames, scoreFacts } = useTriage();
  const runs = useAnswer('runs.list', {}).data?.runs ?? [];
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const families = useAnswer('scores.families', {}).data?.families ?? [];
  // Scores made of other scores are not combined again.
  const combinations = new Set(
    families
      .filter(({ needs }) => needs.includes('other scores'))
      .flatMap(({ scores }) => scores.map(({ name }) => name)),
  );
  const known = scoreNames.filter(({ score }) => !combinations.has(score));
  const [given, setGiven] = useState<readonly string[]>();
  const [validation, setValidation] = useState<number>();
  const [images, setImages] = useState<ImagesChoice>('usual');
  const selection = useImages(images);
  const labels = new Map<string, ScoreName>(known.map((name) => [scoreLabel(name), name]));
  const selected = given ?? usualOf(known, runs);
  const scores = selected.flatMap((label) => labels.get(label) ?? []).slice(0, mostScores);
  const normals =
    cohorts.find(({ id }) => id === validation) ?? cohorts.find(({ name }) => /^(normals?|held.out)$/i.test(name));
  return (
    <JobDialog
      {...props}
      title="Combine scores"
      action="Combine"
      request={
        scores.length === 0 || normals === undefined
          ? null
          : {
              kind: 'combination',
              parameters: { images: scored(selection, scores[0]!), scores, validation: normals.id },
            }
      }
    >
      {known.length === 0 ? (
        <Note>No run has scores yet: reconstruct and score, or rank by typicality first.</Note>
      ) : (
        <ManyField
          label="Scores"
          choices={[...labels.keys()]}
          value={selected}
          onChange={setGiven}
          tooltips={(label) => scoreMeaning(scoreFacts, labels.get(label)!)}
        />
      )}
      <ChoiceField
        tooltip={meaningOf('validation normals')}
        label="Validation normals"
        choices={cohorts.map(({ id, name, images }) => ({ label: `cohort ${name}: ${images} images`, value: id }))}
        value={normals?.id}
        onChange={setValidation}
        help="At least ten normal images with all these scores, to which no network or score was fitted."
      />
      <ImagesField value={images} onChange={setImages} />
    </JobDialog>
  );
}

/** Of a filter, only the images that have the score. */
const scored = (images: Selection, name: ScoreName): Selection =>
  'filter' in images && images.filter.score === undefined ? { filter: { ...images.filter, score: { name } } } : images;

/** The score of each usual name of the newest complete run that has it; the first of all where there is none of them. */
function usualOf(known: readonly ScoreName[], runs: readonly ScoredRun[]): readonly string[] {
  const found = usual.flatMap((wanted) => {
    const named = known.filter(({ score }) => score === wanted);
    return usualScore(named, runs) ?? [];
  });
  return (found.length > 0 ? found : known.slice(0, 1)).map(scoreLabel);
}
