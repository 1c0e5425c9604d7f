// Combine: several scores made one, with a conformal p-value, by how seldom validation normals score as high.
import { useState } from 'react';
import type { ScoreName, Selection } from '../../../src-preload/schemas/image.ts';
import { useAnswer } from '../../host/use-host.ts';
import { scoreLabel } from '../../triage/score-names.ts';
import { useTriage } from '../../triage/triage-state.tsx';
import { ChoiceField, ManyField, Note } from './fields.tsx';
import { type ImagesChoice, ImagesField, useImages } from './images-field.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';

/** What is combined unless somebody chooses otherwise: one score of each kind, where a run has it. */
const usual = ['WD patch', 'feature residual'];
/** Scores that are made of others. */
const madeOfOthers: ReadonlySet<string> = new Set(['combined', 'conformal p']);
const mostScores = 20;

export function CombinationDialog(props: DialogProps) {
  const { scoreNames } = useTriage();
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const known = scoreNames.filter(({ score }) => !madeOfOthers.has(score));
  const [given, setGiven] = useState<readonly string[]>();
  const [validation, setValidation] = useState<number>();
  const [images, setImages] = useState<ImagesChoice>('all');
  const selection = useImages(images);
  const labels = new Map<string, ScoreName>(known.map((name) => [scoreLabel(name), name]));
  const chosen = given ?? usualOf(known);
  const scores = chosen.flatMap((label) => labels.get(label) ?? []).slice(0, mostScores);
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
        <ManyField label="Scores" choices={[...labels.keys()]} value={chosen} onChange={setGiven} />
      )}
      <ChoiceField
        label="Validation normals"
        choices={cohorts.map(({ id, name, images }) => ({ label: `cohort ${name}: ${images} images`, value: id }))}
        value={normals?.id}
        onChange={setValidation}
        help="Normal images with all these scores, at least ten, that nothing was learnt from."
      />
      <ImagesField value={images} onChange={setImages} />
    </JobDialog>
  );
}

/** Of a filter, only the images that have the score. */
const scored = (images: Selection, name: ScoreName): Selection =>
  'filter' in images && images.filter.score === undefined ? { filter: { ...images.filter, score: { name } } } : images;

/** The newest run's score of each usual name; the first of all where there is none of them. */
function usualOf(known: readonly ScoreName[]): readonly string[] {
  const found = usual.flatMap((wanted) => known.find(({ score }) => score === wanted) ?? []);
  return (found.length > 0 ? found : known.slice(0, 1)).map(scoreLabel);
}
