import { inferContract } from '../../../packages/core/src/data/contract/infer-contract.ts';
import type { Detector } from './detector.ts';
import { alarmsOf, contractOf, measureFile } from './measure-file.ts';

/** The data contract that `tidegate data contract` infers from the earlier rows, nothing added by hand. */
export const inferredContract: Detector = {
  name: 'inferred contract',
  learn: async ({ whole: { file } }, { dataSet, engine }) => {
    const time = dataSet.roles.time?.[0] ?? null;
    const contract = contractOf(inferContract(await measureFile(engine, file, { contract: null, time })));
    return { judge: (version) => alarmsOf(engine, version.file, contract, time), [Symbol.asyncDispose]: () => Promise.resolve() };
  },
};
