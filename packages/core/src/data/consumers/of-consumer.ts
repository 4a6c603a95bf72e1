import type { Finding } from '../checks/finding.ts';
import type { DataContract } from '../contract/data-contract.ts';

/** A finding by the data contract of a consumer: its name and what is told of it say whose promise it is. */
export function ofConsumer({ result, reason }: Finding, { id }: Pick<DataContract, 'id'>): Finding {
  return {
    result: { ...result, name: `${id}.${result.name}`, promise: `${result.promise}, for "${id}"` },
    reason: `for "${id}": ${reason}`,
  };
}
