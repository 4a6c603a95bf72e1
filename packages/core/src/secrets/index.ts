export { openSecrets } from './open-secrets.ts';
