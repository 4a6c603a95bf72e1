import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './blocks.ts';
import { commandsPage, commandsPagePath } from './commands-page.ts';

/** Writes the pages that come out of the code. */
writeFileSync(join(repository, commandsPagePath), await commandsPage());
