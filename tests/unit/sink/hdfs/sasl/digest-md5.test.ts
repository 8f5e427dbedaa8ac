import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerDigest } from '../../../../../sink/hdfs/sasl/digest-md5.ts';
import { HdfsError } from '../../../../../sink/hdfs/wire/errors.ts';

/** The examples of RFC 2831, section 4: one user at an IMAP server and at an ACAP server. */
const EXAMPLES = [
  {
    service: 'imap',
    nonce: 'OA6MG9tEQGm2hh',
    clientNonce: 'OA6MHXh6VqTrRk',
    response: 'd388dad90d4bbd760a152321f2143af7',
    proof: 'ea40f60335c427b5527b84dbabcdfffd',
  },
  {
    service: 'acap',
    nonce: 'OA9BSXrbuRhWay',
    clientNonce: 'OA9BSuZWMSpW8m',
    response: '6084c6db3fede7352c551284490fd0fc',
    proof: '2f0b3d7c3c2e486600ef710726aa2eae',
  },
];
const HOST = 'elwood.innosoft.com';

const challengeOf = (nonce: string, more: string) =>
  Buffer.from(`realm="${HOST}",nonce="${nonce}",algorithm=md5-sess,charset=utf-8,${more}`);

const loginTo = (service: string) => ({ name: 'chris', password: 'secret', uri: `${service}/${HOST}` });

function answer(more: string) {
  return answerDigest(challengeOf('n', more), loginTo('imap'));
}

const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
};

test.each(EXAMPLES)(
  'the challenge of the RFC at $service gets the RFC’s response, and its proof is accepted',
  ({ service, nonce, clientNonce, response, proof }) => {
    const answered = answerDigest(challengeOf(nonce, 'qop="auth"'), loginTo(service), clientNonce);
    expect(String(answered.response).split(',').sort()).toEqual(
      [
        'charset=utf-8',
        'username="chris"',
        `realm="${HOST}"`,
        `nonce="${nonce}"`,
        'nc=00000001',
        `cnonce="${clientNonce}"`,
        `digest-uri="${service}/${HOST}"`,
        `response=${response}`,
        'qop=auth',
      ].sort(),
    );
    expect(answered.accept(Buffer.from(`rspauth=${proof}`))).toBeUndefined();
  },
);

test.each(['', 'rspauth=', `rspauth=${'0'.repeat(32)}`, 'rspauth="d388dad90d4bbd760a152321f2143af7"', '='])(
  'a server without a valid proof is refused: %s',
  (proof) => {
    expect(thrownBy(() => answer('qop="auth"').accept(Buffer.from(proof)))).toBeInstanceOf(HdfsError);
  },
);

test('each response has a nonce of its own', () => {
  expect(answer('qop="auth"').response).not.toEqual(answer('qop="auth"').response);
});

test.each([
  ['auth-conf', 'qop="auth,auth-int,auth-conf",cipher="rc4,3des"'],
  ['auth-int', 'qop="auth,auth-int,auth-conf",cipher="rc4"'],
  ['auth-int', 'qop="auth-int,auth"'],
  ['auth', 'maxbuf=65536'],
])('the client takes the best protection that both sides support: %s of %s', (qop, offer) => {
  expect(answer(offer).qop).toBe(qop);
});

test('a server that demands an unsupported protection is refused, and the error names it', () => {
  const refusal = thrownBy(() => answer('qop="auth-conf",cipher="rc4,des"'));
  expect(refusal).toMatchObject({ kind: 'remote', reason: 'UnsupportedProtection' });
  expect(String(refusal)).toContain('auth-conf,rc4,des');
});

test('quotes inside a quoted text are kept', () => {
  const answered = answerDigest(challengeOf('a\\"b\\\\c', 'qop=auth'), loginTo('imap'));
  expect(String(answered.response)).toContain('nonce="a\\"b\\\\c"');
});

test('any text in place of a challenge is answered, or refused with an HdfsError', () => {
  const word = fc.constantFrom(
    'nonce',
    'realm',
    'qop',
    'algorithm=md5-sess',
    '=',
    '"',
    '\\',
    ',',
    ' ',
    'x',
    '1',
  );
  const challenge = fc.oneof(
    fc.string(),
    fc.array(word).map((words) => words.join('')),
  );
  fc.assert(
    fc.property(challenge, (text) => {
      const error = thrownBy(() => answerDigest(Buffer.from(text), loginTo('imap')));
      expect(error === undefined || error instanceof HdfsError).toBe(true);
    }),
  );
});
