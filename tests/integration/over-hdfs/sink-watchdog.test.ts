import { speakHdfs } from '../../support/transport.ts';

speakHdfs();
await import('../sink-watchdog.test.ts');
