import { speakWebHdfs } from '../../support/hdfs/transport.ts';

speakWebHdfs();
await import('../sink/watchdog.test.ts');
