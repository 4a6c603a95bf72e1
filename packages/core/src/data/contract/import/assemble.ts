import type { Json } from '@tidegate/formats';
import type { ImportedContract, ImportedObject, ImportedProperty, NotTaken, RuleText, Taken } from './foreign-rules.ts';
import { wordsRule } from './foreign-rules.ts';

/** What came of one part of the foreign document; `what` names it as its tool does. */
export interface Part {
  readonly what: string;
  readonly taken: readonly Taken[];
}

export interface ObjectParts {
  readonly name: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly relationships?: readonly Json[];
  readonly parts: readonly Part[];
}

interface Contents {
  readonly id: string;
  readonly description: string | null;
  readonly objects: readonly ObjectParts[];
  /** What is about no object. */
  readonly notTaken: readonly NotTaken[];
}

/** Puts together what came of the parts: columns in the order in which they are first named, what was not taken over as rules in words. */
export function assemble({ id, description, objects, notTaken }: Contents): ImportedContract {
  const assembled = objects.map(assembleObject);
  return {
    id,
    description,
    objects: assembled.map(({ object }) => object),
    notTaken: [...notTaken, ...assembled.flatMap((one) => one.notTaken)],
  };
}

function assembleObject({ parts, name, ...rest }: ObjectParts): {
  readonly object: ImportedObject;
  readonly notTaken: readonly NotTaken[];
} {
  const properties = new Map<string, ImportedProperty>();
  const quality: RuleText[] = [];
  const missed: NotTaken[] = [];
  const property = (column: string): ImportedProperty => properties.get(column) ?? { name: column };
  const addRule = (column: string | null, rule: RuleText): void => {
    if (column === null) quality.push(rule);
    else properties.set(column, { ...property(column), quality: [...(property(column).quality ?? []), rule] });
  };
  const miss = (what: string, { column, why, isNearly }: Pick<NotTaken, 'column' | 'why' | 'isNearly'>): void => {
    missed.push({ object: name, column, what, why, isNearly });
    addRule(column, wordsRule(`${isNearly ? 'Nearly taken over' : 'Not taken over'}: ${what}: ${why}`));
  };
  for (const { what, taken } of parts)
    for (const one of taken) {
      if (one.kind === 'rule') addRule(one.column, one.rule);
      else if (one.kind === 'not') miss(what, one);
      else {
        const clash = clashOf(property(one.column), one.members);
        if (clash === null) properties.set(one.column, merged(property(one.column), one.members));
        else miss(what, { column: one.column, why: clash, isNearly: false });
      }
    }
  return { object: { name, ...rest, properties: [...properties.values()], quality }, notTaken: missed };
}

function clashOf(known: ImportedProperty, { logicalType, logicalTypeOptions = {} }: Partial<ImportedProperty>): string | null {
  if (logicalType !== undefined && known.logicalType !== undefined && known.logicalType !== logicalType)
    return `the column has the type ${known.logicalType} already`;
  const option = Object.keys(logicalTypeOptions).find((name) => {
    const former = known.logicalTypeOptions?.[name];
    return former !== undefined && former !== logicalTypeOptions[name];
  });
  return option === undefined ? null : `the column has another ${option} already`;
}

function merged(known: ImportedProperty, members: Partial<ImportedProperty>): ImportedProperty {
  return {
    ...known,
    ...members,
    name: known.name,
    ...(known.logicalTypeOptions !== undefined &&
      members.logicalTypeOptions !== undefined && { logicalTypeOptions: { ...known.logicalTypeOptions, ...members.logicalTypeOptions } }),
    ...(known.quality !== undefined && members.quality !== undefined && { quality: [...known.quality, ...members.quality] }),
  };
}
