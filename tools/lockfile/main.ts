import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingPlatformPackages, type Lockfile } from './platform-packages.ts';

/** Completes `package-lock.json` after `npm install`: `node tools/lockfile/main.ts`. */
const path = join(import.meta.dirname, '../../package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8')) as Lockfile;
const missing = missingPlatformPackages(lock);
const packages = Object.fromEntries(Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(path, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
console.log(`${Object.keys(missing).length} packages for other systems added`);
