import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageName, imageReference } from './image-reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test('imageReference() reads names as Docker does', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['debian', 'docker.io/library/debian:latest'],
    ['debian:12', 'docker.io/library/debian:12'],
    ['grafana/grafana', 'docker.io/grafana/grafana:latest'],
    ['index.docker.io/grafana/grafana:11', 'docker.io/grafana/grafana:11'],
    ['gcr.io/distroless/cc-debian12', 'gcr.io/distroless/cc-debian12:latest'],
    ['localhost/delay', 'localhost/delay:latest'],
    ['127.0.0.1:5000/team/delay-api:v1.2', '127.0.0.1:5000/team/delay-api:v1.2'],
    ['[::1]:5000/delay', '[::1]:5000/delay:latest'],
    [`ghcr.io/team/delay@${digest}`, `ghcr.io/team/delay@${digest}`],
    [`ghcr.io/team/delay:v1@${digest}`, `ghcr.io/team/delay@${digest}`],
  ];

  for (const [text, name] of cases) assert.equal(imageName(imageReference(text)), name);
});

test('imageReference() refuses what no registry takes', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /is no repository/],
    ['Delay', /"Delay" is no repository/],
    ['team//delay', /is no repository/],
    ['team/../delay', /is no repository/],
    ['ghcr.io/delay:', /"" is no tag/],
    ['ghcr.io/delay:a b', /"a b" is no tag/],
    ['ghcr.io/delay@sha256:abc', /is no SHA-256 digest/],
    [`ghcr.io/delay@sha512:${'a'.repeat(128)}`, /is no SHA-256 digest/],
    [`delay@${digest}@${digest}`, /more than one "@"/],
    ['host name.com/delay', /is no host/],
    ['a.com:123456/delay', /is no host/],
    [`${'a'.repeat(300)}`, /is no repository/],
  ];

  for (const [text, found] of cases)
    assert.throws(
      () => imageReference(text),
      (error: Error) => error.message.startsWith('TG-IMAGE-REFERENCE') && found.test(error.message),
      text,
    );
});
