// residua permutation-test: the published permutation_test.py, put right: is the mean of one population higher?
import { z } from 'zod';
import { readCsv } from '../../platform/csv.ts';
import { randomFrom } from '../../platform/random/random.ts';
import {
  permutationPower,
  permutationTest,
  publishedPermutationPower,
  publishedPermutationTest,
} from '../../statistics/permutation-test.ts';
import { count, defineCommand, number, option, text, whole } from '../command.ts';

export const permutationTestCommand = defineCommand({
  details: `Example: residua permutation-test -c1 wd.csv -c2 mse.csv
The published script counts two-sided differences in a one-sided test and tests the same data in every simulation of its
power; --compat published does so too.`,
  aliases: { '-c1': 'csv1', '-c2': 'csv2', '-n1': 'col-name1', '-n2': 'col-name2' },
  options: {
    csv1: option('--csv1 <csv>', 'the first population', text),
    csv2: option('--csv2 <csv>', 'the second population', text),
    colName1: option('--col-name1 <name>', 'its column', text.default('AUROC')),
    colName2: option('--col-name2 <name>', 'its column', text.default('AUROC')),
    permutations: option('--permutations <number>', 'of the test', count.default(100_000)),
    simulations: option('--simulations <number>', 'of the power, with 1,000 permutations each', count.default(1000)),
    alpha: option(
      '--alpha <share>',
      'significance level of the power',
      number.pipe(z.number().gt(0).lt(1)).default(0.05),
    ),
    seed: option('--seed <number>', 'random seed', whole.default(0)),
    compat: option('--compat <name>', 'test as the published script does', z.enum(['published']).optional()),
  },
  async run(values, { print }) {
    const first = await readColumn(values.csv1, values.colName1);
    const second = await readColumn(values.csv2, values.colName2);
    const random = randomFrom(values.seed);
    const published = values.compat === 'published';
    const [test, power] = published
      ? [publishedPermutationTest, publishedPermutationPower]
      : [permutationTest, permutationPower];
    const { difference, p } = test(first, second, values.permutations, random);
    const simulated = { alpha: values.alpha, simulations: values.simulations, permutations: 1000 };
    print(`Difference of the means: ${difference}`);
    print(`p-value: ${p}${published ? ' (published procedure)' : ''}`);
    print(`Power: ${power(first, second, simulated, random)}${published ? ' (published procedure)' : ''}`);
    print(`The p-value of resampled AUROCs shrinks with the number of resamples: it says little about the images. To
compare two scores of the same images, use their image-level tests (DeLong, paired permutation): residua evaluate.`);
  },
});

async function readColumn(csv: string, name: string): Promise<readonly number[]> {
  return (await readCsv(csv, { [name]: 'number' } as Record<string, 'number'>)).map((row) => row[name]!);
}
