import { speakHdfs } from '../../support/transport.ts';

speakHdfs();
await import('../verify.test.ts');
