import { hourOf, openPath, publishedPath } from '../../../sink/ledger/layout.ts';
import { startLoad } from '../kafka/load.ts';
import { createTopic } from '../kafka/topic.ts';
import { RawHdfs } from './hdfs-raw.ts';

const HOUR = hourOf(Date.UTC(2026, 10, 22, 14));

/** The content of files, by their paths below the topic's folder. */
export type Files = Readonly<Record<string, string>>;

export interface Place {
  readonly brokers: string;
  readonly url: string;
  readonly dir: string;
}

/** A topic of one partition, and files in HDFS that a test writes in place of a sink. */
export class PlantedTopic {
  readonly topic: string;
  readonly hdfs: RawHdfs;
  readonly #place: Place;

  private constructor(topic: string, place: Place) {
    this.topic = topic;
    this.#place = place;
    this.hdfs = new RawHdfs(place.url);
  }

  static async make(place: Place, records: number): Promise<PlantedTopic> {
    const topic = await createTopic(place.brokers);
    const load = await startLoad({ brokers: place.brokers, topic, eventsPerSecond: 0 });
    for (let n = 0; n < records; n++) load.add({ partition: 0, key: null, value: Buffer.from(`{"n":${n}}`) });
    await load.stop();
    return new PlantedTopic(topic, place);
  }

  get folder(): string {
    return `${this.#place.dir}/${this.topic}`;
  }

  open(first: number, token = 'token'): string {
    return openPath({ partition: 0, token }, first);
  }

  published(first: number, last: number): string {
    return publishedPath(this.topic, 0, { first, last, hour: HOUR });
  }

  /** Replaces all files of the topic. */
  async plant(files: Files): Promise<void> {
    await this.hdfs.ask('DELETE', this.folder, 'DELETE', { recursive: 'true' });
    for (const [path, text] of Object.entries(files)) {
      const location = await this.hdfs.location('PUT', `${this.folder}/${path}`, 'CREATE');
      const { status, body } = await this.hdfs.send('PUT', location, text);
      if (status !== 201) throw new Error(`CREATE ${path}: ${body}`);
    }
  }
}

/** The line of a record of a planted topic. */
export const plantedLine = (offset: number, n = offset): string =>
  `{"n":${n},"kafka_partition":0,"kafka_offset":${offset}}\n`;

export const plantedLines = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => plantedLine(from + index)).join('');
