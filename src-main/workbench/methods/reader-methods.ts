// Methods of several readers: work lists, agreement, adjudication, report, verdicts of another machine.
import type { readersMethods as contract } from '../../../src-preload/contract/readers.ts';
import type { WorkList as ContractList } from '../../../src-preload/schemas/readers.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { readerVerdicts } from '../../catalog/tables/reader-verdicts.ts';
import { imagesOfList, type WorkList, workList, workLists } from '../../catalog/tables/work-lists.ts';
import { differences, readersAgreement } from '../../curation/readers/agreement.ts';
import { assign, assignSecond, unassign } from '../../curation/readers/assign.ts';
import { formatReaderVerdicts, mergeReaderVerdicts } from '../../curation/readers/merge-verdicts.ts';
import { decide } from '../../curation/verdicts/decide.ts';
import { readersReport } from '../../evaluation/readers-report.ts';
import { selectedIds } from '../../holdings/selection.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { Problem } from '../../platform/errors.ts';
import { now } from '../../platform/time.ts';
import type { MethodsOf, Service } from './method.ts';

export const readerMethods: MethodsOf<keyof typeof contract> = {
  'readers.lists': (_, service) => ({ lists: [...toLists(service.open().catalog)] }),
  'readers.unread': ({ list }, service) => ({
    ids: Uint32Array.from(imagesOfList(service.open().catalog, list, true)),
  }),
  'readers.assign': ({ images, ...given }, service) => {
    const { catalog } = service.open();
    const definition = 'filter' in images ? { filter: images.filter } : { chosen: images.ids.length };
    return toList(catalog, assign(catalog, { ...given, images: selectedIds(catalog, images), definition, at: now() }));
  },
  'readers.second': (request, service) => {
    const { catalog } = service.open();
    return toList(catalog, assignSecond(catalog, { ...request, at: now() }));
  },
  'readers.remove': ({ id, by }, service) => {
    unassign(service.open().catalog, id, { by, at: now() });
    return {};
  },
  'readers.agreement': ({ list }, service) => agreementOf(service, list),
  'readers.differences': ({ list, limit }, service) => ({ differences: differencesOf(service, list, limit) }),
  'readers.adjudicate': ({ images, ...verdict }, service) =>
    decide(service.open().catalog, { ...verdict, images, role: 'adjudicated', at: now() }),
  'readers.report': async ({ list, file }, service) => {
    const { catalog } = service.open();
    const lists = toLists(catalog).filter(
      ({ id, secondOf }) => list === undefined || id === list || secondOf?.id === list,
    );
    const about = list === undefined ? null : workList(catalog, list).name;
    const page = readersReport(lists, agreementOf(service, list), differencesOf(service, list, mostReported), about);
    await writeFileAtomic(file, page);
    return {};
  },
  'readers.export': async ({ file }, service) => {
    await writeFileAtomic(file, formatReaderVerdicts(service.open().catalog));
    return {};
  },
  'readers.merge': async ({ file, reviewer }, service) => {
    const { catalog, decoder } = service.open();
    const merged = await mergeReaderVerdicts(catalog, file, { importedBy: reviewer, at: now() }, decoder.table);
    return { ...merged, unmatched: [...merged.unmatched] };
  },
  'readings.begin': ({ list, reader }, service) => {
    const { catalog } = service.open();
    const found = workList(catalog, list);
    if (!found.blind) throw new Problem('usage', { message: `the work list ${found.name} is not read blind` });
    if (found.reader !== reader)
      throw new Problem('usage', { message: `the work list ${found.name} is for ${found.reader}, not ${reader}` });
    return toList(catalog, list);
  },
  'readings.verdicts': ({ list, images }, service) => {
    const { catalog } = service.open();
    const { reader } = workList(catalog, list);
    const own = readerVerdicts(catalog, { list, reader, ...(images === undefined ? {} : { images }) });
    const verdicts = own.filter(({ blind }) => blind);
    return { verdicts: verdicts.map(({ image, decision, reason, at }) => ({ image, decision, reason, time: at })) };
  },
  'readings.end': () => ({}),
  // Which list a window reads is known by the host of its page; whoever asks without one reads none.
  'readings.current': () => ({ list: null }),
};

function agreementOf(service: Service, list: number | undefined) {
  const { readers, pairs, differences } = readersAgreement(service.open().catalog, list);
  return { readers: [...readers], pairs: [...pairs], differences };
}

/** Differences that a report lists. */
const mostReported = 200;

function differencesOf(service: Service, list: number | undefined, limit: number) {
  return differences(service.open().catalog, { list, limit }).map((each) => ({
    ...each,
    verdicts: [...each.verdicts],
  }));
}

function toLists(catalog: Catalog): readonly ContractList[] {
  const all = workLists(catalog);
  return all.map((list) => contractList(list, all));
}

function toList(catalog: Catalog, id: number): ContractList {
  return contractList(workList(catalog, id), workLists(catalog));
}

function contractList(list: WorkList, all: readonly WorkList[]): ContractList {
  const { definition: _, secondOf, ...facts } = list;
  const first = all.find(({ id }) => id === secondOf);
  return {
    ...facts,
    // A first list that was removed is known by its number alone.
    secondOf: secondOf === null ? null : { id: secondOf, name: first?.name ?? `list ${secondOf}` },
  };
}
