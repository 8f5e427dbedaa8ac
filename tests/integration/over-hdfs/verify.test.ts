import { speakHdfs } from '../../support/hdfs/transport.ts';

speakHdfs();
await import('../sink/verify.test.ts');
