/** A shard that a root names is gone: there is a newer root. */
export class StaleView extends Error {}
