import { speakHdfs } from '../../support/transport.ts';

speakHdfs();
await import('../sink-store.test.ts');
