import { quoteText } from '@tidegate/runtime';
import { contractText } from '../../../packages/core/src/data/infer/contract-text.ts';
import { inferContract } from '../../../packages/core/src/data/infer/infer-contract.ts';
import type { Detector } from './detector.ts';
import { alarmsOf, contractOf, measureFile } from './measure-file.ts';

/** The data contract that `tidegate data infer` infers from the earlier rows, nothing added by hand. */
export const inferredContract: Detector = {
  name: 'inferred contract',
  learn: async ({ whole: { file } }, { dataSet, engine }) => {
    const time = dataSet.roles.time?.[0] ?? null;
    const version = await measureFile(engine, file, { contract: null, time });
    const rows = `SELECT * FROM read_parquet(${quoteText(file)})`;
    const contract = contractOf(contractText(await inferContract({ engine, rows, version, personal: new Set() })));
    return { judge: (version) => alarmsOf(engine, version.file, contract, time), [Symbol.asyncDispose]: () => Promise.resolve() };
  },
};
