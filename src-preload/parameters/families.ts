// The parameters of the families of one-pass scores: the job checks them, the dialog draws their fields.
import { featuresOptions, type TrunkName } from './features.ts';
import type { ParameterSet } from './parameter.ts';
import { typicalityOptions } from './typicality.ts';

const sets: Readonly<Record<string, ParameterSet>> = { typicality: typicalityOptions, features: featuresOptions };

/** True for a family whose chosen parameters ask for the discriminator of a network, though the family can do without. */
export const asksForDiscriminator = (values: Readonly<Record<string, unknown>>): boolean =>
  values.trunk === ('discriminator' satisfies TrunkName);

/** The parameters of a family's own; none for a family that is not listed. */
export const parametersOfFamily = (name: string): ParameterSet => sets[name] ?? {};
