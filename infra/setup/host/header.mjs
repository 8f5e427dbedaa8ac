import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { onPath } from './on-path.mjs';

const ANSWER_WITHIN_MS = 20_000;

/** The C++ compiler that the native build will use. */
export function compiler() {
  return process.env['CXX'] || onPath(['c++', 'g++', 'clang++']);
}

/**
 * Whether the system has a C header. The compiler answers, so that every way of installing the
 * header counts. Without a compiler, the usual folders are searched.
 *
 * @param {string} header
 * @returns {Promise<boolean>}
 */
export function hasHeader(header) {
  const command = compiler();
  return command === undefined ? Promise.resolve(isInUsualFolder(header)) : preprocesses(command, header);
}

/**
 * @param {string} command
 * @param {string} header
 * @returns {Promise<boolean>}
 */
function preprocesses(command, header) {
  return new Promise((resolve) => {
    const child = spawn(command, ['-E', '-x', 'c++', '-'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: ANSWER_WITHIN_MS,
    });
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
    child.stdin.on('error', () => undefined);
    child.stdin.end(`#include <${header}>\n`);
  });
}

/** @param {string} header */
function isInUsualFolder(header) {
  const include = '/usr/include';
  const multiarch = existsSync(include)
    ? readdirSync(include).filter((name) => name.includes('-linux-'))
    : [];
  const folders = [include, '/usr/local/include', ...multiarch.map((name) => join(include, name))];
  return folders.some((folder) => existsSync(join(folder, header)));
}
