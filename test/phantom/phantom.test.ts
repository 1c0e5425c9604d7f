// The phantom generator: the same slice for the same order, plausible tissue, anomalies that are where it says.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type AnomalyKind, anomalyKinds } from '../../src-main/phantom/anomaly.ts';
import { type Phantom, phantom, phantomGrey } from '../../src-main/phantom/phantom.ts';
import { type ProtocolName, protocolNames } from '../../src-main/phantom/protocol.ts';
import { isProblem } from '../../src-main/platform/errors.ts';

/** Hashes of seed 2024, index 7, at 64 and at 256. */
const pinned: Readonly<Record<ProtocolName, readonly string[]>> = {
  liver: ['9f5e7cddfb2b0ab6', '3d52f60b719c711a'],
  abdomen: ['3237844757f4e649', '9c16722082065133'],
};

const many = Array.from({ length: 12 }, (_, index) => index);

function count(mask: Uint8Array): number {
  return mask.reduce((sum, value) => sum + value, 0);
}

function hash({ hounsfield }: Phantom): string {
  return createHash('sha256').update(new Uint8Array(hounsfield.buffer)).digest('hex').slice(0, 16);
}

/** Hounsfield values inside a mask, at least `margin` pixels from its edge, sorted. */
function valuesInside({ hounsfield, width, height }: Phantom, mask: Uint8Array, margin: number): number[] {
  const values: number[] = [];
  for (let row = margin; row < height - margin; row++) {
    for (let column = margin; column < width - margin; column++) {
      let inside = true;
      for (let y = row - margin; inside && y <= row + margin; y++) {
        for (let x = column - margin; inside && x <= column + margin; x++) inside = mask[y * width + x] === 1;
      }
      if (inside) values.push(hounsfield[row * width + column]!);
    }
  }
  return values.sort((a, b) => a - b);
}

function outside(mask: Uint8Array): Uint8Array {
  return mask.map((value) => 1 - value);
}

describe.each(protocolNames)('phantom, protocol %s', (protocol) => {
  it('is the same for the same order and different for any other', () => {
    const orders = [
      { protocol, seed: 1, index: 0, size: 64 },
      { protocol, seed: 1, index: 1, size: 64 },
      { protocol, seed: 2, index: 0, size: 64 },
      ...anomalyKinds.map((anomaly) => ({ protocol, seed: 1, index: 0, size: 64, anomaly })),
    ];
    const hashes = orders.map((order) => hash(phantom(order)));
    expect(orders.map((order) => hash(phantom(order)))).toEqual(hashes);
    expect(new Set(hashes).size).toBe(orders.length);
  });

  it('gives this very slice for seed 2024 on every machine', () => {
    expect([
      hash(phantom({ protocol, seed: 2024, index: 7, size: 64 })),
      hash(phantom({ protocol, seed: 2024, index: 7, size: 256 })),
    ]).toEqual(pinned[protocol]);
  });

  it('holds tissue at its Hounsfield values', () => {
    for (const index of many) {
      const slice = phantom({ protocol, seed: 3, index, size: 160 });
      const liver = valuesInside(slice, slice.liver, 3);
      const median = liver[Math.floor(liver.length / 2)]!;
      expect(median).toBeGreaterThan(30);
      expect(median).toBeLessThan(125);
      expect(liver[Math.floor(liver.length * 0.25)]!).toBeGreaterThan(median - 20);
      const surroundings = valuesInside(slice, outside(slice.body), 3);
      expect(surroundings[Math.floor(surroundings.length / 2)]!).toBeLessThan(-950);
      const body = valuesInside(slice, slice.body, 2);
      expect(body.at(-1)!).toBeGreaterThan(400);
      expect(body.filter((value) => value > -125 && value < -80).length).toBeGreaterThan(body.length * 0.04);
      expect(slice.hounsfield.every((value) => value >= -1024 && value <= 3071)).toBe(true);
    }
  });

  it('shows a liver inside the body on the left of the image, the spine behind the middle', () => {
    for (const index of many) {
      const { liver, body, hounsfield, width } = phantom({ protocol, seed: 4, index, size: 64 });
      expect(liver.every((value, at) => value <= body[at]!)).toBe(true);
      const share = count(liver) / count(body);
      expect(share).toBeGreaterThan(0.06);
      expect(share).toBeLessThan(0.5);
      const columns = [...liver.keys()].filter((at) => liver[at] === 1).map((at) => at % width);
      expect(columns.reduce((sum, column) => sum + column, 0) / columns.length).toBeLessThan(28);
      const bone = [...hounsfield.keys()].filter((at) => hounsfield[at]! > 300 && Math.abs((at % width) - 32) < 8);
      const rows = [...body.keys()].filter((at) => body[at] === 1).map((at) => Math.floor(at / width));
      const middle = (rows[0]! + rows.at(-1)!) / 2;
      expect(bone.filter((at) => Math.floor(at / width) > middle - 4).length).toBeGreaterThan(bone.length * 0.75);
    }
  });

  it('has the same anatomy at every size', () => {
    for (const size of [32, 64, 100, 256]) {
      const slice = phantom({ protocol, seed: 5, index: 2, size });
      expect(slice.hounsfield.length).toBe(size * size);
      const area = count(slice.liver) * slice.pixelSpacing ** 2;
      const reference = phantom({ protocol, seed: 5, index: 2, size: 512 });
      expect(area / (count(reference.liver) * reference.pixelSpacing ** 2)).toBeCloseTo(1, 1);
    }
  });

  it('refuses sizes outside 32 to 512 and broken ones', () => {
    for (const size of [16, 513, 64.5, Number.NaN]) {
      let thrown: unknown;
      try {
        phantom({ protocol, seed: 1, index: 0, size });
      } catch (error) {
        thrown = error;
      }
      expect(isProblem(thrown, 'usage')).toBe(true);
    }
  });

  it('windows -125 .. 225 HU to 0 .. 255', () => {
    const slice = phantom({ protocol, seed: 6, index: 0, size: 64 });
    const hounsfield = Int16Array.from({ length: 6 }, (_, at) => [-1024, -125, 50, 225, 3071, 22][at]!);
    expect([...phantomGrey({ ...slice, width: 6, height: 1, hounsfield }).data]).toEqual([0, 0, 128, 255, 255, 107]);
  });
});

describe.each(protocolNames)('anomalies, protocol %s', (protocol) => {
  const changed = (kind: AnomalyKind, index: number) => {
    const without = phantom({ protocol, seed: 8, index, size: 64 });
    const slice = phantom({ protocol, seed: 8, index, size: 64, anomaly: kind });
    const difference = slice.hounsfield.map((value, at) => value - without.hounsfield[at]!);
    return { without, slice, difference, truth: slice.anomaly! };
  };

  it.each(anomalyKinds)('%s: the twin differs inside the box and nowhere else', (kind) => {
    for (const index of many) {
      const { difference, truth, slice, without } = changed(kind, index);
      const { left, top, width, height } = truth.box;
      expect(without.anomaly).toBeNull();
      expect(truth.kind).toBe(kind);
      expect(count(truth.mask)).toBeGreaterThanOrEqual(4);
      for (let at = 0; at < difference.length; at++) {
        const [x, y] = [at % slice.width, Math.floor(at / slice.width)];
        const inBox = x >= left && x < left + width && y >= top && y < top + height;
        if (truth.mask[at] === 1) expect(inBox).toBe(true);
        // Outside, only what rounding and the visible limit of 20 HU leave.
        else expect(Math.abs(difference[at]!)).toBeLessThanOrEqual(21);
      }
      const edges = [
        truth.mask.subarray(top * slice.width, (top + 1) * slice.width),
        truth.mask.subarray((top + height - 1) * slice.width, (top + height) * slice.width),
      ];
      for (const edge of edges) expect(edge.includes(1)).toBe(true);
    }
  });

  it('metal is bright, and its streaks are brighter and darker than the twin', () => {
    for (const kind of ['needle', 'clip'] as const) {
      for (const index of many) {
        const { slice, difference, without } = changed(kind, index);
        expect(Math.max(...difference)).toBeGreaterThan(250);
        expect(Math.min(...difference)).toBeLessThan(-40);
        expect(Math.max(...slice.hounsfield)).toBeGreaterThanOrEqual(Math.max(...without.hounsfield) - 40);
      }
    }
  });

  it('a needle comes from outside the body and ends in the liver', () => {
    for (const index of many) {
      const { slice, without, difference } = changed('needle', index);
      const outer = slice.hounsfield.filter((value, at) => value > -700 && without.hounsfield[at]! < -900);
      expect(outer.length).toBeGreaterThan(0);
      expect(difference.filter((value, at) => value > 250 && without.liver[at] === 1).length).toBeGreaterThan(1);
    }
  });

  it('ascites and a missing segment take their place from the liver and darken it', () => {
    for (const kind of ['ascites', 'missing-segment'] as const) {
      for (const index of many) {
        const { slice, without, difference } = changed(kind, index);
        const share = count(slice.liver) / count(without.liver);
        expect(share).toBeLessThan(0.97);
        expect(share).toBeGreaterThan(0.4);
        const lost = [...difference.keys()].filter((at) => without.liver[at] === 1 && slice.liver[at] === 0);
        const mean = lost.reduce((sum, at) => sum + difference[at]!, 0) / lost.length;
        expect(mean).toBeLessThan(-15);
        expect(slice.body).toEqual(without.body);
      }
    }
  });

  it('ascites is water against the wall', () => {
    for (const index of many.slice(0, 6)) {
      const slice = phantom({ protocol, seed: 8, index, size: 160, anomaly: 'ascites' });
      const twin = phantom({ protocol, seed: 8, index, size: 160 });
      const fluid = valuesInside(
        slice,
        twin.liver.map((value, at) => (value === 1 && slice.liver[at] === 0 ? 1 : 0)),
        1,
      );
      const median = fluid[Math.floor(fluid.length / 2)]!;
      expect(median).toBeGreaterThan(-3);
      expect(median).toBeLessThan(24);
    }
  });
});
