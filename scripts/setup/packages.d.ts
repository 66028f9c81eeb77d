/** Programs that the sandbox runs, and the Debian packages that bring them. */
export const packagesOf: Readonly<Record<string, string>>;
/** The packages whose programs are neither in `path` nor where administrators' programs are. */
export function missingPackages(path?: string, exists?: (file: string) => boolean): string[];
export function packageProblem(missing: readonly string[]): string;
