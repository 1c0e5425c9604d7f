// The bundled MobileNetV2 and its trunk against PyTorch, which computes the published package as it lies there.
import { describe, expect, it } from 'vitest';
import { constant } from '../../native/graph/build.ts';
import { mobileNetV2 } from '../../native/networks/features/mobilenet-v2.ts';
import { constantParameters } from '../../native/networks/parameter-source.ts';
import { evaluate } from '../../native/runtime/program.ts';
import { cpu } from '../../native/runtime/session.ts';
import { openPhotographs, photographsWeights } from '../../src-main/scoring/features/photographs-trunk.ts';
import { fill } from './formula.ts';
import { below, expectNear, golden, thin } from './golden.ts';

const { tensors } = golden('networks/mobilenet.safetensors');

describe('the bundled MobileNetV2', () => {
  it('gives the features of the published one at strides 4, 8 and 16', async () => {
    const { data, shape } = fill('mobilenet/colours', [2, 3, 64, 96], 0.25, 0.5);
    const source = constantParameters(await photographsWeights());
    const stages = mobileNetV2(source, constant(data, shape));
    expect(stages.map((stage) => stage.shape)).toEqual([
      [2, 144, 16, 24],
      [2, 192, 8, 12],
      [2, 576, 4, 6],
    ]);
    const found = await evaluate(cpu, { 4: stages[0]!, 8: stages[1]!, 16: stages[2]! });
    const thinned = Object.fromEntries(Object.entries(found).map(([stride, values]) => [stride, thin(values)]));
    expectNear(thinned, below('colours/', tensors), 1e-5);
  });

  it('looks at radiographs of model space, enlarged as Pillow does and pooled as PyTorch does', async () => {
    const grey = fill('mobilenet/grey', [40, 40], 0.5).data;
    const trunk = await openPhotographs({ device: cpu, channels: 1, side: 40 });
    const others = Array.from({ length: 10 }, (_, index) => fill(`other/${index}`, [40, 40], 0.5).data);
    const [first, ...rest] = await trunk.look([grey, ...others]);
    expect(trunk.channels).toBe(912);
    expectNear({ features: thin(first!) }, below('trunk/', tensors), 1e-5);
    // The same bits among other neighbours and at another place of the batch.
    const [again] = (await trunk.look([...others.slice(0, 9), grey])).slice(-1);
    expect(again).toEqual(first);
    expect(rest[9]).not.toEqual(first);
    await trunk.release();
  });

  it('takes images of three equal colours for grey ones', async () => {
    const grey = fill('mobilenet/grey', [40, 40], 0.5).data;
    const trunk = await openPhotographs({ device: cpu, channels: 3, side: 40 });
    const [seen] = await trunk.look([Float32Array.from([...grey, ...grey, ...grey])]);
    expectNear({ features: thin(seen!) }, below('trunk/', tensors), 1e-5);
    await trunk.release();
  });
});
