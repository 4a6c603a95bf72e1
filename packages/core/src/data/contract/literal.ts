/** A value as a data contract names it. */
export type Literal = null | boolean | number | string;
