import { TokenFile } from '../token-file.ts';

export interface CredentialsOptions {
  readonly nameNodes: readonly URL[];
  /** The user as whom to act, with the cluster's simple authentication. */
  readonly user: string;
  /** A file with the delegation token to act by, in place of the user's name. */
  readonly tokenFile?: string | undefined;
  /** What a gateway wants to see. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A header's value that is shorter, such as a flag, is no secret; to mask it would only garble a message. */
const SECRET_FROM_CHARS = 6;

/** Who asks, as the NameNode is told it with each request. A DataNode learns it from the Location it is asked by. */
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
   * For the query of a request to a NameNode.
   * @throws {FileSystemError} where there never was a token
   */
  async parameters(): Promise<Readonly<Record<string, string>>> {
    // Never both: beside a token the name would be ignored at best.
    if (this.#tokenFile === undefined) return { 'user.name': this.#options.user };
    return { delegation: await this.#tokenFile.read() };
  }

  /** They are for the gateway that `HDFS_URL` names, which sends us back to itself; a DataNode elsewhere has no business with them. */
  headers(url: URL): Readonly<Record<string, string>> {
    return this.#origins.has(url.origin) ? (this.#options.headers ?? {}) : {};
  }

  /** A text from outside, without the secrets of the request that it answers, however they are escaped in it. */
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
 * A secret as it is, and as it is in JSON, in a URL or in HTML, also one within the other.
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
