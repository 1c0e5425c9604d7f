// What is scored of each reconstruction, as the published eval_recon.py: distances, regions, patches.
import type { RunParameters } from '../../../src-preload/jobs/jobs.ts';
import { FieldRow, ManyField, NumberField } from './fields.tsx';

export type Scoring = RunParameters<'score'>['scoring'];

export const usualScoring: Scoring = {
  distances: ['MSE', 'WD'],
  regions: ['full', 'body', 'patch'],
  patchSize: 32,
  patchCount: 5,
  keepMaps: true,
  published: false,
};

interface ScoringFieldsProps {
  readonly value: Scoring;
  readonly onChange: (scoring: Scoring) => void;
  /** The largest patch that fits. */
  readonly resolution: number;
}

export function ScoringFields({ value, onChange, resolution }: ScoringFieldsProps) {
  return (
    <>
      <FieldRow>
        <ManyField
          label="Distances"
          choices={['MSE', 'WD']}
          value={value.distances}
          onChange={(distances) => onChange({ ...value, distances })}
        />
        <ManyField
          label="Regions"
          choices={['full', 'body', 'patch', 'mask']}
          value={value.regions}
          onChange={(regions) => onChange({ ...value, regions })}
        />
      </FieldRow>
      <FieldRow>
        <NumberField
          key={resolution}
          label="Side of a patch, pixels"
          value={value.patchSize}
          min={1}
          max={resolution}
          onChange={(patchSize) => onChange({ ...value, patchSize })}
        />
        <NumberField
          label="Patches kept"
          value={value.patchCount}
          min={1}
          max={64}
          onChange={(patchCount) => onChange({ ...value, patchCount })}
        />
      </FieldRow>
    </>
  );
}
