// Values that live between runs (parameters, optimizer moments), on the device where it allows that.
import * as ort from './onnxruntime.ts';
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
  /** In host memory: the value before the present one, whose memory the next one takes. */
  readonly #former = new Map<string, ort.Tensor>();
  /** Where values stay on the device. */
  readonly #transfer: Transfer | undefined;

  constructor(device: Device, initial: ReadonlyMap<string, HostTensor> = new Map()) {
    this.device = device;
    this.#transfer = keepsStateOnDevice(device) ? new Transfer(device) : undefined;
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
    const data = tensor.location === 'cpu' ? (tensor.data as Float32Array) : await this.#transfer!.download(tensor);
    return { data: data.slice(), shape: tensor.dims };
  }

  /** The tensor of a variable for a run; what was written from the host is moved to the device, once. */
  async tensor(name: string): Promise<ort.Tensor> {
    const tensor = this.#find(name);
    if (tensor.location !== 'cpu' || this.#transfer === undefined) return tensor;
    const resident = await this.#transfer.upload(tensor);
    this.replace(name, resident);
    return resident;
  }

  /** Takes a tensor over as the new value and disposes of the old one, or keeps its memory for the next value. */
  replace(name: string, tensor: ort.Tensor): void {
    const old = this.#tensors.get(name);
    this.#tensors.set(name, tensor);
    if (old === undefined || old === tensor) return;
    if (this.#transfer === undefined) this.#former.set(name, old);
    else old.dispose();
  }

  /**
   * Memory for the next value of a variable, which a run may write to: large values need not be made anew, zeroed and
   * copied. Null where there is none yet, or where values stay on the device.
   */
  room(name: string): ort.Tensor | null {
    return this.#former.get(name) ?? null;
  }

  /** Frees every device tensor. */
  async release(): Promise<void> {
    if (this.#transfer !== undefined) for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
    this.#former.clear();
    await this.#transfer?.release();
  }

  #find(name: string): ort.Tensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw new Error(`no variable ${name}`);
    return tensor;
  }
}
