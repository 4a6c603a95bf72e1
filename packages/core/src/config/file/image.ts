import { shape } from '@tidegate/formats';

const withDigest = /^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$/;

/** A container image by its digest: a tag may mean another image tomorrow. */
export const image: shape.Shape<string> = shape.described(
  shape.map(shape.text({ wants: 'an image' }), (text, report) => {
    if (withDigest.test(text)) return text;
    const name = text.replace(/@.*$/, '');
    report(
      `Cannot use the image "${text.slice(0, 200)}": it has no digest, and a tag may mean another image tomorrow`,
      `Write "${name.replace(/:[^:/]*$/, '')}@sha256:…"; this shows the digest: podman pull -q ${name} && podman image inspect --format "{{.Digest}}" ${name}`,
    );
    return text;
  }),
  'Container image with its digest that the command runs in, by podman or docker. Default: none, the command runs on this machine.',
);
