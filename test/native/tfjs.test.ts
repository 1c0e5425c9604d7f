// The TensorFlow.js executor beyond single ops: programs with state, memory, and packages that are not there.
import { describe, expect, it } from 'vitest';
import { add, constant, exp, input, stopGradient, sum, transpose } from '../../native/graph/build.ts';
import { gradients } from '../../native/graph/gradients.ts';
import { cpu } from '../../native/runtime/session.ts';
import { Interpreter } from '../../native/tfjs/interpreter.ts';
import { loadTensorFlow } from '../../native/tfjs/load.ts';
import { expectClose } from './check-op.ts';
import { trajectory } from './momentum.ts';

describe('tfjs', () => {
  it('runs programs with state as ONNX Runtime does', async () => {
    const [found, expected] = [await trajectory({ name: 'tfjs', threads: 0 }), await trajectory(cpu)];
    for (const [i, values] of expected.entries()) expectClose(`value ${i}`, found[i]!, values, 1e-5);
  });

  it('frees every value: after a run, after a run that fails, and its constants when released', async () => {
    const { tf } = await loadTensorFlow();
    const before = tf.memory().numTensors;
    const x = input('x', [2, 3]);
    const y = add(exp(stopGradient(x)), constant(new Float32Array(6), [2, 3]));
    const outputs = new Map([
      ['y', y],
      ['same', y],
      ['x', x],
      ['slope', gradients(sum(exp(transpose(x, [1, 0]))), [x])[0]!],
    ]);
    const interpreter = new Interpreter(tf, outputs);
    const constants = tf.memory().numTensors;
    const feed = () => Float32Array.of(0, 0, 0, 0, 0, 0);
    for (let run = 0; run < 3; run++) {
      const results = await interpreter.run(feed);
      expect(Object.fromEntries([...results].map(([name, [first]]) => [name, first]))).toEqual({
        y: 1,
        same: 1,
        x: 0,
        slope: 1,
      });
      expect(tf.memory().numTensors).toBe(constants);
    }
    const failing = () => {
      throw new Error('no feed');
    };
    await expect(interpreter.run(failing)).rejects.toThrow('no feed');
    expect(tf.memory().numTensors).toBe(constants);
    interpreter.release();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says of every package why it does not load', async () => {
    const absent = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    const candidates = {
      'tfjs-node-gpu': () => Promise.reject(absent),
      'tfjs-node': () => Promise.reject(new Error('(0, util_1.isNullOrUndefined) is not a function\n  at x')),
    };
    const reason =
      'tfjs-node-gpu is not installed; tfjs-node does not load ((0, util_1.isNullOrUndefined) is not a function)';
    await expect(loadTensorFlow(candidates)).rejects.toMatchObject({
      kind: 'device',
      values: { device: 'tfjs', reason },
    });
  });

  it('takes the first package that loads', async () => {
    const { tf } = await loadTensorFlow();
    const candidates = { absent: () => Promise.reject(new Error('absent')), present: () => Promise.resolve(tf) };
    expect((await loadTensorFlow(candidates)).packageName).toBe('present');
  });
});
