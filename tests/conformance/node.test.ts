import { startRole } from '../support/process/role-process.ts';
import { conformance } from './conformance.ts';
import { overHttp } from './over-http.ts';

conformance({
  name: 'the Node server',
  start: async (env) => {
    const producer = await startRole('producer', { ...env, TRUSTED_PROXIES: '127.0.0.1' });
    await producer.ready();
    return { send: overHttp(producer.url), stop: () => producer.stop() };
  },
});
