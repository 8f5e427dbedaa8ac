import { findChromium } from './chromium.mjs';
import { compiler, hasHeader } from './header.mjs';
import { javaProblem, OLDEST_JAVA } from './java.mjs';
import { hasKoreanFont } from './korean-font.mjs';
import { onPath } from './on-path.mjs';

/**
 * Something of the system that a step needs.
 *
 * @typedef {object} Prerequisite
 * @property {string} name
 * @property {readonly string[]} debian packages of Debian or Ubuntu, of which each alone brings it,
 *   the best first
 * @property {() => Promise<string | undefined>} problem undefined where nothing is wrong with it
 */

/**
 * @param {() => unknown} find
 * @returns {() => Promise<string | undefined>}
 */
const found = (find) => async () => ((await find()) ? undefined : 'not found');

/** @type {Prerequisite} */
export const java = {
  name: `Java ${OLDEST_JAVA} or newer`,
  debian: [
    'openjdk-17-jre-headless',
    'openjdk-21-jre-headless',
    'openjdk-25-jre-headless',
    'default-jre-headless',
  ],
  problem: () => javaProblem(),
};

/** @type {Prerequisite} */
export const maven = { name: 'Maven (mvn)', debian: ['maven'], problem: found(() => onPath(['mvn'])) };

/** @type {Prerequisite} */
export const chromium = {
  name: 'Chromium or Chrome (CHROMIUM_PATH names one elsewhere)',
  debian: ['chromium'],
  problem: found(() => findChromium()),
};

/**
 * What Chromium needs for a picture of the page. No test looks at the glyphs.
 *
 * @type {readonly Prerequisite[]}
 */
export const koreanGlyphs = [
  {
    name: 'fontconfig (fc-list)',
    debian: ['fontconfig'],
    problem: found(() => process.platform !== 'linux' || onPath(['fc-list'])),
  },
  {
    name: 'a Korean font (fc-list :lang=ko names it)',
    debian: ['fonts-nanum', 'fonts-noto-cjk'],
    problem: found(() => hasKoreanFont()),
  },
];

/**
 * The programs that verify the units, and by which a unit reports. This machine may have been
 * started by another init system. Where systemd cannot be installed, the tests of the units are
 * skipped.
 *
 * @type {Prerequisite}
 */
export const systemd = {
  name: 'systemd (systemd-analyze, systemd-notify)',
  debian: ['systemd'],
  problem: found(
    () => process.platform !== 'linux' || (onPath(['systemd-analyze']) && onPath(['systemd-notify'])),
  ),
};

/**
 * What compiles the Kafka client's native part. Setup asks for it even where a ready-made one could
 * be downloaded. Whether the download works shows only when it is too late to say what is missing.
 *
 * @type {readonly Prerequisite[]}
 */
export const nativeBuild = [
  { name: 'npm', debian: ['npm'], problem: found(() => onPath(['npm'])) },
  { name: 'a C++ compiler', debian: ['g++'], problem: found(() => compiler()) },
  { name: 'make', debian: ['make'], problem: found(() => onPath(['make', 'gmake'])) },
  { name: 'python3', debian: ['python3'], problem: found(() => onPath(['python3'])) },
  library('OpenSSL', 'openssl/ssl.h', 'libssl-dev'),
  library('zlib', 'zlib.h', 'zlib1g-dev'),
  library('Zstandard', 'zstd.h', 'libzstd-dev'),
  library('curl', 'curl/curl.h', 'libcurl4-openssl-dev'),
];

/**
 * @param {string} name
 * @param {string} header
 * @param {string} debian
 * @returns {Prerequisite}
 */
function library(name, header, debian) {
  return { name: `${name}'s headers (${header})`, debian: [debian], problem: found(() => hasHeader(header)) };
}

/**
 * @typedef {object} Missing
 * @property {Prerequisite} prerequisite
 * @property {string} problem
 */

/**
 * @param {readonly Prerequisite[]} prerequisites
 * @returns {Promise<Missing[]>}
 */
export async function missingOf(prerequisites) {
  const problems = await Promise.all(prerequisites.map(({ problem }) => problem()));
  return prerequisites.flatMap((prerequisite, index) => {
    const problem = problems[index];
    return problem === undefined ? [] : [{ prerequisite, problem }];
  });
}

/**
 * One message about everything that is missing.
 *
 * @param {readonly Missing[]} missing
 * @param {readonly string[]} packages the packages of Debian that bring it
 */
export function missingMessage(missing, packages) {
  const lines = missing.map(({ prerequisite, problem }) => `  ${prerequisite.name} - ${problem}`);
  return `Something is missing:
${lines.join('\n')}
On Debian and Ubuntu this brings it (as root, setup does so itself):
  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}
On other systems install what is named above, then run the same command again.`;
}
