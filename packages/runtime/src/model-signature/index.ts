export { hintOf, publicPem, readPrivateKey, readPublicKey } from './dsse.ts';
export { signKnownFiles, signModel } from './sign-model.ts';
export { keysIn, signerOf, verifyByAnyKey } from './trusted-keys.ts';
export { type Trust, type VerifiedModel, verifySignature } from './verify-signature.ts';
export type { KeylessTrust } from './verify-keyless.ts';
