// Where the PACS is, and how one signs in.
import { useQuery } from '@tanstack/react-query';
import { fetching } from '../../../src-preload/parameters/fetching.ts';
import type { ValuesOf } from '../../../src-preload/parameters/parameter.ts';
import { useHost } from '../../host/use-host.ts';
import { ChoiceField, FieldRow, FlagField, MoreOptions, Note, TextField } from './fields.tsx';
import { NumberField } from './number-field.tsx';
import type { PeerFields, Protocol, SignIn } from './pacs-request.ts';
import { ParameterFields } from './parameter-fields.tsx';
import { PathField } from './path-field.tsx';
import { SecretField } from './secret-field.tsx';

const protocols = [
  { label: 'DICOMweb', value: 'dicomweb' },
  { label: 'DIMSE, C-GET', value: 'get' },
  { label: 'DIMSE, C-MOVE', value: 'move' },
] as const;
const signIns = [
  { label: 'without signing in', value: 'none' },
  { label: 'with a password', value: 'password' },
  { label: 'with a token', value: 'token' },
] as const;

export interface PeerFieldsProps {
  readonly value: PeerFields;
  readonly onChange: (value: PeerFields) => void;
}

export function PacsPeerFields({ value, onChange }: PeerFieldsProps) {
  const set = (part: Partial<PeerFields>) => onChange({ ...value, ...part });
  const { protocol } = value;
  return (
    <>
      <FieldRow>
        <ChoiceField<Protocol>
          label="Protocol"
          choices={protocols}
          value={protocol}
          onChange={(chosen) => set({ protocol: chosen })}
        />
        {protocol === 'dicomweb' ? (
          <ChoiceField<SignIn>
            label="Connect"
            choices={signIns}
            value={value.signIn}
            onChange={(signIn) => set({ signIn })}
          />
        ) : (
          <>
            <TextField label="AE title" value={value.aet} onChange={(aet) => set({ aet })} placeholder="PACS" />
            <TextField label="Host" value={value.host} onChange={(host) => set({ host })} placeholder="pacs.example" />
            <NumberField
              label="Port"
              value={value.port}
              min={1}
              max={65_535}
              whole
              onChange={(port) => set({ port: port! })}
            />
            <TextField
              label="Our AE title"
              value={value.ownAet}
              onChange={(ownAet) => set({ ownAet })}
              tooltip="What the PACS knows this machine as."
            />
          </>
        )}
      </FieldRow>
      {protocol === 'dicomweb' ? (
        <TextField
          label="Address of the DICOMweb service"
          value={value.url}
          onChange={(url) => set({ url })}
          placeholder="https://pacs.example/dicom-web"
        />
      ) : null}
      {protocol === 'dicomweb' && value.signIn !== 'none' ? <SignInFields value={value} onChange={onChange} /> : null}
      {protocol === 'move' ? (
        <Note>
          {`The PACS sends to ${value.ownAet} at ${value.listenHost}, port ${value.listenPort}, where Residua listens during the transfer, to this PACS alone.`}
        </Note>
      ) : null}
    </>
  );
}

function SignInFields({ value, onChange }: PeerFieldsProps) {
  const { keychain } = useHost();
  const available = useQuery({ queryKey: ['keychain'], queryFn: async () => (await keychain?.available()) ?? false });
  const hasKeychain = available.data === true;
  const set = (part: Partial<PeerFields>) => onChange({ ...value, ...part });
  const isToken = value.signIn === 'token';
  return (
    <>
      <FieldRow>
        {isToken ? null : <TextField label="User name" value={value.user} onChange={(user) => set({ user })} />}
        <SecretField
          label={isToken ? 'Token' : 'Password'}
          value={value.secret}
          onChange={(secret) => set({ secret })}
          placeholder={hasKeychain ? 'as kept in the keychain' : undefined}
          help="Kept in memory until Residua ends, never in the catalog."
        />
      </FieldRow>
      {!hasKeychain ? null : (
        <FlagField
          label="Keep it in the keychain of this system"
          value={value.keep}
          onChange={(keep) => set({ keep })}
        />
      )}
    </>
  );
}

interface MoreProps extends PeerFieldsProps {
  readonly speed: ValuesOf<typeof fetching>;
  readonly onSpeed: (speed: ValuesOf<typeof fetching>) => void;
}

/** Certificates, the receiver and the pace: few people change them. */
export function PacsMoreFields({ value, onChange, speed, onSpeed }: MoreProps) {
  const set = (part: Partial<PeerFields>) => onChange({ ...value, ...part });
  const { protocol } = value;
  return (
    <MoreOptions>
      <ParameterFields set={fetching} values={speed} onChange={onSpeed} folded />
      {protocol === 'dicomweb' ? null : (
        <FlagField label="Connect by TLS" value={value.tls} onChange={(tls) => set({ tls })} />
      )}
      <FieldRow>
        <PathField
          label="Trusted certificates (PEM)"
          what="file"
          value={value.ca}
          onChange={(ca) => set({ ca })}
          placeholder="those of the system"
        />
        <PathField
          label="Our certificate (PEM)"
          what="file"
          value={value.clientCertificate}
          onChange={(clientCertificate) => set({ clientCertificate })}
          placeholder="none"
        />
        <PathField
          label="Its key (PEM)"
          what="file"
          value={value.clientKey}
          onChange={(clientKey) => set({ clientKey })}
          placeholder="none"
        />
      </FieldRow>
      {protocol === 'dicomweb' ? (
        <TextField
          label="Servers that redirects may lead to"
          value={value.redirect}
          onChange={(redirect) => set({ redirect })}
          placeholder="none"
          help="Such as https://images.example. They get no password."
        />
      ) : null}
      {protocol === 'move' ? (
        <FieldRow>
          <TextField label="Listen on" value={value.listenHost} onChange={(listenHost) => set({ listenHost })} />
          <NumberField
            label="Port here"
            value={value.listenPort}
            min={1}
            max={65_535}
            whole
            onChange={(listenPort) => set({ listenPort: listenPort! })}
          />
          <TextField
            label="The PACS sends from"
            value={value.sender}
            onChange={(sender) => set({ sender })}
            placeholder="its own address"
          />
        </FieldRow>
      ) : null}
    </MoreOptions>
  );
}
