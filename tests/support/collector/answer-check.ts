import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

interface Documented {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

/** The part of an OpenAPI document that the check reads. */
export interface OpenApiDocument {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Documented>> }>>>
  >;
}

const PROBLEM = { content: { 'application/problem+json': {} } };
/** Answers of paths that do not exist, and of methods that a path does not take. */
const ELSEWHERE: Readonly<Record<string, Documented>> = {
  ...Object.fromEntries([400, 404, 405, 408, 414, 431].map((status) => [status, PROBLEM])),
  204: {},
};

/** Holds answers against an OpenAPI document, as far as the document describes them. */
export class AnswerCheck {
  readonly #document: OpenApiDocument;
  readonly #ajv = new Ajv2020({ strict: false });

  constructor(document: OpenApiDocument) {
    this.#document = document;
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(document, 'openapi');
  }

  /** Whether a schema of the document describes the value. */
  isValid(pointer: string, value: unknown): boolean {
    return this.#ajv.validate({ $ref: `openapi#${pointer}` }, value) === true;
  }

  /** What is wrong with an answer; undefined where nothing is wrong. */
  objection(method: string, path: string, answer: WireAnswer): string | undefined {
    const operation = this.#document.paths[path]?.[method.toLowerCase()];
    const documented = (operation?.responses ?? ELSEWHERE)[answer.status];
    if (documented === undefined || answer.status === 500) return `${answer.status} is not documented`;
    if (documented.headers && 'Retry-After' in documented.headers && answer.status !== 207) {
      if (!/^[1-9]\d*$/.test(String(answer.headers['retry-after'])))
        return 'Retry-After is no number of seconds';
    }
    if (documented.content === undefined)
      return answer.body.length > 0 ? 'a body is not documented' : undefined;
    const type = String(answer.headers['content-type']).split(';', 1)[0] ?? '';
    if (!(type in documented.content)) return `the content type ${type} is not documented`;
    if (!type.endsWith('json')) return undefined;
    if (!operation)
      return this.isValid('/components/schemas/Problem', JSON.parse(answer.body.toString()))
        ? undefined
        : 'no problem';
    const pointer = [
      'paths',
      path,
      method.toLowerCase(),
      'responses',
      String(answer.status),
      'content',
      type,
      'schema',
    ];
    const encoded = pointer.map((part) =>
      encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')),
    );
    if (this.isValid(`/${encoded.join('/')}`, JSON.parse(answer.body.toString()))) return undefined;
    return `the body is not what is documented: ${this.#ajv.errorsText()}`;
  }
}
