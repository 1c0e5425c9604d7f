// The window of modality units that training images are shown by.
import { computedTomographyWindows } from '../../inspect/window-level.ts';
import { ChoiceField } from './fields.tsx';

/** Null: as each file says. */
export type WindowChoice = { readonly center: number; readonly width: number } | null;

export function WindowField({
  value,
  onChange,
}: {
  readonly value: WindowChoice;
  readonly onChange: (window: WindowChoice) => void;
}) {
  return (
    <ChoiceField
      label="Window"
      choices={[
        { label: 'as each file says', value: null },
        ...computedTomographyWindows.map(({ name, center, width }) => ({
          label: `CT ${name}: W ${width} L ${center}`,
          value: { center, width },
        })),
      ]}
      value={value}
      onChange={onChange}
    />
  );
}
