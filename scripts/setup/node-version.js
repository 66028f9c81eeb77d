const [least, minor] = [20, 19];

/**
 * What is wrong with this Node.js; undefined when nothing is.
 * @param {string} version for example `20.19.1`
 */
export function nodeProblem(version) {
  const [major = 0, second = 0] = version.split('.').map(Number);
  if (major > least || (major === least && second >= minor)) return undefined;
  return `could not start: this is Node.js ${version}, and ${least}.${minor} or newer is needed. Try: https://nodejs.org/en/download`;
}
