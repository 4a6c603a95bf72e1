import type { DatasetVersion } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import { type EngineRoom, openOnDatasets } from './dataset-tables.ts';
import type { ServiceDefinition } from './definitions.ts';
import { type ResolvedService, resolveColumns } from './resolved-service.ts';
import { datasetsReadBy } from './sql-check.ts';
import type { SqlSource } from './sql-source.ts';

export interface ServiceRequest {
  readonly room: EngineRoom;
  readonly name: string;
  readonly definition: ServiceDefinition;
  /** Columns of the rows that the sets carry besides: slices. */
  readonly extra: readonly string[];
  readonly datasets: readonly DatasetVersion[];
  /** Every dataset of the project, for messages about names that are none. */
  readonly known: readonly string[];
}

export interface OpenService {
  readonly engine: Engine;
  readonly service: ResolvedService;
  /** SQL of the rows, and of each view in order, with the datasets it reads. */
  readonly rowsRead: readonly string[];
  readonly viewsRead: readonly (readonly string[])[];
  readonly [Symbol.dispose]: () => void;
}

/** An engine on the datasets with a service whose SQL was checked and whose columns were found. @throws TG-FEATURES-… */
export async function openService(request: ServiceRequest): Promise<OpenService> {
  const { definition, name, extra } = request;
  const engine = await openOnDatasets(request.room, request.datasets);
  try {
    const read = async (source: SqlSource): Promise<readonly string[]> =>
      datasetsReadBy(engine, source, { loaded: request.datasets.map((version) => version.dataset), known: request.known });
    const rowsRead = await read(definition.rows);
    const viewsRead: (readonly string[])[] = [];
    for (const join of definition.views) viewsRead.push(await read(join.view.source));
    const service = await resolveColumns(engine, name, { definition, extra });
    return { engine, service, rowsRead, viewsRead, [Symbol.dispose]: () => engine[Symbol.dispose]() };
  } catch (error) {
    engine[Symbol.dispose]();
    throw error;
  }
}
