// From the PACS: ask what it has, choose among the studies, and fetch them. Counts are shown before anything is fetched.
import { Button } from '@blueprintjs/core';
import { useRef, useState } from 'react';
import { fetching } from '../../../src-preload/parameters/fetching.ts';
import { FormDialog } from '../../form-dialog.tsx';
import { useHost } from '../../host/use-host.ts';
import { ProblemNote } from '../../problem.tsx';
import { useReview } from '../../review.tsx';
import text from '../../styles/text.module.css';
import { FieldRow, TextField } from './fields.tsx';
import type { DialogProps } from './job-dialog.tsx';
import { type Found, PacsFound } from './pacs-found.tsx';
import { PacsMoreFields, PacsPeerFields } from './pacs-peer-fields.tsx';
import {
  counted,
  credentialsOf,
  type PeerFields,
  peerBefore,
  peerOf,
  type QueryFields,
  queryBefore,
  queryOf,
} from './pacs-request.ts';
import { valuesBefore } from './parameter-fields.tsx';
import { PathField } from './path-field.tsx';

/** The last PACS of this window, without its secret. */
let lastPeer: PeerFields = peerBefore;

export function PacsDialog({ onClose, onQueued }: DialogProps) {
  const host = useHost();
  const { notify } = useReview();
  const [fields, setFields] = useState(lastPeer);
  const [query, setQuery] = useState(queryBefore);
  const [speed, setSpeed] = useState(() => valuesBefore(fetching));
  const [into, setInto] = useState('');
  const [kind, setKind] = useState('');
  const [cohort, setCohort] = useState('');
  const [found, setFound] = useState<Found | null>(null);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  /** An answer to an earlier question is of no interest. */
  const asked = useRef(0);
  const peer = peerOf(fields);

  const forget = () => {
    asked.current++;
    setFound(null);
    setBusy(false);
    setError(null);
  };
  const changePeer = (changed: PeerFields) => {
    lastPeer = { ...changed, secret: '' };
    setFields(changed);
    forget();
  };
  const changeQuery = (part: Partial<QueryFields>) => {
    setQuery({ ...query, ...part });
    forget();
  };

  const signIn = async () => {
    const credentials = credentialsOf(fields);
    const url = fields.url.trim();
    if (credentials === null || fields.protocol !== 'dicomweb') return;
    await host.call('pacs.authorise', { url, credentials });
    if (fields.keep) await host.keychain?.keep(url, credentials);
  };
  /** Work of which one is done at a time, and whose failure is shown. */
  const doing = async <T,>(work: () => Promise<T>, done: (result: T) => void) => {
    const number = ++asked.current;
    setBusy(true);
    setError(null);
    await work().then(
      (result) => number === asked.current && done(result),
      (failure) => number === asked.current && setError(failure),
    );
    if (number === asked.current) setBusy(false);
  };
  const test = () =>
    doing(
      async () => {
        await signIn();
        await host.call('pacs.test', { peer: peer!, timeout: speed.timeout });
      },
      () => notify('The PACS answers', 'success'),
    );
  const search = () =>
    doing(
      async () => {
        await signIn();
        return host.call('pacs.find', { peer: peer!, query: queryOf(query), timeout: speed.timeout });
      },
      (answer) => {
        setLeft(new Set());
        setFound(answer);
      },
    );
  const chosen = (found?.studies ?? []).filter(({ study }) => !left.has(study));
  const instances = chosen.reduce((sum, study) => sum + study.instances, 0);
  const series = chosen.reduce((sum, study) => sum + study.series, 0);
  const start = () =>
    doing(
      () => {
        const studies = left.size === 0 ? [] : chosen.map(({ study }) => study);
        const where = { into: into.trim() || null, kind: kind.trim() || null, cohort: cohort.trim() || null };
        const parameters = { peer: peer!, query: queryOf(query, studies), ...where, ...speed };
        return host.call('runs.queue', { kind: 'pacs', parameters });
      },
      () => {
        onQueued();
        onClose();
      },
    );
  const isFound = found !== null && found.studies.length > 0;
  return (
    <FormDialog
      wide
      title="Import from a PACS"
      action={isFound ? `Import ${counted(instances, 'instance')}` : 'Search'}
      disabled={peer === null || (isFound && instances === 0)}
      busy={busy}
      footer={
        isFound ? (
          <span className={text.quiet} role="status">
            {`${chosen.length === found.studies.length ? '' : `${chosen.length} of `}${counted(found.studies.length, 'study', 'studies')}, ${counted(series, 'series', 'series')}, ${counted(instances, 'instance')}`}
          </span>
        ) : (
          <Button variant="minimal" text="Test connection" disabled={peer === null || busy} onClick={test} />
        )
      }
      onSubmit={isFound ? start : search}
      onClose={onClose}
    >
      <PacsPeerFields value={fields} onChange={changePeer} />
      <FieldRow>
        <TextField
          label="Patient ID"
          value={query.patientId}
          onChange={(patientId) => changeQuery({ patientId })}
          placeholder="any"
        />
        <TextField
          label="Patient name"
          value={query.patientName}
          onChange={(patientName) => changeQuery({ patientName })}
          placeholder="Doe^J*"
        />
        <TextField
          label="Studies from"
          value={query.from}
          onChange={(from) => changeQuery({ from })}
          placeholder="2024-01-31"
        />
        <TextField label="Studies to" value={query.to} onChange={(to) => changeQuery({ to })} placeholder="any day" />
      </FieldRow>
      <FieldRow>
        <TextField
          label="Modality"
          value={query.modalities}
          onChange={(modalities) => changeQuery({ modalities })}
          placeholder="CT, CR"
        />
        <TextField
          label="Body part"
          value={query.bodyPart}
          onChange={(bodyPart) => changeQuery({ bodyPart })}
          placeholder="CHEST"
        />
        <TextField
          label="Description"
          value={query.description}
          onChange={(description) => changeQuery({ description })}
          placeholder="part of it"
        />
      </FieldRow>
      {found === null ? null : <PacsFound found={found} left={left} onLeft={setLeft} />}
      <FieldRow>
        <PathField
          label="Keep the files in"
          what="folder"
          value={into}
          onChange={setInto}
          placeholder="from-pacs, beside the catalog"
        />
        <TextField label="Kind" value={kind} onChange={setKind} placeholder="none" />
        <TextField label="Add to cohort" value={cohort} onChange={setCohort} placeholder="none" />
      </FieldRow>
      <PacsMoreFields value={fields} onChange={changePeer} speed={speed} onSpeed={setSpeed} />
      <ProblemNote error={error} />
    </FormDialog>
  );
}
