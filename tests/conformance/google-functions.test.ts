import { startFunctionsFramework } from '../support/process/function-process.ts';
import { conformance } from './conformance.ts';
import { overHttp } from './over-http.ts';

conformance({
  name: "Google's functions framework",
  readsJson: true,
  start: async (env) => {
    const running = await startFunctionsFramework(env);
    return { send: overHttp(running.url), stop: () => running.stop() };
  },
});
