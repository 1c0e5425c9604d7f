// The engine process: runs one heavy job for the process that started it; the only one that loads ONNX Runtime.
import { devices } from '../../native/runtime/devices.ts';
import { describeNetwork, networkContents } from '../networks/load-network.ts';
import { parentPort } from '../platform/process.ts';
import { type Channel, openChannel } from '../platform/process-channel.ts';
import { rankAgreement } from '../statistics/rank-correlation.ts';
import { drawDemonstration } from './demonstration.ts';
import { compareScores, judgeDetection, judgeLocalisation } from './detection.ts';
import { measureProjection, measureTraining } from './estimate.ts';
import { familiesJob } from './families-job.ts';
import { generateJob } from './generate-job.ts';
import { learnJob } from './learn-job.ts';
import { mapBasis, mapLayOut, mapPlace, mapReduce } from './map-job.ts';
import { projectJob } from './project-job.ts';
import type { EngineMethods, ScoreResult, SupplierMethods } from './protocol.ts';
import { importWeights, listWeights } from './published-weights.ts';
import { featureDistances } from './quality/folder-distance.ts';
import { rocWithBand } from './roc.ts';
import { scoreJob } from './score-job.ts';
import { trainEncoderJob } from './train-encoder-job.ts';
import { trainJob } from './train-job.ts';
import { trainLocaliserJob } from './train-localiser-job.ts';

const channel: Channel<SupplierMethods, Record<never, never>, Record<never, never>> = openChannel<
  EngineMethods,
  SupplierMethods
>(parentPort(), 'workbench', {
  'devices.list': () => devices(),
  'network.describe': describeNetwork,
  'network.contents': networkContents,
  'weights.list': listWeights,
  'weights.import': ({ file, folder, ...options }) => importWeights(file, folder, options),
  'features.distance': (parameters, control) =>
    featureDistances(parameters, (set) => (count) => channel.call('features.images', { set, count }), control),
  'demonstration.draw': drawDemonstration,
  project: async (parameters, control) => {
    const supplier = {
      start: (start) => channel.call('project.start', start),
      normals: () => channel.call('project.normals', null),
      next: (count) => channel.call('project.next', { count }),
      store: (results) => channel.call('project.store', results),
    } satisfies Parameters<typeof projectJob>[1];
    await projectJob(parameters, supplier, control);
    return null;
  },
  'project.measure': measureProjection,
  'train.measure': ({ configuration, device }) => measureTraining(configuration, device),
  train: (parameters, control) =>
    trainJob(
      parameters,
      {
        images: (numbers) => channel.call('train.images', numbers),
        tick: (statistics) => channel.call('train.tick', statistics),
        metric: (result) => channel.call('train.metric', result),
      },
      control,
    ),
  'train.encoder': (parameters, control) =>
    trainEncoderJob(
      parameters,
      {
        images: (numbers) => channel.call('train.images', numbers),
        tick: (statistics) => channel.call('train.tick', statistics),
      },
      control,
    ),
  'train.localiser': (parameters, control) =>
    trainLocaliserJob(
      parameters,
      {
        images: (numbers) => channel.call('train.images', numbers),
        tick: (tick) => channel.call('train.localiserTick', tick),
      },
      control,
    ),
  generate: (parameters, control) => generateJob(parameters, (image) => channel.call('generate.store', image), control),
  detection: judgeDetection,
  comparison: compareScores,
  localisation: judgeLocalisation,
  'rank.agreement': rankAgreement,
  roc: rocWithBand,
  learn: learnJob,
  'map.basis': mapBasis,
  'map.reduce': mapReduce,
  'map.layout': mapLayOut,
  'map.place': mapPlace,
  score: async (parameters, control) => {
    const supplier = {
      next: (count: number) => channel.call('score.next', { count }),
      store: (results: readonly ScoreResult[]) => channel.call('score.store', results),
    };
    await scoreJob(parameters, supplier, control);
    return null;
  },
  families: async (parameters, control) => {
    const source = {
      next: (part, count) => channel.call('families.next', { part, count }),
      calibrated: (normals) => channel.call('families.calibrated', normals),
      read: (part, ids) => channel.call('families.read', { part, ids }),
      store: (results) => channel.call('families.store', results),
    } satisfies Parameters<typeof familiesJob>[1];
    await familiesJob(parameters, source, control);
    return null;
  },
});

channel.ended.then(() => process.exit(0));
