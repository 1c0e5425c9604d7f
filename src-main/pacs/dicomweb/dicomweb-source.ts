// A PACS that speaks DICOMweb: QIDO-RS for questions, WADO-RS for instances, as they are stored.
import type { DicomwebPeer, PacsQuery } from '../../../src-preload/schemas/pacs.ts';
import { uid } from '../../../src-preload/schemas/pacs.ts';
import { certificatesOf } from '../certificates.ts';
import { Malformed } from '../data-set.ts';
import { headOfFile } from '../instance-head.ts';
import { type Intake, Refusal } from '../intake.ts';
import { checkLimit, type limits } from '../limits.ts';
import { refuses } from '../peer.ts';
import type { PacsSource, SeriesAnswer, SourceOptions, StudyAnswer } from '../source.ts';
import type { InstanceAnswer, Wanted } from '../wanted.ts';
import { firstValue, type JsonAnswer, parseAnswers, valuesOf } from './dicom-json.ts';
import { HttpClient } from './http.ts';
import { boundaryOf, onlyPart } from './multipart.ts';

/** Answers of one page. Services may give fewer. */
const pageSize = 500;

/** A list of QIDO-RS: where it is, by what its answers are told apart, its conditions and the attributes that are asked for. */
interface Question {
  readonly path: string;
  readonly key: string;
  readonly conditions?: Readonly<Record<string, string>>;
  readonly fields: readonly string[];
}

/** Throws `peer`, `file`, `usage`, `content`. */
export async function openDicomweb(peer: DicomwebPeer, options: SourceOptions): Promise<PacsSource> {
  const certificates = await certificatesOf(peer);
  const { credentials, timeout, parallel } = options;
  const client = new HttpClient({ peer, certificates, credentials, timeout, connections: parallel });
  return new DicomwebSource(peer.url, client);
}

class DicomwebSource implements PacsSource {
  readonly name: string;
  readonly batchSize = 1;
  readonly #client: HttpClient;

  constructor(name: string, client: HttpClient) {
    this.name = name;
    this.#client = client;
  }

  async test(signal: AbortSignal): Promise<void> {
    await this.#page('studies', new URLSearchParams({ limit: '1' }), signal);
  }

  async studies(query: PacsQuery, signal: AbortSignal): Promise<readonly StudyAnswer[]> {
    const conditions: Record<string, string> = {};
    if (query.patientId !== null) conditions.PatientID = query.patientId;
    if (query.patientName !== null) conditions.PatientName = query.patientName;
    if (query.from !== null || query.to !== null) conditions.StudyDate = `${query.from ?? ''}-${query.to ?? ''}`;
    const fields = ['00081030', '00080061'];
    // One modality is asked for; the series say which they have, whatever the service makes of that.
    if (query.modalities.length === 1) conditions.ModalitiesInStudy = query.modalities[0]!;
    const lists = query.studies.length === 0 ? [{}] : query.studies.map((study) => ({ StudyInstanceUID: study }));
    const found: StudyAnswer[] = [];
    for (const list of lists) {
      const question = { path: 'studies', key: '0020000D', conditions: { ...conditions, ...list }, fields };
      const facts = (object: JsonAnswer, study: string) => ({
        study,
        patientId: firstValue(object, '00100020'),
        patientName: firstValue(object, '00100010'),
        date: firstValue(object, '00080020'),
        description: firstValue(object, '00081030'),
        modalities: valuesOf(object, '00080061'),
      });
      found.push(...(await this.#all(question, 'studies', facts, signal)));
    }
    return found;
  }

  async series(study: string, signal: AbortSignal): Promise<readonly SeriesAnswer[]> {
    const question = { path: `studies/${study}/series`, key: '0020000E', fields: ['00180015', '0008103E', '00201209'] };
    const facts = (object: JsonAnswer, series: string) => {
      const count = firstValue(object, '00201209');
      return {
        series,
        modality: firstValue(object, '00080060'),
        bodyPart: firstValue(object, '00180015'),
        description: firstValue(object, '0008103E'),
        instances: /^\d{1,9}$/.test(count) ? Number(count) : null,
      };
    };
    return this.#all(question, 'series', facts, signal);
  }

  instances(study: string, series: string, signal: AbortSignal): Promise<readonly InstanceAnswer[]> {
    const path = `studies/${study}/series/${series}/instances`;
    const facts = (object: JsonAnswer, instance: string) => ({ instance, sopClass: firstValue(object, '00080016') });
    return this.#all({ path, key: '00080018', fields: ['00080016'] }, 'instancesOfSeries', facts, signal);
  }

  async fetch(batch: readonly Wanted[], intake: Intake, signal: AbortSignal): Promise<void> {
    for (const wanted of batch) {
      const { study, series, instance } = wanted;
      const path = `studies/${study}/series/${series}/instances/${instance}`;
      const accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
      const answer = await this.#client.get(path, accept, signal);
      if (answer === null) continue;
      try {
        const part = onlyPart(answer.body, boundaryOf(answer.contentType));
        await intake.take(wanted, part, headOfFile);
      } catch (error) {
        if (error instanceof Malformed) {
          throw refuses(this.name, `its answer with instance ${instance} is broken: ${error.message}`);
        }
        if (!(error instanceof Refusal)) throw error;
      } finally {
        answer.destroy();
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]();
  }

  /**
   * Every answer, page by page, as `facts` sees it; each identifier once. A service that knows no pages gives the same again, or
   * all at once.
   */
  async #all<T>(
    { path, key, conditions = {}, fields }: Question,
    limit: keyof typeof limits,
    facts: (object: JsonAnswer, identifier: string) => T,
    signal: AbortSignal,
  ): Promise<readonly T[]> {
    const found = new Map<string, T>();
    for (;;) {
      const query = new URLSearchParams(conditions);
      for (const field of fields) query.append('includefield', field);
      query.set('limit', `${pageSize}`);
      if (found.size > 0) query.set('offset', `${found.size}`);
      const page = await this.#page(path, query, signal);
      const before = found.size;
      for (const object of page) {
        const identifier = this.#uid(object, key);
        if (!found.has(identifier)) found.set(identifier, facts(object, identifier));
      }
      checkLimit(limit, `the number of answers of ${this.name}`, found.size);
      // Fewer than asked for may be the last page, or those of a service with smaller pages: the next one tells.
      if (found.size - before < page.length || page.length === 0) return [...found.values()];
    }
  }

  async #page(path: string, query: URLSearchParams, signal: AbortSignal): Promise<readonly JsonAnswer[]> {
    const answer = await this.#client.get(`${path}?${query}`, 'application/dicom+json', signal);
    if (answer === null) return [];
    try {
      const bytes = await this.#client.whole(answer, 'pageBytes');
      return parseAnswers(bytes);
    } catch (error) {
      if (error instanceof Malformed)
        throw refuses(this.name, `its answer to a query cannot be read: ${error.message}`);
      throw error;
    } finally {
      answer.destroy();
    }
  }

  #uid(object: JsonAnswer, tag: string): string {
    const parsed = uid.safeParse(firstValue(object, tag));
    if (parsed.success) return parsed.data;
    throw refuses(this.name, 'its answer to a query has no valid identifier');
  }
}
