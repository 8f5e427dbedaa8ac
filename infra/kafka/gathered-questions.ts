/** The answer about each subject, or the error of those that have none. */
export type Answers<Subject, Answer> = ReadonlyMap<Subject, Answer | Error>;

interface Waiting<Answer> {
  readonly promise: Promise<Answer>;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks about many subjects in one question, and one question at a time. A caller that comes while a
 * question is under way is answered by the next one. An answer is therefore never older than the
 * call. Callers that wait for the same subject share the answer.
 */
export class GatheredQuestions<Subject, Answer> {
  readonly #ask: (subjects: readonly Subject[]) => Promise<Answers<Subject, Answer>>;
  #waiting = new Map<Subject, Waiting<Answer>>();
  #isAsking = false;

  constructor(ask: (subjects: readonly Subject[]) => Promise<Answers<Subject, Answer>>) {
    this.#ask = ask;
  }

  ask(subject: Subject): Promise<Answer> {
    const waiting = this.#waiting.get(subject) ?? newWaiting<Answer>();
    this.#waiting.set(subject, waiting);
    if (!this.#isAsking) void this.#askAll();
    return waiting.promise;
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true;
    // Callers of the same turn share the first question too.
    await Promise.resolve();
    while (this.#waiting.size > 0) {
      const asked = this.#waiting;
      this.#waiting = new Map();
      await this.#answer(asked);
    }
    this.#isAsking = false;
  }

  async #answer(asked: ReadonlyMap<Subject, Waiting<Answer>>): Promise<void> {
    try {
      const answers = await this.#ask([...asked.keys()]);
      for (const [subject, { resolve, reject }] of asked) {
        const answer = answers.get(subject) ?? new Error('no answer');
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      }
    } catch (error) {
      for (const { reject } of asked.values()) reject(error);
    }
  }
}

function newWaiting<Answer>(): Waiting<Answer> {
  let settle: Pick<Waiting<Answer>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<Answer>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...(settle as unknown as Pick<Waiting<Answer>, 'resolve' | 'reject'>) };
}
