import { speakHdfs } from '../../support/transport.ts';

speakHdfs();
await import('../sink-check.test.ts');
