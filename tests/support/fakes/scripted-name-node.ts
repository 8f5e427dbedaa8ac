import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** The condition of one NameNode of a pair. */
export type Condition =
  | 'active'
  | 'standby'
  | 'starting'
  | 'in safe mode'
  | 'silent'
  | 'cutting'
  | 'out of order';

const EXCEPTIONS: Partial<Record<Condition, string>> = {
  standby: 'StandbyException',
  starting: 'RetriableException',
  'in safe mode': 'SafeModeException',
};

/**
 * Answers every request as a NameNode in one condition does, and counts the requests. The
 * conditions are all that it knows: tests of what HDFS does ask a real HDFS.
 */
export class ScriptedNameNode {
  asked = 0;
  condition: Condition;
  readonly #server: http.Server;
  readonly #sockets = new Set<Socket>();

  private constructor(condition: Condition) {
    this.condition = condition;
    this.#server = http.createServer((request, response) => {
      this.asked += 1;
      request.resume().once('end', () => this.#answer(response));
    });
    this.#server.on('connection', (socket) => this.#sockets.add(socket));
  }

  static async start(condition: Condition): Promise<ScriptedNameNode> {
    const nameNode = new ScriptedNameNode(condition);
    await once(nameNode.#server.listen(0, '127.0.0.1'), 'listening');
    return nameNode;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #answer(response: http.ServerResponse): void {
    const exception = EXCEPTIONS[this.condition];
    if (exception !== undefined) {
      response
        .writeHead(403)
        .end(JSON.stringify({ RemoteException: { exception, message: this.condition } }));
    } else if (this.condition === 'active') response.end('{"boolean":true}');
    else if (this.condition === 'cutting') response.destroy();
    else if (this.condition === 'out of order') response.writeHead(502).end('<h1>Bad Gateway</h1>');
  }
}
