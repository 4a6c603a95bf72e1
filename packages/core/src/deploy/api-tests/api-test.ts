import { nameForm, shape } from '@tidegate/formats';
import { type Expectation, expectation } from './expectation.ts';

const { anything, either, list, object, oneOf, optional, record, required, text } = shape;

const apiTestsShape = list(
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

/** A file of API tests: a list of them, or with the service they are for. Reference: docs/reference/api-tests.md. */
export const apiTestFileShape = either(
  apiTestsShape,
  object({ service: required(text({ pattern: nameForm, wants: 'the name of a service' })), tests: required(apiTestsShape) }),
  (value) => (Array.isArray(value) ? 'first' : 'second'),
);

/** One request and what its answer must be. */
export type ApiTest = shape.TypeOf<typeof apiTestsShape>[number];
export type { Expectation };
