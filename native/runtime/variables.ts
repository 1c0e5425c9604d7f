// Values that live between runs (parameters, optimizer moments), on the device where it allows that.
import * as ort from 'onnxruntime-node';
import { type Device, keepsStateOnDevice } from './session.ts';
import { Transfer } from './transfer.ts';

/** A float32 array with its shape, in host memory. */
export interface HostTensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/**
 * The variables of one device by name. Programs read them as inputs and replace them after a run; several programs
 * may share one set. The owner releases them before the programs that made them.
 */
export class Variables {
  readonly device: Device;
  readonly #tensors = new Map<string, ort.Tensor>();
  readonly #transfer: Transfer;

  constructor(device: Device, initial: ReadonlyMap<string, HostTensor> = new Map()) {
    this.device = device;
    this.#transfer = new Transfer(device);
    for (const [name, value] of initial) this.write(name, value);
  }

  get names(): readonly string[] {
    return [...this.#tensors.keys()];
  }

  /** Sets a variable from host memory; the array is copied. */
  write(name: string, { data, shape }: HostTensor): void {
    this.replace(name, new ort.Tensor('float32', data.slice(), shape));
  }

  /** A copy of a variable in host memory. */
  async read(name: string): Promise<HostTensor> {
    const tensor = this.#find(name);
    return { data: await this.#transfer.download(tensor), shape: tensor.dims };
  }

  /** The tensor of a variable for a run; what was written from the host is moved to the device, once. */
  async tensor(name: string): Promise<ort.Tensor> {
    const tensor = this.#find(name);
    if (tensor.location !== 'cpu' || !keepsStateOnDevice(this.device)) return tensor;
    const resident = await this.#transfer.upload(tensor);
    this.replace(name, resident);
    return resident;
  }

  /** Takes a tensor over as the new value and disposes of the old one. */
  replace(name: string, tensor: ort.Tensor): void {
    const old = this.#tensors.get(name);
    this.#tensors.set(name, tensor);
    if (old !== undefined && old !== tensor && keepsStateOnDevice(this.device)) old.dispose();
  }

  /** Frees every device tensor. */
  async release(): Promise<void> {
    if (keepsStateOnDevice(this.device)) for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
    await this.#transfer.release();
  }

  #find(name: string): ort.Tensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw new Error(`no variable ${name}`);
    return tensor;
  }
}
