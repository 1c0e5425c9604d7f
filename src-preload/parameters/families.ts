// The parameters of the families of one-pass scores: the job checks them, the dialog draws their fields.
import { featuresOptions } from './features.ts';
import type { ParameterSet } from './parameter.ts';
import { typicalityOptions } from './typicality.ts';

const sets: Readonly<Record<string, ParameterSet>> = { typicality: typicalityOptions, features: featuresOptions };

/** The parameters of a family's own; none for a family that is not listed. */
export const parametersOfFamily = (name: string): ParameterSet => sets[name] ?? {};
