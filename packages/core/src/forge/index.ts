export { type CiContext, readCiContext } from './ci-context.ts';
export { type CommentRequest, type Forge, type StatusRequest, type StatusState } from './forge.ts';
export { openForge, type OpenForge } from './open-forge.ts';
