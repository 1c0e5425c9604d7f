// The contract as the channel between a face and the workbench process knows it.
import type { EventName, EventValue, MethodName, Request, Response } from '../../src-preload/contract.ts';

export type ContractMethods = {
  readonly [M in MethodName]: { readonly request: Request<M>; readonly response: Response<M> };
};
/** What a face asks besides the contract. */
export type ControlMethods = {
  /** Said once, before anything else: how this workbench is to behave. */
  readonly 'workbench.begin': { readonly request: WorkbenchBeginning; readonly response: null };
  /** Stops all runs so that they can go on later, and closes the catalog. */
  readonly 'workbench.end': { readonly request: null; readonly response: null };
};
export type WorkbenchMethods = ContractMethods & ControlMethods;
export type WorkbenchEvents = { readonly [E in EventName]: EventValue<E> };

export interface WorkbenchBeginning {
  /** Continue what was queued or interrupted when a catalog is opened: a window does, a single command does not. */
  readonly resume: boolean;
  /** The folders that a window may browse; undefined: where this user's files are. */
  readonly browse?: readonly string[] | undefined;
}
