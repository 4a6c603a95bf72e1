export { readPrivateKey, readPublicKey } from './dsse.ts';
export { signModel, type Signer } from './sign-model.ts';
export { type Trust, type VerifiedModel, verifySignature, type VerifyOptions } from './verify-signature.ts';
