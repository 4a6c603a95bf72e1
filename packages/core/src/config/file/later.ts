import type { shape } from '@tidegate/formats';

/** What the design has and this version has not: refused with a message of its own, never ignored. `*` stands for any name. */
export const notSupportedYet: readonly { readonly path: readonly string[]; readonly instead: string }[] = [
  { path: ['environments', '*', 'approvals'], instead: 'Delete it, and deploy by hand with "tidegate deploy ENV"' },
  { path: ['environments', '*', 'rollout'], instead: 'Delete it; all requests are switched to the new release at once' },
];

/** Targets of the design; only the first is there yet. */
export const targets = ['local', 'ssh', 'container', 'kubernetes', 'ec2', 'lambda', 'sagemaker', 'edge'] as const;

/** A name of {@link notSupportedYet}: taken by the shape, so that its own message is the only one; refused by the JSON Schema. */
export const later: shape.Shape<unknown> = {
  schema: { not: {}, description: 'Not supported yet in this version.' },
  check: (value) => value,
};
