import { parentPort } from 'node:worker_threads';
import { cutSegmentHere } from './cut/cut-segment.ts';
import { answerHere, type Question, type Reply } from './hash-threads.ts';
import { readFilesHere } from './read-files-here.ts';
import { squeezeJoined } from './joined-pieces.ts';
import { writeFilesHere } from './write-files-here.ts';

/** The thread behind `hash-threads.ts`. */
parentPort?.on('message', (question: Question) => {
  const reply = replyTo(question);
  parentPort?.postMessage(reply, contentOf(reply));
});

function replyTo(question: Question): Reply {
  if (question.kind === 'measure') return question.paths.map(answerHere);
  try {
    return workOn(question);
  } catch {
    return null; // whoever asked does it again and sees why
  }
}

function workOn(question: Exclude<Question, { readonly kind: 'measure' }>): Reply {
  switch (question.kind) {
    case 'cut':
      return cutSegmentHere(question.segment);
    case 'squeeze':
      return squeezeJoined(question.pieces);
    case 'read':
      return readFilesHere(question.wanted);
    case 'write':
      writeFilesHere(question.wanted);
      return 'written';
  }
}

/** What goes over without a copy. */
function contentOf(reply: Reply): readonly ArrayBuffer[] {
  const content = reply !== null && typeof reply === 'object' && 'content' in reply ? reply.content.buffer : null;
  return content instanceof ArrayBuffer ? [content] : [];
}
