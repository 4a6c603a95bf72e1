import { type ErrorCode, TidegateError } from '@tidegate/formats';

/** One mistake in the body of a request. */
export interface Mistake {
  /** Where, as a path into the body: `rows[3].hour`, `inputs[0].data[7]`. */
  readonly at: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** Everything that is wrong with the body of a request. Without a place in a file: the body has none. */
export class MistakenRequest extends TidegateError {
  /** The first of them, as many as an answer lists. */
  readonly mistakes: readonly [Mistake, ...Mistake[]];
  /** How many there are, listed or not. */
  readonly count: number;

  constructor([first, ...others]: readonly [Mistake, ...Mistake[]], count: number) {
    super([diagnosticOf(first), ...others.map(diagnosticOf)]);
    this.mistakes = [first, ...others];
    this.count = count;
  }
}

function diagnosticOf({ code, message, hint }: Mistake): TidegateError['diagnostics'][0] {
  return { code, message, hint, place: null };
}

/** Collects the mistakes of one request, so that its caller learns of all of them at once. */
export interface Mistakes {
  /** @param tell called only while there is room in the list */
  readonly add: (tell: () => Mistake) => void;
  /** @throws MistakenRequest when there are any */
  readonly refuse: () => void;
}

const mostListed = 20;

export function collectMistakes(): Mistakes {
  const listed: Mistake[] = [];
  let count = 0;
  return {
    add: (tell) => {
      count++;
      if (listed.length < mostListed) listed.push(tell());
    },
    refuse: () => {
      const [first, ...others] = listed;
      if (first !== undefined) throw new MistakenRequest([first, ...others], count);
    },
  };
}

const plainName = /^[A-Za-z_$][\w$]*$/;

/** The path of a member: `rows[3].hour`, or `rows[3]["odd name"]`; `parent` is empty for the body. Names are cut short. */
export function pathOf(parent: string, name: string): string {
  const short = name.slice(0, 100);
  if (!plainName.test(short)) return `${parent}[${JSON.stringify(short)}]`;
  return parent === '' ? short : `${parent}.${short}`;
}
