import { fileURLToPath } from 'node:url';

/** The file that starts Tidegate. Said in this folder: as published, the folders below it are gone. */
export const program: string = fileURLToPath(new URL('../bin/tidegate.js', import.meta.url));
