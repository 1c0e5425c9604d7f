// Dialogs of the readers view: a new work list, a blind second reading, and files that are written or read.
import { Checkbox, HTMLSelect } from '@blueprintjs/core';
import { useState } from 'react';
import type { Filter } from '../../src-preload/schemas/image.ts';
import type { WorkList } from '../../src-preload/schemas/readers.ts';
import { FormDialog } from '../form-dialog.tsx';
import { useAnswer, useHost } from '../host/use-host.ts';
import { FieldRow, Labelled, Note, TextField } from '../jobs/dialogs/fields.tsx';
import { NumberField } from '../jobs/dialogs/number-field.tsx';
import { PathField } from '../jobs/dialogs/path-field.tsx';
import { ProblemNote } from '../problem.tsx';
import { countOf, useReview } from '../review.tsx';
import { useTriage } from '../triage/triage-state.tsx';

interface CloseProps {
  readonly onClose: () => void;
}

/** What a dialog does when it is submitted: it closes once that has succeeded, and shows why it has not. */
function useSubmit(work: () => Promise<string>, onClose: () => void) {
  const { notify } = useReview();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const submit = () => {
    setBusy(true);
    setError(null);
    work()
      .then((words) => {
        notify(words, 'success');
        onClose();
      }, setError)
      .finally(() => setBusy(false));
  };
  return { busy, error, submit };
}

export function ListDialog({ onClose }: CloseProps) {
  const host = useHost();
  const { reviewer } = useReview();
  const { filter } = useTriage();
  const views = useAnswer('views.list', {}).data?.views ?? [];
  const [view, setView] = useState<number | null>(null);
  const [name, setName] = useState('');
  const [reader, setReader] = useState(reviewer);
  const [blind, setBlind] = useState(false);
  const chosen: Filter = views.find(({ id }) => id === view)?.filter ?? filter;
  const count = useAnswer('images.count', { filter: chosen }).data?.images;
  const { busy, error, submit } = useSubmit(async () => {
    const request = { name: name.trim(), reader: reader.trim(), images: { filter: chosen }, blind, by: reviewer };
    const made = await host.call('readers.assign', request);
    return `Work list "${made.name}": ${countOf(made.images)} for ${made.reader}`;
  }, onClose);
  return (
    <FormDialog
      title="New work list"
      action="Give to the reader"
      busy={busy}
      disabled={name.trim() === '' || reader.trim() === '' || reviewer === '' || !count}
      onSubmit={submit}
      onClose={onClose}
    >
      <Labelled
        id="list-images"
        label="Images"
        help={
          count === undefined ? 'counting' : `${countOf(count)}; the list keeps them, whatever the filter finds later.`
        }
      >
        <HTMLSelect
          id="list-images"
          fill
          value={view ?? ''}
          onChange={({ currentTarget: { value } }) => setView(value === '' ? null : Number(value))}
        >
          <option value="">the current list of Triage</option>
          {views.map(({ id, name }) => (
            <option key={id} value={id}>
              the view {name}
            </option>
          ))}
        </HTMLSelect>
      </Labelled>
      <FieldRow>
        <TextField label="Name of the list" value={name} onChange={setName} />
        <TextField label="Reader" value={reader} onChange={setReader} />
      </FieldRow>
      <Checkbox checked={blind} onChange={({ currentTarget }) => setBlind(currentTarget.checked)}>
        Read blind: the reader sees no verdict, mark or count of others
      </Checkbox>
      {reviewer === '' ? <NeedsName /> : null}
      <ProblemNote error={error} />
    </FormDialog>
  );
}

const NeedsName = () => <Note warning>Enter your name at the top right first: work lists are audited.</Note>;

export function SecondDialog({ list, onClose }: CloseProps & { readonly list: WorkList }) {
  const host = useHost();
  const { reviewer } = useReview();
  const [name, setName] = useState(`${list.name}, second`);
  const [reader, setReader] = useState('');
  const [percent, setPercent] = useState(10);
  const [seed, setSeed] = useState(0);
  const { busy, error, submit } = useSubmit(async () => {
    const request = {
      list: list.id,
      reader: reader.trim(),
      name: name.trim(),
      share: percent / 100,
      seed,
      by: reviewer,
    };
    const made = await host.call('readers.second', request);
    return `Work list "${made.name}": ${countOf(made.images)} for ${made.reader}, to be read blind`;
  }, onClose);
  return (
    <FormDialog
      title={`Second reading of ${list.name}`}
      action="Give to the second reader"
      busy={busy}
      disabled={name.trim() === '' || reader.trim() === '' || reviewer === ''}
      onSubmit={submit}
      onClose={onClose}
    >
      <FieldRow>
        <TextField label="Second reader" value={reader} onChange={setReader} />
        <TextField label="Name of the list" value={name} onChange={setName} />
      </FieldRow>
      <FieldRow>
        <NumberField
          label="Share in percent"
          help={`about ${countOf(Math.max(1, Math.round((list.images * percent) / 100)))}, drawn at random`}
          value={percent}
          min={0.1}
          max={100}
          whole={false}
          onChange={setPercent}
        />
        <NumberField
          label="Seed"
          help="the same seed draws the same images"
          value={seed}
          min={0}
          max={2 ** 31}
          onChange={setSeed}
        />
      </FieldRow>
      <Note>
        The second reader sees no verdict, mark, count, filter or ranking by verdicts while reading. Names are not
        checked: this holds for the window, not for the person.
      </Note>
      {reviewer === '' ? <NeedsName /> : null}
      <ProblemNote error={error} />
    </FormDialog>
  );
}

const files = {
  report: {
    title: 'Report of readers',
    action: 'Write',
    what: 'new',
    label: 'HTML file',
    help: 'Lists, readers, agreement and differences. Images are named by their number.',
  },
  export: {
    title: 'Export the verdicts of all readers',
    action: 'Write',
    what: 'new',
    label: 'CSV file',
    help: 'One row for each reader and image, for a machine that has the same images. Images are named by their content.',
  },
  merge: {
    title: 'Merge verdicts of another machine',
    action: 'Merge',
    what: 'file',
    label: 'CSV file',
    help: 'Written there by "Export verdicts". Each verdict is added once; where readers differ, you adjudicate.',
  },
} as const;

interface FileProps extends CloseProps {
  readonly what: keyof typeof files;
  readonly about: { readonly list?: number };
}

export function FileDialog({ what, about, onClose }: FileProps) {
  const host = useHost();
  const { reviewer } = useReview();
  const [path, setPath] = useState('');
  const { title, action, label, help, what: kind } = files[what];
  const { busy, error, submit } = useSubmit(async () => {
    const file = path.trim();
    if (what === 'report') await host.call('readers.report', { ...about, file });
    else if (what === 'export') await host.call('readers.export', { file });
    else {
      const { added, known, unmatched, differences } = await host.call('readers.merge', { file, reviewer });
      return `${added} verdicts added, ${known} known already, ${unmatched.length} of images that are not here; ${differences} more to adjudicate`;
    }
    return `Written: ${file}`;
  }, onClose);
  const needsName = what === 'merge' && reviewer === '';
  return (
    <FormDialog
      title={title}
      action={action}
      busy={busy}
      disabled={path.trim() === '' || needsName}
      onSubmit={submit}
      onClose={onClose}
    >
      <PathField label={label} what={kind} value={path} onChange={setPath} help={help} />
      {needsName ? <NeedsName /> : null}
      <ProblemNote error={error} />
    </FormDialog>
  );
}
