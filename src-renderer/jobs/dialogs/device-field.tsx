// Where a job computes: the devices of this machine, those that do not work with the reason.
import type { Settings } from '../../../src-preload/schemas/catalog.ts';
import { useAnswer } from '../../host/use-host.ts';
import { type Choice, ChoiceField } from './fields.tsx';

export type DeviceChoice = Settings['device'];

interface DeviceFieldProps {
  readonly value: DeviceChoice;
  readonly onChange: (device: DeviceChoice) => void;
}

export function DeviceField({ value, onChange }: DeviceFieldProps) {
  const { data, error } = useAnswer('devices.list', {});
  const choices: readonly Choice<DeviceChoice>[] = [
    ...(data?.devices ?? []).map(({ device, name, usable }) => ({
      label: `${device}: ${name}${usable ? '' : ' (does not work here)'}`,
      value: device,
      disabled: !usable,
    })),
    { label: 'auto: the fastest that works', value: 'auto' },
  ];
  const known = choices.some((choice) => choice.value === value);
  return (
    <ChoiceField
      label="Device"
      help={error?.message ?? (data === undefined ? "testing this machine's devices" : undefined)}
      choices={known ? choices : [{ label: value, value }, ...choices]}
      value={value}
      onChange={onChange}
    />
  );
}

/** The device that the settings name. */
export const useUsualDevice = (): DeviceChoice => useAnswer('settings.get', {}).data?.device ?? 'cpu';
