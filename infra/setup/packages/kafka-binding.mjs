import { cpSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = 'node_modules/@confluentinc/kafka-javascript';
const BINDING = 'build/Release/confluent-kafka-javascript.node';
/** Intermediate files of the compiler. */
const INTERMEDIATE = /\/obj\.target\b/;
const LIBRARY = /\.(?:node|so(?:\.\d+)*|dylib)$/;

/**
 * Copies of the Kafka client's compiled part, one for each version of the client and each ABI of
 * Node. `npm ci` deletes `node_modules`, and the compiler takes two minutes. With a copy, a new
 * lock file or a return to another Node costs seconds.
 */
export class KafkaBinding {
  #root;
  #kept;
  #version;

  /**
   * @param {string} root the repository's folder
   * @param {string} [abi] `NODE_MODULE_VERSION`
   */
  constructor(root, abi = process.versions.modules) {
    this.#root = root;
    this.#version = versionIn(join(root, 'package-lock.json'));
    const { platform, arch } = process;
    const key = `${this.#version}-node-abi-${abi}-${platform}-${arch}`;
    this.#kept = join(root, '.cache/kafka-client', key);
  }

  get isInstalled() {
    return existsSync(join(this.#root, PACKAGE, BINDING));
  }

  /** Whether `node_modules` has the client's version that the lock file names. */
  get isOfLockedVersion() {
    const file = join(this.#root, PACKAGE, 'package.json');
    return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version === this.#version;
  }

  get isKept() {
    return existsSync(join(this.#kept, BINDING));
  }

  /** Copies the compiled part out of `node_modules`. The caller has loaded it. */
  keep() {
    copyLibraries(join(this.#root, PACKAGE), this.#kept);
  }

  /** Copies the compiled part back into `node_modules`. */
  restore() {
    copyLibraries(this.#kept, join(this.#root, PACKAGE));
  }

  forget() {
    rmSync(this.#kept, { recursive: true, force: true });
  }
}

/** @param {string} lockFile */
function versionIn(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages[PACKAGE].version;
}

/**
 * @param {string} from
 * @param {string} to
 */
function copyLibraries(from, to) {
  cpSync(join(from, 'build'), join(to, 'build'), {
    recursive: true,
    dereference: true,
    filter: (path) => !INTERMEDIATE.test(path) && (isFolder(path) || LIBRARY.test(path)),
  });
}

/** @param {string} path */
function isFolder(path) {
  return statSync(path).isDirectory();
}
