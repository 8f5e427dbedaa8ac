import type { Token } from './token.ts';

/** A name and a password, in ASCII. */
export interface Login {
  readonly name: string;
  readonly password: string;
  /** The `digest-uri`: the service and its host. */
  readonly uri: string;
}

/** The login that a token stands for. `SaslRpcServer.encodeIdentifier` of hadoop-common. */
export function loginOf({ identifier, password }: Token, uri: string): Login {
  return { name: base64(identifier), password: base64(password), uri };
}

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
