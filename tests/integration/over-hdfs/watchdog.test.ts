import { speakHdfs } from '../../support/hdfs/transport.ts';

speakHdfs();
await import('../sink/watchdog.test.ts');
