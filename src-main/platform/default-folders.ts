// Where this user's catalog and published weights are when no folder is named, on each platform.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `$RESIDUA_CATALOG`, or the folder for application data of this user (XDG on Linux). */
export function defaultCatalogFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.RESIDUA_CATALOG ?? join(dataFolder(environment), 'catalog');
}

/** The catalog of the demonstration, apart from anybody's work. */
export function demonstrationCatalogFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(dataFolder(environment), 'demonstration');
}

/** `$RESIDUA_WEIGHTS`, or the folder of this user where published weights are looked for. */
export function defaultWeightsFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.RESIDUA_WEIGHTS ?? join(dataFolder(environment), 'weights');
}

/** Where everything of this user lies that Residua keeps by itself. */
export function dataFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (process.platform === 'win32') return join(environment.LOCALAPPDATA ?? homedir(), 'Residua');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Residua');
  return join(environment.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'residua');
}

/** Folder of the demonstration beside its catalog: the slices and the truth about them. */
export const demonstrationFolder = 'demonstration';
/** Folder below that: the normals that the demonstration's network was trained on. */
export const trainingNormalsFolder = 'training-normals';
