import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The fingerprint with which each step was last done, by the step's name. Setup removes a stamp
 * before its step runs and writes it after the step succeeded. So a step that was cut short is done
 * again.
 */
export class Stamps {
  /** @param {string} file */
  constructor(file) {
    this.file = file;
  }

  /**
   * @param {string} step
   * @param {string} fingerprint
   */
  has(step, fingerprint) {
    return this.#read()[step] === fingerprint;
  }

  /**
   * @param {string} step
   * @param {string} fingerprint
   */
  write(step, fingerprint) {
    this.#save({ ...this.#read(), [step]: fingerprint });
  }

  /** @param {string} step */
  remove(step) {
    const { [step]: _, ...rest } = this.#read();
    this.#save(rest);
  }

  /** @returns {Record<string, string>} */
  #read() {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8'));
    } catch {
      return {};
    }
  }

  /** @param {Record<string, string>} stamps */
  #save(stamps) {
    mkdirSync(dirname(this.file), { recursive: true });
    const beside = `${this.file}.${process.pid}`;
    writeFileSync(beside, `${JSON.stringify(stamps, undefined, 2)}\n`);
    renameSync(beside, this.file);
  }
}

/** @param {readonly (string | Buffer)[]} parts */
export function fingerprintOf(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}
