// How training images become grey levels: one window for all, or each by its own.
import { type TrainingWindow, trainingWindow, windowByModality } from '../../../src-preload/parameters/training.ts';
import { computedTomographyWindows } from '../../inspect/window-level.ts';
import { ChoiceField, FieldRow, Note } from './fields.tsx';

interface WindowFieldProps {
  readonly value: TrainingWindow;
  readonly onChange: (window: TrainingWindow) => void;
}

export function WindowField({ value, onChange }: WindowFieldProps) {
  return (
    <>
      <FieldRow>
        <ChoiceField
          label={trainingWindow.label}
          choices={[
            { label: 'one for all CT, else as each file says', value: 'auto' as TrainingWindow },
            { label: 'as each file says', value: null },
            ...computedTomographyWindows.map(({ name, center, width }) => ({
              label: `CT ${name}: W ${width} L ${center}`,
              value: { center, width },
            })),
          ]}
          value={value}
          onChange={onChange}
        />
      </FieldRow>
      <Note>{windowNote(value)}</Note>
    </>
  );
}

const { center, width } = windowByModality.CT;
const imageByImage =
  'deep images (DICOM, NIfTI, 16 bits) get the window of their own file, or are stretched from their own minimum to their own maximum, so equal values can differ in grey between images.';

/** What is done to the images of a training, in words. */
function windowNote(window: TrainingWindow): string {
  const turned = 'Slices of NIfTI volumes are turned by their affine.';
  if (window === 'auto')
    return `CT in Hounsfield units: all images get the window that most of them state, or W ${width} L ${center}. Other ${imageByImage} ${turned}`;
  if (window === null) return `8-bit images stay as they are; ${imageByImage} ${turned}`;
  return `All images get this window, in the units of their files. ${turned}`;
}
