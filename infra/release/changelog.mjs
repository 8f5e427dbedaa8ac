/**
 * The section of a changelog (https://keepachangelog.com/en/1.1.0/) about one version, without its
 * heading.
 *
 * @param {string} changelog
 * @param {string} version as in `0.1.0`
 * @returns {string}
 * @throws where the changelog has no such section, or an empty one
 */
export function sectionOf(changelog, version) {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}]`) || text.startsWith(`${version} `));
  const body = section?.slice(section.indexOf('\n')).trim() ?? '';
  if (body === '') throw new Error(`CHANGELOG.md says nothing about ${version}`);
  return body;
}
