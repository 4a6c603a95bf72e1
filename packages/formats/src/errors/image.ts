import type { ErrorEntry } from './entry.ts';

/** Codes of `image`. A code is never reused: a retired one stays with `retired: true`. */
export const imageErrors = {
  'TG-IMAGE-REFERENCE': {
    title: 'Not the name of an image',
    cause: 'The name of an image, its tag or its digest has a form that registries do not take.',
    fix: 'Write it as `REGISTRY/REPOSITORY:TAG` or `REGISTRY/REPOSITORY@sha256:DIGEST`.',
    exit: 2,
  },
  'TG-IMAGE-REGISTRY': {
    title: 'Registry does not do it',
    cause: 'A registry cannot be reached, refuses what it is sent, or ends in the middle, five times.',
    fix: 'Look at the registry and at the network between, and run the command again: what was pushed or pulled is not sent again.',
    exit: 1,
  },
  'TG-IMAGE-LOGIN': {
    title: 'Registry wants to know who asks',
    cause: 'A registry wants a login that is not stored, does not take the one that is, or does not allow that login what is asked.',
    fix: 'Log in with `docker login`, `podman login` or `skopeo login`; Tidegate reads what they store.',
    exit: 1,
  },
  'TG-IMAGE-NOT-FOUND': {
    title: 'Not in the registry',
    cause: 'The registry has no image of that name, tag or digest.',
    fix: 'Correct the name, or push the image first.',
    exit: 1,
  },
  'TG-IMAGE-CORRUPT': {
    title: 'Image is not what its digest says',
    cause: 'What a registry or a folder gives has other bytes than its digest, another length than was said, or is no image.',
    fix: 'Try again; if it stays so, do not trust where it comes from.',
    exit: 1,
  },
  'TG-IMAGE-PACKAGE': {
    title: 'Debian package cannot be used',
    cause: 'A mirror does not have a package that the base of an image is put together from, or what it has is no package.',
    fix: 'Correct the name of the package or the mirror.',
    exit: 1,
  },
  'TG-IMAGE-PLATFORM': {
    title: 'No image for the platform',
    cause: 'The image is not made for the operating system and the processor that are wanted.',
    fix: 'Name another base, or build for a platform that it is made for.',
    exit: 2,
  },
  'TG-IMAGE-BASE': {
    title: 'Base of images cannot be used',
    cause: 'The file that says which Debian packages images lie on cannot be read, or has none for the platform.',
    fix: 'Make it anew with `tidegate image base`.',
    exit: 2,
  },
  'TG-IMAGE-RUNTIME': {
    title: 'Model server cannot be put into an image',
    cause: 'A package that the model server needs in the image is not here and cannot be had, or the model needs what images do not have.',
    fix: 'Install Tidegate again, or build where the registry of npm can be reached.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorEntry>;
