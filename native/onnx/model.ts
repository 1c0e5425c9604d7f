// An ONNX model under construction: nodes and initializers are emitted one by one, then written as bytes.
import type { ElementType, Shape } from '../graph/operations.ts';
import {
  bytesField,
  floatField,
  integerField,
  type Message,
  message,
  messageField,
  textField,
  toBytes,
} from './protobuf.ts';

/** Attribute of a node: an integer, a list of integers, a `float`, a list of `floats` or a text. */
export type Attribute =
  | number
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | string;

/** Version of the ONNX operator set that the lowering table is written for. */
const operatorSet = 18;
const irVersion = 9;
const int64 = 7;
/** ONNX's numbers for types of elements. */
export const elementTypes: { readonly [T in ElementType]: number } = { float32: 1, float16: 10 };

interface Value {
  readonly name: string;
  /** Any shape when omitted. */
  readonly shape?: Shape;
}

/** Collects a model; `emit` returns the name of the new value, so lowerings read like expressions. */
export class ModelBuilder {
  readonly #nodes: Message[] = [];
  readonly #initializers: Message[] = [];
  readonly #named = new Map<string, string>();
  readonly #domains = new Set<string>();
  #count = 0;

  /**
   * Adds a node with one output and returns the output's name. An empty input name means: not given. `domain` names an
   * operator set other than ONNX's own, of version 1.
   */
  emit(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = '',
  ): string {
    const output = this.#fresh();
    this.#push(operator, inputs, output, attributes, domain);
    return output;
  }

  /** Gives a value a name of the caller's: the outputs of the model. */
  alias(value: string, name: string): void {
    this.#push('Identity', [value], name, {}, '');
  }

  /** A constant tensor of a type, the nearest numbers of it. */
  floats(data: Float32Array, shape: Shape, type: ElementType = 'float32'): string {
    const { buffer, byteOffset, byteLength } = type === 'float32' ? data : new Float16Array(data);
    return this.#initializer(elementTypes[type], shape, new Uint8Array(buffer, byteOffset, byteLength));
  }

  /** A constant scalar, one per value and type. */
  scalar(value: number, type: ElementType = 'float32'): string {
    return this.#once(`scalar ${type} ${value}`, () => this.floats(Float32Array.of(value), [], type));
  }

  /** A constant vector of int64 (shapes, axes, starts), one per content. */
  integers(values: readonly number[]): string {
    return this.#once(`integers ${values.join()}`, () => {
      const data = BigInt64Array.from(values, BigInt);
      return this.#initializer(int64, [values.length], new Uint8Array(data.buffer));
    });
  }

  /** The whole model. */
  build(inputs: readonly Value[], outputs: readonly Value[]): Uint8Array {
    const graph = message(
      ...this.#nodes.map((node) => messageField(1, node)),
      textField(2, 'residua'),
      ...this.#initializers.map((tensor) => messageField(5, tensor)),
      ...inputs.map((value) => messageField(11, valueInfo(value))),
      ...outputs.map((value) => messageField(12, valueInfo(value))),
    );
    return toBytes(
      message(
        integerField(1, irVersion),
        textField(2, 'residua'),
        messageField(7, graph),
        messageField(8, message(textField(1, ''), integerField(2, operatorSet))),
        ...[...this.#domains].map((domain) => messageField(8, message(textField(1, domain), integerField(2, 1)))),
      ),
    );
  }

  #push(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, Attribute>>,
    domain: string,
  ): void {
    if (domain !== '') this.#domains.add(domain);
    const fields = [
      ...inputs.map((name) => textField(1, name)),
      textField(2, output),
      textField(3, `${operator}_${output}`),
      textField(4, operator),
      ...Object.entries(attributes).map(([name, value]) => messageField(5, attributeMessage(name, value))),
      ...(domain === '' ? [] : [textField(7, domain)]),
    ];
    this.#nodes.push(message(...fields));
  }

  #initializer(type: number, shape: Shape, bytes: Uint8Array): string {
    const name = this.#fresh();
    const dims = shape.map((size) => integerField(1, size));
    this.#initializers.push(message(...dims, integerField(2, type), textField(8, name), bytesField(9, bytes)));
    return name;
  }

  #once(key: string, make: () => string): string {
    const name = this.#named.get(key) ?? make();
    this.#named.set(key, name);
    return name;
  }

  #fresh(): string {
    this.#count += 1;
    return `t${this.#count}`;
  }
}

function attributeMessage(name: string, value: Attribute): Message {
  const [type, content] = attributeContent(value);
  return message(textField(1, name), content, integerField(20, type));
}

function attributeContent(value: Attribute): readonly [number, Message] {
  if (typeof value === 'number') return [2, integerField(3, value)];
  if (typeof value === 'string') return [3, textField(4, value)];
  if ('float' in value) return [1, floatField(2, value.float)];
  if ('floats' in value) return [6, message(...value.floats.map((item) => floatField(7, item)))];
  return [7, message(...value.map((item) => integerField(8, item)))];
}

function valueInfo({ name, shape }: Value): Message {
  const dimensions = shape?.map((size) => messageField(1, integerField(1, size)));
  const known = dimensions === undefined ? [] : [messageField(2, message(...dimensions))];
  const tensorType = message(integerField(1, elementTypes.float32), ...known);
  return message(textField(1, name), messageField(2, messageField(1, tensorType)));
}
