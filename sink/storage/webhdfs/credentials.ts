import { TokenFile } from '../token-file.ts';

export interface CredentialsOptions {
  readonly nameNodes: readonly URL[];
  /** The user that the client acts as, with the simple authentication of the cluster. */
  readonly user: string;
  /** A file with a delegation token, which replaces the name of the user. */
  readonly tokenFile?: string | undefined;
  /** The headers that a gateway wants. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A shorter value of a header, such as a flag, is no secret. A mask would only garble messages. */
const SECRET_FROM_CHARS = 6;

/**
 * The credentials in each request to a NameNode. A DataNode learns them from the location that the
 * NameNode gave.
 */
export class Credentials {
  readonly #options: CredentialsOptions;
  readonly #origins: ReadonlySet<string>;
  readonly #tokenFile: TokenFile | undefined;

  constructor(options: CredentialsOptions) {
    this.#options = options;
    this.#tokenFile = options.tokenFile === undefined ? undefined : new TokenFile(options.tokenFile);
    this.#origins = new Set(options.nameNodes.map(({ origin }) => origin));
  }

  /**
   * The parameters for the query of a request to a NameNode.
   *
   * @throws {FileSystemError} where the file never held a token
   */
  async parameters(): Promise<Readonly<Record<string, string>>> {
    // Never both: at best a NameNode ignores the name beside a token.
    if (this.#tokenFile === undefined) return { 'user.name': this.#options.user };
    return { delegation: await this.#tokenFile.read() };
  }

  /**
   * The headers are for the gateway that `HDFS_URL` names. The gateway redirects to itself, so a
   * DataNode elsewhere gets none of them.
   */
  headers(url: URL): Readonly<Record<string, string>> {
    return this.#origins.has(url.origin) ? (this.#options.headers ?? {}) : {};
  }

  /** Masks the secrets of a request in the text of its answer, however the text escapes them. */
  mask(text: string, url: URL): string {
    const headers = Object.values(this.#options.headers ?? {}).flatMap((value) => value.split(/\s+/));
    const secrets = [url.searchParams.get('delegation') ?? '', ...headers];
    return secrets
      .map((secret) => secret.replace(/=+$/, ''))
      .filter(({ length }) => length >= SECRET_FROM_CHARS)
      .reduce((masked, secret) => masked.replace(anyFormOf(secret), '***'), text);
  }
}

/**
 * Matches a secret as it is, and as JSON, a URL or HTML escape it, also one within the other.
 *
 * @param secret without the padding of Base64, which may follow
 */
function anyFormOf(secret: string): RegExp {
  const characters = [...secret].map(anyFormOfCharacter).join('');
  return new RegExp(`${characters}${anyFormOfCharacter('=')}*`, 'g');
}

function anyFormOfCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code
    .toString(16)
    .padStart(2, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
  const itself = `\\\\{0,7}${character.replace(/[^A-Za-z0-9]/, '\\$&')}`;
  return `(?:${itself}|\\\\{1,7}u00${hex}|%(?:25)*${hex}|&#(?:0*${code}|[xX]0*${hex});)`;
}
