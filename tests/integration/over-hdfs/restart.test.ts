import { speakHdfs } from '../../support/hdfs/transport.ts';

speakHdfs();
await import('../partition-writer/restart.test.ts');
