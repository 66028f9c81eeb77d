import type { Environment } from '../../lib/paths.ts';

/** The documents' own languages; the first is there for every text. */
export const languages = ['en', 'ko', 'zh'] as const;

export type Language = (typeof languages)[number];

/**
 * The language of `--lang` or WORKSHOP_LANG (`flag`), else that of LC_ALL, LC_MESSAGES or LANG, else English.
 * `unknown` holds a language that was asked for by flag and that the course does not have.
 */
export function chooseLanguage(
  flag: string | undefined,
  env: Environment,
): { language: Language; unknown?: string } {
  if (flag) {
    const language = known(flag);
    return language ? { language } : { language: 'en', unknown: flag };
  }
  // POSIX: an empty variable is one that is not set.
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return { language: known(locale) ?? 'en' };
}

/** `ko`, `ko_KR.UTF-8` and `ko-KR` alike. */
function known(locale: string): Language | undefined {
  const [word = ''] = locale.toLowerCase().split(/[_.@-]/);
  return languages.find((language) => language === word);
}
