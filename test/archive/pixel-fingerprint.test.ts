// Fingerprints of pixels: equal for equal ones, another for every other image, and the GMAC of the standard.
import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pixelFingerprint } from '../../src-main/archive/pixel-fingerprint.ts';
import { greyImage, levels } from './synthetic.ts';

describe('pixelFingerprint', () => {
  it('is the same for the same samples, wherever they lie in memory', () => {
    const samples = levels(64 * 32);
    const within = new Uint8Array(5000);
    within.set(samples, 7);
    const fingerprint = pixelFingerprint(greyImage(samples, 64, 32));
    expect(fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(pixelFingerprint(greyImage(within.subarray(7, 7 + samples.length), 64, 32))).toBe(fingerprint);
  });

  it('is another one after any change of a sample, and for another shape', () => {
    const samples = levels(24 * 16);
    const changed = Array.from(samples, (_, at) => samples.with(at, samples[at]! ^ 1));
    const images = [...[samples, ...changed].map((each) => greyImage(each, 24, 16)), greyImage(samples, 16, 24)];
    expect(new Set(images.map(pixelFingerprint)).size).toBe(samples.length + 2);
    const blank = [1, 2, 3, 4].map((side) => greyImage(new Uint8Array(side * side), side, side));
    expect(new Set(blank.map(pixelFingerprint)).size).toBe(4);
  });

  it('is GMAC, computed here as NIST SP 800-38D writes it', () => {
    const samples = levels(5 * 9);
    expect(pixelFingerprint(greyImage(samples, 9, 5))).toBe(
      gmac(Buffer.from('Residua, pixels.'), Buffer.from('090000000500000001000000', 'hex'), samples),
    );
  });
});

/** Section 6.3 (product in GF(2^128)), 6.4 (GHASH) and 7.1 with an empty plaintext, on whole numbers. */
function gmac(key: Buffer, nonce: Buffer, data: Uint8Array): string {
  const cipher = (block: Buffer) => number(createCipheriv('aes-128-ecb', key, null).update(block));
  const subkey = cipher(Buffer.alloc(16));
  const lengths = Buffer.alloc(16);
  lengths.writeBigUInt64BE(BigInt(data.length * 8));
  const padded = Buffer.concat([data, Buffer.alloc(-data.length & 15), lengths]);
  let sum = 0n;
  for (let at = 0; at < padded.length; at += 16) {
    sum = product(sum ^ number(padded.subarray(at, at + 16)), subkey);
  }
  const counter = Buffer.concat([nonce, Buffer.from([0, 0, 0, 1])]);
  return (sum ^ cipher(counter)).toString(16).padStart(32, '0');
}

const number = (block: Uint8Array): bigint => BigInt(`0x${Buffer.from(block).toString('hex')}`);

function product(x: bigint, y: bigint): bigint {
  let [z, v] = [0n, y];
  for (let bit = 127n; bit >= 0n; bit--) {
    if ((x >> bit) & 1n) z ^= v;
    v = v & 1n ? (v >> 1n) ^ (0xe1n << 120n) : v >> 1n;
  }
  return z;
}
