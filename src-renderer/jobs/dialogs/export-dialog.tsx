// Export: a curated subset with its manifest in a new folder, de-identified by default.
import { Checkbox, Switch } from '@blueprintjs/core';
import { useState } from 'react';
import {
  type ExportFormat,
  exportConflict,
  exportFormatFacts,
  exportFormatNames,
  exportFormats,
} from '../../../src-preload/export-formats.ts';
import { noCard, noSplits, type Splits } from '../../../src-preload/jobs/export.ts';
import { useAnswer } from '../../host/use-host.ts';
import { useReview } from '../../review.tsx';
import { useTriage } from '../../triage/triage-state.tsx';
import { ChoiceField, FieldRow, FlagField, MoreOptions, Note, TextField } from './fields.tsx';
import { type GivenImages, type ImagesChoice, ImagesField, useImages } from './images-field.tsx';
import { type DialogProps, JobDialog } from './job-dialog.tsx';
import { MissingFiles, useMissing } from './missing-files.tsx';
import { PathField } from './path-field.tsx';

type Verdicts = 'kept' | 'any';

const splitFields = [
  { name: 'train', label: 'For training' },
  { name: 'validation', label: 'For validation' },
  { name: 'test', label: 'For testing' },
] as const;

interface ExportProps extends DialogProps {
  readonly images?: GivenImages | undefined;
}

export function ExportDialog({ images: given, ...props }: ExportProps) {
  const { scoreNames, columns } = useTriage();
  const [withColumns, setWithColumns] = useState(false);
  const { reviewer } = useReview();
  const models = useAnswer('models.list', {}).data?.models ?? [];
  const [target, setTarget] = useState('');
  const [choice, setChoice] = useState<ImagesChoice>(given === undefined ? 'usual' : 'given');
  const [verdicts, setVerdicts] = useState<Verdicts>(given === undefined ? 'kept' : 'any');
  const [format, setFormat] = useState<ExportFormat>(exportFormatNames[0]);
  const [givenModel, setModel] = useState<number>();
  const [deidentify, setDeidentify] = useState(true);
  const [retainDates, setRetainDates] = useState(false);
  const [retainDevice, setRetainDevice] = useState(false);
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts ?? [];
  const [splits, setSplits] = useState<Splits>(noSplits);
  const [dicomResults, setDicomResults] = useState(false);
  const [name, setName] = useState('');
  const [licence, setLicence] = useState('');
  const selection = useImages(choice, given);
  const canNarrow = 'filter' in selection;
  const images =
    canNarrow && verdicts === 'kept' ? { filter: { ...selection.filter, verdicts: ['keep' as const] } } : selection;
  const count = useAnswer('images.count', { filter: 'filter' in images ? images.filter : {} });
  const [withoutMissing, setWithoutMissing] = useState(false);
  const missing = useMissing(images);
  const model = models.find(({ id }) => id === givenModel) ?? models[0];
  const path = target.trim();
  const needsModel = exportFormatFacts(format).needs.includes('model');
  const conflict = exportConflict(format, { deidentified: deidentify, model: model !== undefined });
  const complete = path !== '' && reviewer !== '' && conflict === undefined;
  return (
    <JobDialog
      {...props}
      title="Export images"
      action="Export"
      request={
        complete
          ? {
              kind: 'export',
              parameters: {
                target: path,
                images,
                scores: [...scoreNames],
                format,
                deidentification: deidentify ? { retainDates, retainDevice, reviewed: [] } : null,
                model: needsModel ? model!.id : null,
                dicomResults,
                splits: { ...splits },
                withoutMissing,
                columns: withColumns ? columns.map(({ name }) => name) : [],
                card: { ...noCard, name: name.trim() || null, licence: licence.trim() || null },
                reviewer,
              },
            }
          : null
      }
    >
      <PathField
        label="New folder"
        what="new"
        value={target}
        onChange={setTarget}
        help="Created once the export is complete, with manifest.csv, manifest.json, a data card and SHA256SUMS."
      />
      <ImagesField given={given} value={choice} onChange={setChoice} />
      <FieldRow>
        <ChoiceField<Verdicts>
          label="Verdict"
          choices={[
            { label: 'keep', value: 'kept', disabled: !canNarrow },
            { label: 'any', value: 'any' },
          ]}
          value={canNarrow ? verdicts : 'any'}
          onChange={setVerdicts}
          help={canNarrow ? `${(count.data?.images ?? 0).toLocaleString('en')} images` : undefined}
        />
        <ChoiceField
          label="Format"
          choices={exportFormats.map(({ name, title }) => ({ label: title, value: name }))}
          value={format}
          onChange={setFormat}
          help={exportFormatFacts(format).description}
        />
      </FieldRow>
      {needsModel && model !== undefined ? (
        <ChoiceField
          label="Prepared as input of"
          choices={models.map(({ id, name }) => ({ label: name, value: id }))}
          value={model.id}
          onChange={setModel}
        />
      ) : null}
      <FieldRow>
        <TextField label="Name of the data set" value={name} onChange={setName} help="For its data card." />
        <TextField
          label="Licence"
          value={licence}
          onChange={setLicence}
          placeholder="CC-BY-4.0"
          help="An SPDX identifier, a URL or words."
        />
      </FieldRow>
      <MoreOptions>
        {columns.length === 0 ? null : (
          <FlagField
            label={`Metadata in the manifest, as the table shows it: ${columns.map(({ name }) => name).join(', ')}`}
            value={withColumns}
            onChange={setWithColumns}
          />
        )}
        <FieldRow>
          {splitFields.map(({ name, label }) => (
            <ChoiceField<number | null>
              key={name}
              label={label}
              choices={[
                { label: 'no cohort', value: null },
                ...cohorts.map((each) => ({ label: each.name, value: each.id })),
              ]}
              value={splits[name]}
              onChange={(cohort) => setSplits({ ...splits, [name]: cohort })}
            />
          ))}
        </FieldRow>
        <Note>With any of these, only images of the named cohorts are exported.</Note>
      </MoreOptions>
      <Checkbox
        checked={dicomResults}
        label="Masks, score maps and verdicts as DICOM objects too (for DICOM images)"
        onChange={({ currentTarget }) => setDicomResults(currentTarget.checked)}
      />
      <Switch
        checked={deidentify}
        label="De-identify (DICOM PS3.15 Annex E)"
        onChange={({ currentTarget }) => setDeidentify(currentTarget.checked)}
      />
      {deidentify ? (
        <FieldRow>
          <Checkbox
            checked={retainDates}
            label="keep dates, shifted by patient"
            onChange={({ currentTarget }) => setRetainDates(currentTarget.checked)}
          />
          <Checkbox
            checked={retainDevice}
            label="keep device information"
            onChange={({ currentTarget }) => setRetainDevice(currentTarget.checked)}
          />
        </FieldRow>
      ) : (
        <Note warning>The exported files will contain names, dates and numbers of patients.</Note>
      )}
      <MissingFiles images={missing} leftOut={withoutMissing} onLeaveOut={setWithoutMissing} />
      {conflict === undefined ? null : <Note warning>{conflict}</Note>}
      {reviewer === '' ? <Note warning>Enter your name at the top right first: exports are audited.</Note> : null}
    </JobDialog>
  );
}
