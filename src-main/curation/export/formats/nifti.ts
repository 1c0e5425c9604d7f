// Export format `nifti`: one NIfTI-1 file for each image, at full bit depth.
import { niftiOfFrame } from '../nifti-frame.ts';
import { type FormatWriter, imagePath, writeEach } from './format.ts';

export const writeNiftis: FormatWriter = (records, context) =>
  writeEach(records, context, async (record, { decode, staging }) => {
    const path = imagePath(record, 'nii');
    await staging.write(path, niftiOfFrame(await decode(record)));
    return path;
  });
