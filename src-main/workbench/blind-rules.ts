// What a window that reads blind gets of each method of the contract: all, nothing, or what others have not said.
import type { MethodName, Received, Response, Workbench } from '../../src-preload/contract.ts';
import type { Decision, ImageRow } from '../../src-preload/schemas/image.ts';
import type { WorkList } from '../../src-preload/schemas/readers.ts';
import type { Run } from '../../src-preload/schemas/run.ts';
import { importedKind } from '../catalog/tables/imported-scores.ts';
import { Problem } from '../platform/errors.ts';

type Answer<M extends MethodName> = (
  request: Received<M>,
  list: WorkList,
  call: Workbench['call'],
) => Promise<Response<M>>;
/** `open`: tells nothing that another reader has said. `refused`: tells it, or is no part of reading. */
type Rule<M extends MethodName> = 'open' | 'refused' | Answer<M>;

/** Kinds of runs that are made of verdicts, that tell how many there are, or whose scores a table brought in that may hold what others have said. */
const runsOfVerdicts: ReadonlySet<string> = new Set(['learn', 'combination', 'export', importedKind]);
export const isVisibleRun = ({ kind }: Pick<Run, 'kind'>): boolean => !runsOfVerdicts.has(kind);

const importOrder = { by: 'imported', descending: false } as const;

/** A row with the reader's own verdict in place of the one in force, and without tags. */
const blindRow = (row: ImageRow, own: ReadonlyMap<number, Decision>): ImageRow => ({
  ...row,
  verdict: own.get(row.id) ?? null,
  tags: [],
});

async function ownDecisions(list: WorkList, call: Workbench['call']): Promise<ReadonlyMap<number, Decision>> {
  const { verdicts } = await call('readings.verdicts', { list: list.id });
  return new Map(verdicts.map(({ image, decision }) => [image, decision]));
}

/** Numbers of runs whose scores may be seen. */
async function visibleRuns(call: Workbench['call']): Promise<ReadonlySet<number>> {
  const { runs } = await call('runs.list', {});
  return new Set(runs.filter(isVisibleRun).map(({ id }) => id));
}

function refuseOthers(reviewer: string, list: WorkList): void {
  if (reviewer !== list.reader)
    throw new Problem('usage', { message: `the work list ${list.name} is for ${list.reader}, not ${reviewer}` });
}

/** The reader's last step may be one of another window, which is not blind: `list` has the workbench refuse those. */
function ownReversal(request: Received<'verdicts.undo'>, list: WorkList) {
  refuseOthers(request.reviewer, list);
  if (request.step === undefined)
    throw new Problem('usage', { message: 'a blind reading undoes steps of its own window' });
  return { ...request, list: list.id };
}

/** A method that is missing here does not compile: whoever adds one says what a blind reader may see of it. */
export const blindRules: { readonly [M in MethodName]: Rule<M> } = {
  'catalog.create': 'refused',
  'catalog.open': 'refused',
  'catalog.info': 'open',
  'models.list': 'open',
  'models.import': 'refused',
  'devices.list': 'open',
  'settings.get': 'open',
  'settings.set': 'open',

  // The list and its order are those of the work list, whatever filter or order is asked for.
  'images.page': async ({ offset, limit, score }, list, call) => {
    const seen = score !== undefined && (await visibleRuns(call)).has(score.run) ? { score } : {};
    const page = { filter: { list: list.id }, order: importOrder, offset, limit, ...seen };
    const [{ rows }, own] = await Promise.all([call('images.page', page), ownDecisions(list, call)]);
    return { rows: rows.map((row) => blindRow(row, own)) };
  },
  'images.count': (_, list, call) => call('images.count', { filter: { list: list.id } }),
  'images.ids': (_, list, call) => call('images.ids', { filter: { list: list.id }, order: importOrder }),
  'images.facets': async (_, list, call) => {
    const facets = await call('images.facets', { filter: { list: list.id } });
    return { ...facets, verdicts: [], tags: [] };
  },
  'images.detail': async ({ id }, list, call) => {
    const [detail, { verdicts }, runs] = await Promise.all([
      call('images.detail', { id }),
      call('readings.verdicts', { list: list.id, images: Uint32Array.of(id) }),
      visibleRuns(call),
    ]);
    const own = new Map(verdicts.map(({ image, decision }) => [image, decision]));
    const role = 'blind' as const;
    return {
      ...detail,
      row: blindRow(detail.row, own),
      scores: detail.scores.filter(({ name }) => runs.has(name.run)),
      verdicts: verdicts.map(({ decision, reason, time }) => ({ decision, reason, time, role, reviewer: list.reader })),
      annotations: detail.annotations.filter(({ reviewer }) => reviewer === list.reader),
      cohorts: [],
    };
  },
  'images.slices': async ({ id, score }, list, call) => {
    const seen = score !== undefined && (await visibleRuns(call)).has(score.run) ? { score } : {};
    const [{ slices }, own] = await Promise.all([call('images.slices', { id, ...seen }), ownDecisions(list, call)]);
    return { slices: slices.map((slice) => ({ ...slice, verdict: own.get(slice.id) ?? null })) };
  },
  'images.scans': 'refused',
  'images.frame': 'open',
  'images.masks': 'open',
  'images.thumbnail': 'open',
  'images.reconstruction': 'open',
  'images.map': 'open',

  'verdicts.set': (request, list, call) => {
    refuseOthers(request.reviewer, list);
    return call('verdicts.set', { ...request, list: list.id });
  },
  'verdicts.undo': async (request, list, call) => call('verdicts.undo', ownReversal(request, list)),
  'verdicts.redo': async (request, list, call) => call('verdicts.redo', ownReversal(request, list)),
  'tags.list': async () => ({ tags: [] }),
  'tags.set': 'refused',
  'annotations.add': async (request, list, call) => {
    refuseOthers(request.reviewer, list);
    return call('annotations.add', request);
  },
  'annotations.remove': async (request, list, call) => {
    refuseOthers(request.reviewer, list);
    return call('annotations.remove', { ...request, own: true });
  },
  'views.list': async () => ({ views: [] }),
  'views.save': 'refused',
  'views.remove': 'refused',
  'cohorts.list': async () => ({ cohorts: [] }),
  'cohorts.create': 'refused',
  'cohorts.remove': 'refused',

  'readers.lists': async (_, list, call) => {
    const { lists } = await call('readers.lists', {});
    return { lists: lists.filter(({ id }) => id === list.id) };
  },
  'readers.unread': (_, list, call) => call('readers.unread', { list: list.id }),
  'readers.assign': 'refused',
  'readers.second': 'refused',
  'readers.remove': 'refused',
  'readers.agreement': 'refused',
  'readers.differences': 'refused',
  'readers.adjudicate': 'refused',
  'readers.report': 'refused',
  'readers.export': 'refused',
  'readers.merge': 'refused',
  // The window's own: see blind-sessions.ts.
  'readings.begin': 'refused',
  'readings.end': 'refused',
  'readings.current': 'refused',
  'readings.verdicts': (request, list, call) => call('readings.verdicts', { ...request, list: list.id }),

  'cohorts.split': 'refused',
  'cohorts.leaks': 'refused',
  'cohorts.duplicates': 'refused',
  'verdicts.export': 'refused',
  'verdicts.import': 'refused',
  'annotations.export': 'refused',
  'annotations.import': 'refused',
  'annotations.text': 'refused',
  'annotations.masks': 'refused',
  'audit.verify': 'refused',
  'audit.export': 'refused',
  'pseudonyms.export': 'refused',
  'pseudonyms.import': 'refused',
  'catalog.backup': 'refused',

  // A column of a table may hold what others have said.
  'columns.list': async () => ({ columns: [] }),
  'columns.facet': 'refused',
  'columns.import': 'refused',
  'columns.remove': 'refused',
  'cohorts.preview': 'refused',
  'cohorts.withdraw': 'refused',
  // What is new in a watched folder is in no work list.
  'archive.news': async () => ({ folders: [] }),
  'archive.sources': 'refused',
  'archive.relocate': 'refused',
  'archive.check': 'refused',
  'archive.removal': 'refused',
  'archive.remove': 'refused',
  'folders.list': 'refused',
  'catalog.recent': 'refused',
  'pacs.test': 'refused',
  'pacs.find': 'refused',
  'pacs.authorise': 'refused',
  'reports.images': 'refused',
  'reports.write': 'refused',
  'map.points': 'refused',
  'map.colours': 'refused',
  'map.similar': 'refused',

  'segmentation.structures': 'refused',
  'segmentation.cases': 'refused',
  'segmentation.detection': 'refused',
  'segmentation.dice': 'refused',

  'runs.queue': 'refused',
  'runs.list': async (_, __, call) => {
    const { runs } = await call('runs.list', {});
    return { runs: runs.filter(isVisibleRun) };
  },
  // What a run was about may be a filter by verdicts.
  'runs.detail': async ({ id }, _, call) => {
    const detail = await call('runs.detail', { id });
    if (!isVisibleRun(detail.run)) throw new Problem('missing', { what: 'run', name: String(id) });
    const { images: _images, ...parameters } = detail.parameters;
    // Images of its cohort that were rejected.
    const { leftOut: _leftOut, ...provenance } = detail.provenance;
    return { ...detail, parameters, provenance };
  },
  'runs.cluster': 'refused',
  'runs.tasks': 'refused',
  'runs.cancel': 'refused',
  'runs.pause': 'refused',
  'runs.resume': 'refused',
  'runs.log': 'refused',
  'runs.plot': 'refused',
  'runs.samples': 'refused',
  'runs.space': 'refused',
  'runs.estimate': 'refused',
  'scores.families': 'open',
  'scores.import': 'refused',
  'scores.list': async (_, __, call) => {
    const [{ scores }, runs] = await Promise.all([call('scores.list', {}), visibleRuns(call)]);
    return { scores: scores.filter(({ run }) => runs.has(run)) };
  },

  'statistics.histogram': 'refused',
  'statistics.roc': 'refused',
  'statistics.detection': 'refused',
  'statistics.comparison': 'refused',
  'statistics.localisation': 'refused',
  'statistics.report': 'refused',
  'statistics.review': 'refused',
  'statistics.above': 'refused',

  'drift.view': 'refused',
  'drift.scores': 'refused',
  'drift.report': 'refused',
  'drift.alerts': 'refused',
  'drift.alert': 'refused',
};
