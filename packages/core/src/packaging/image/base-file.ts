import { digest, failure, shape } from '@tidegate/formats';
import type { PinnedPackage } from '../../oci/index.ts';

/** What an image lies on when no registry is at hand: packages of Debian by their digests, for each platform. Specification: docs/reference/formats/image-base.md. */
export interface ImageBase {
  readonly format: 'tidegate.image-base/1';
  /** `linux/amd64` → its packages. */
  readonly platforms: { readonly [platform: string]: readonly PinnedPackage[] };
}

const { object, required, text, list, record, oneOf, map } = shape;
const packageShape: shape.Shape<PinnedPackage> = object({
  name: required(text({ pattern: /^[a-z0-9][a-z0-9+.-]*$/, wants: 'the name of a Debian package' })),
  version: required(text()),
  architecture: required(text()),
  digest: required(map(text({ pattern: /^sha256:[0-9a-f]{64}$/, wants: 'a SHA-256 digest' }), (value) => digest(value))),
  mirror: required(text()),
  path: required(text()),
  needs: required(list(text())),
});
const baseShape = object({ format: required(oneOf(['tidegate.image-base/1'])), platforms: required(record(list(packageShape))) });

/** @param file how it is called in messages @throws TG-IMAGE-BASE */
export function readImageBase(content: string, file: string): ImageBase {
  const refuse = (found: string): never => {
    throw failure('TG-IMAGE-BASE', `Cannot read the base of images "${file}": ${found}`, `Make it anew: tidegate image base ${file}`);
  };
  try {
    const parsed = shape.parse(baseShape, JSON.parse(content));
    return parsed.ok ? parsed.value : refuse(parsed.failure.map(({ message }) => message).join('; '));
  } catch (error) {
    return error instanceof SyntaxError ? refuse('it is no JSON') : refuse(error instanceof Error ? error.message : String(error));
  }
}

/** As it is committed: one package a line, so that a review sees which ones change. */
export function imageBaseText({ format, platforms }: ImageBase): string {
  const packagesIn = (packages: readonly PinnedPackage[]): string => packages.map((one) => `      ${JSON.stringify(one)}`).join(',\n');
  const parts = Object.entries(platforms).map(([name, packages]) => `    ${JSON.stringify(name)}: [\n${packagesIn(packages)}\n    ]`);
  return `{\n  "format": ${JSON.stringify(format)},\n  "platforms": {\n${parts.join(',\n')}\n  }\n}\n`;
}
