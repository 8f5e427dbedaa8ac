import { speakWebHdfs } from '../../support/hdfs/transport.ts';

speakWebHdfs();
await import('../sink/store.test.ts');
