// residua drift: a score over time: control chart, which scanner drifted, alerts for runs on new images, a report.
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  chartKind,
  correction,
  driftRequest,
  driftTime,
  grouping,
  period,
} from '../../../src-preload/schemas/drift.ts';
import { Problem } from '../../platform/errors.ts';
import type { WorkbenchProcess } from '../../workbench/client.ts';
import { defineCommand, number, option, text } from '../command.ts';
import type { Context } from '../context.ts';
import { textTable } from '../text-table.ts';
import { withCatalog } from '../with-catalog.ts';

type Request = z.input<typeof driftRequest>;
interface Values extends Omit<Request, 'score'> {
  readonly file: string | undefined;
  readonly score: string | undefined;
  readonly limit: number | undefined;
  readonly share: number | undefined;
}

type Run = (workbench: WorkbenchProcess, values: Values, context: Context) => Promise<void>;
const actions = { show, report, alerts, alert, remove: removeAlert } as const satisfies Readonly<Record<string, Run>>;
type Action = keyof typeof actions;

export const drift = defineCommand({
  details: `residua drift show --by scanner                     control chart by month, and which scanner drifted since the baseline
residua drift show --score anomaly --period week --chart ewma --baseline-to 2026-03-31
residua drift report drift.html --by station
residua drift alert --score anomaly --limit 0.95 --share 0.05   every later run of scores says when more of its new images exceed that
residua drift alerts                                lists the alerts
Of each image the newest run's value counts. Images whose file has no date are left out, unless --time imported. What is tested, and how: docs/drift.md.`,
  arguments: {
    action: option('<action>', 'what to do', z.enum(Object.keys(actions) as [Action, ...Action[]])),
    file: option('[file]', 'report: the HTML file', text.optional()),
  },
  options: {
    score: option('--score <name>', 'which score (without it: the most telling one)', text.optional()),
    by: option('--by <group>', 'compare these', grouping.default('scanner')),
    time: option('--time <time>', 'the day an image was made, or imported', driftTime.default('acquired')),
    period: option('--period <period>', 'points of the control chart', period.default('month')),
    chart: option('--chart <chart>', 'each mean, or its moving average', chartKind.default('individuals')),
    baselineTo: option(
      '--baseline-to <day>',
      'last day of the baseline, such as 2026-03-31 (without it: half of the periods, at most 12)',
      z.iso.date('must be a day such as 2026-03-31').nullable().default(null),
    ),
    correction: option('--correction <method>', 'for many tests', correction.default('holm')),
    alpha: option(
      '--alpha <number>',
      'drifted below this adjusted p-value',
      number.pipe(driftRequest.shape.alpha.unwrap()).default(0.05),
    ),
    distance: option(
      '--distance <number>',
      '... and from this distance of distributions on',
      number.pipe(driftRequest.shape.distance.unwrap()).default(0.1),
    ),
    limit: option('--limit <number>', 'alert: an image counts from this value on', number.optional()),
    share: option(
      '--share <number>',
      'alert: raised by more than this share of the new images',
      number.pipe(z.number().min(0).max(1)).optional(),
    ),
  },
  async run({ action, ...values }, context) {
    await withCatalog(context, { create: false }, (workbench) => actions[action](workbench, values, context));
  },
});

/** The request of the options. Throws `missing` without any score. */
async function requestOf(workbench: WorkbenchProcess, values: Values): Promise<Request> {
  const { file: _file, limit: _limit, share: _share, score, ...rest } = values;
  const { scores } = await workbench.call('drift.scores', {});
  const [first] = scores;
  if (first === undefined) throw new Problem('missing', { what: 'scores', name: 'any' });
  if (score !== undefined && !scores.includes(score))
    throw new Problem('missing', { what: 'score', name: `${score} (there are ${scores.join(', ')})` });
  return { ...rest, score: score ?? first };
}

async function show(workbench: WorkbenchProcess, values: Values, context: Context): Promise<void> {
  const request = await requestOf(workbench, values);
  const { print } = context;
  const { images, undated, baseline, chart, groups, others } = await workbench.call('drift.view', request, context);
  print(`${request.score}: ${images} images${undated === 0 ? '' : `, ${undated} more without a day are left out`}`);
  if (baseline === null || chart === null) return print(`a baseline of at least two ${values.period}s is needed`);
  print(
    `baseline: ${baseline.from} to ${baseline.to}, ${baseline.periods} ${values.period}s, ${baseline.images} images\n`,
  );
  const rows = chart.points.map(({ from, images, value, lower, upper, signal }) => [
    ...[from, images, value, lower, upper],
    signal === null ? '' : signal === 'beyond' ? 'beyond the limits' : 'eight in a row on one side',
  ]);
  print(
    textTable(
      [`${values.period} from`, 'images', values.chart === 'ewma' ? 'average' : 'mean', 'lower', 'upper', ''],
      rows,
    ),
  );
  const tested = groups.map(({ group, before, after, test }) => [
    ...[group ?? 'not known', before?.images ?? 0, after?.images ?? 0, before?.median.toPrecision(3) ?? '-'],
    ...[after?.median.toPrecision(3) ?? '-', test?.against ?? '-', test?.distance.toFixed(3) ?? '-'],
    ...[
      test === null ? '-' : test.adjusted.toPrecision(2),
      test === null ? 'too few images' : test.drifted ? 'drifted' : '',
    ],
  ]);
  print(
    `\n${textTable([values.by ?? 'group', 'before', 'after', 'median before', 'median after', 'against', 'distance', 'adjusted p', ''], tested)}`,
  );
  if (others > 0) print(`and ${others} more with fewer images`);
}

async function report(workbench: WorkbenchProcess, values: Values, context: Context): Promise<void> {
  if (values.file === undefined) throw new Problem('usage', { message: 'give the file' });
  const file = resolve(values.file);
  await workbench.call('drift.report', { ...(await requestOf(workbench, values)), file }, context);
  context.print(file);
}

async function alerts(workbench: WorkbenchProcess, _: Values, { print }: Context): Promise<void> {
  const { alerts } = await workbench.call('drift.alerts', {});
  const rows = alerts.map(({ score, limit, share }) => [score, limit, `${(100 * share).toFixed(1)} %`]);
  print(rows.length === 0 ? 'no alerts' : textTable(['score', 'limit', 'allowed share of new images'], rows));
}

async function alert(workbench: WorkbenchProcess, { score, limit, share }: Values, { print }: Context): Promise<void> {
  if (score === undefined || limit === undefined || share === undefined)
    throw new Problem('usage', { message: 'alert needs --score, --limit and --share' });
  await workbench.call('drift.alert', { score, alert: { limit, share }, by: userInfo().username });
  print(`${score}: an alert when more than ${(100 * share).toFixed(1)} % of the new images are beyond ${limit}`);
}

async function removeAlert(workbench: WorkbenchProcess, { score }: Values, { print }: Context): Promise<void> {
  if (score === undefined) throw new Problem('usage', { message: 'remove needs --score' });
  await workbench.call('drift.alert', { score, alert: null, by: userInfo().username });
  print(`${score}: no alert`);
}
