import { shape } from '@tidegate/formats';
import { type Expectation, expectation } from './expectation.ts';

const { anything, list, object, oneOf, optional, record, required, text } = shape;

/** A file of API tests. Reference: docs/reference/api-tests.md. */
export const apiTestsShape = list(
  object({
    name: required(text({ pattern: /\S/, wants: 'a name' })),
    request: required(
      object({
        method: required(oneOf(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])),
        path: required(text({ pattern: /^\/(?!\/)/, wants: 'a path that begins with one "/"' })),
        headers: optional(record(text())),
        body: optional(anything()),
      }),
    ),
    expect: required(
      object({
        status: required(expectation()),
        headers: optional(record(expectation())),
        body: optional(expectation()),
      }),
    ),
  }),
  { minimum: 1 },
);

/** One request and what its answer must be. */
export type ApiTest = shape.TypeOf<typeof apiTestsShape>[number];
export type { Expectation };
