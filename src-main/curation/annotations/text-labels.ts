// Labels of annotations that are about text in the pixels: they are no anomalies.

/** A reader confirms text about the patient, which is blacked out in exports, or allows a side marker, which stays. */
export const textLabels = { text: 'text', sideMarker: 'side marker' } as const;
export type TextLabel = (typeof textLabels)[keyof typeof textLabels];

export const isAboutText = ({ label }: { readonly label: string }): boolean =>
  label === textLabels.text || label === textLabels.sideMarker;
