import type { Command } from '../command.ts';
import { commandOfVerbs } from '../verb.ts';
import { add } from './data/add.ts';
import { anomalies } from './data/anomalies.ts';
import { cat } from './data/cat.ts';
import { checkout } from './data/checkout.ts';
import { commit } from './data/commit.ts';
import { diff } from './data/diff.ts';
import { drift } from './data/drift.ts';
import { exportVerb } from './data/export.ts';
import { forget } from './data/forget.ts';
import { gc } from './data/gc.ts';
import { importVerb } from './data/import.ts';
import { infer } from './data/infer.ts';
import { list } from './data/list.ts';
import { log } from './data/log.ts';
import { ls } from './data/ls.ts';
import { merge } from './data/merge.ts';
import { profile } from './data/profile.ts';
import { pull } from './data/pull.ts';
import { push } from './data/push.ts';
import { show } from './data/show.ts';
import { status } from './data/status.ts';
import { tombstones } from './data/tombstones.ts';
import { verify } from './data/verify.ts';

export const command: Command = commandOfVerbs({
  name: 'data',
  summary: 'Put datasets under version control, and look at them: versions, checks, data contracts',
  verbs: [
    list,
    show,
    profile,
    status,
    add,
    commit,
    log,
    diff,
    drift,
    anomalies,
    checkout,
    merge,
    ls,
    cat,
    importVerb,
    exportVerb,
    verify,
    gc,
    infer,
    push,
    pull,
    forget,
    tombstones,
  ],
});
