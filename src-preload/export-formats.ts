// The export formats: what each is called, what it writes, what it needs and what it cannot be combined with.

/**
 * What a format needs besides the images. `model`: a network whose recipe shapes them. `masks`: a reference segmentation
 * of at least one of them.
 */
export type ExportNeed = 'model' | 'masks';

/** What both sides know about a format; its writer lies in src-main/curation/export/formats/. */
export interface ExportFormatFacts {
  /** As in `--format NAME` and in the manifest. */
  readonly name: string;
  /** In the window's list. */
  readonly title: string;
  /** One sentence for the help. */
  readonly description: string;
  readonly needs: readonly ExportNeed[];
  /** Why its files cannot be de-identified; null where they can. */
  readonly keepsIdentities: string | null;
}

/** Every export format, the default first. To add one: docs/design.md, "Adding an export format". */
export const exportFormats = [
  {
    name: 'original',
    title: 'original files',
    description: 'The original files, de-identified unless identities are retained.',
    needs: [],
    keepsIdentities: null,
  },
  {
    name: 'link',
    title: 'links to the original files',
    description: 'Hard links to the original files: no copy, on the same drive only.',
    needs: [],
    keepsIdentities: 'a link shows the original with all identities: copy, or retain identities',
  },
  {
    name: 'png',
    title: 'PNG, as shown',
    description: "8-bit PNG as displayed, with the file's window or from minimum to maximum.",
    needs: [],
    keepsIdentities: null,
  },
  {
    name: 'nifti',
    title: 'NIfTI, full bit depth',
    description: 'One NIfTI-1 file for each image, at full bit depth.',
    needs: [],
    keepsIdentities: null,
  },
  {
    name: 'dataset',
    title: 'training set (StyleGAN2-ADA zip layout)',
    description: 'A zip in the layout of StyleGAN2-ADA, prepared as the input of a network (--model).',
    needs: ['model'],
    keepsIdentities: null,
  },
  {
    name: 'coco',
    title: 'COCO: PNG with annotations',
    description: '8-bit PNG with the annotated rectangles and reference masks in annotations.json, the layout of COCO.',
    needs: [],
    keepsIdentities: null,
  },
  {
    name: 'nnunet',
    title: 'nnU-Net or MONAI data set',
    description: 'NIfTI images in imagesTr, reference masks in labelsTr, and dataset.json, for nnU-Net v2 and MONAI.',
    needs: ['masks'],
    keepsIdentities: null,
  },
  {
    name: 'parquet',
    title: 'tables (Parquet), no images',
    description: 'Images, scores, verdicts, annotations and feature vectors as Parquet tables, without pixels.',
    needs: [],
    keepsIdentities: null,
  },
  {
    name: 'csv',
    title: 'tables (CSV), no images',
    description: 'The same tables as CSV.',
    needs: [],
    keepsIdentities: null,
  },
] as const satisfies readonly ExportFormatFacts[];

export type ExportFormat = (typeof exportFormats)[number]['name'];

/** The names of all formats, the default first. */
export const exportFormatNames = exportFormats.map(({ name }) => name) as [ExportFormat, ...ExportFormat[]];

/** The facts of a format. */
export function exportFormatFacts(format: ExportFormat): ExportFormatFacts {
  return exportFormats.find(({ name }) => name === format)!;
}

/** Why an export in this format cannot be made as requested, in words; undefined when it can. */
export function exportConflict(
  format: ExportFormat,
  { deidentified, model }: { readonly deidentified: boolean; readonly model: boolean },
): string | undefined {
  const { needs, keepsIdentities, title } = exportFormatFacts(format);
  if (deidentified && keepsIdentities !== null) return keepsIdentities;
  if (needs.includes('model') && !model) return `a ${title} needs the model whose recipe shapes its images`;
  return undefined;
}
