import { shape } from '@tidegate/formats';
import { referenceOf } from '../reference.ts';

/** Refuses rows that were put aside (`data.NAME.quarantine`) where a dataset is meant, with the reason why they cannot stand there. */
export function datasetsOnly<T>(inner: shape.Shape<T>, why: string, hint: string): shape.Shape<T> {
  return {
    ...inner,
    check: (value, path, problems) => {
      if (typeof value !== 'string' || referenceOf(value).kind !== 'quarantine') return inner.check(value, path, problems);
      problems.push({ path, message: `Cannot use "${value}" here: ${why}`, hint, at: 'value' });
      return undefined;
    },
  };
}
