// Words: one catalogue a language, loaded when it is wanted. Nothing on a screen is written anywhere else.
import { watch } from 'vue'
import { createI18n } from 'vue-i18n'
import { speak } from '@/client/http'
import { preferences } from '@/client/preferences'
import type { Problem } from '@/client/problem'

export const translations = createI18n({ legacy: false, locale: preferences.language, fallbackLocale: 'zh', missingWarn: false, fallbackWarn: false, messages: {} })

const catalogues = {
  zh: () => Promise.all([import('./zh'), import('./errors_zh')]),
  en: () => Promise.all([import('./en'), import('./errors_en')]),
}

async function load(language: 'zh' | 'en'): Promise<void> {
  const [screens, errors] = await catalogues[language]()
  translations.global.setLocaleMessage(language, { ...screens.default, errors: errors.default } as never)
  translations.global.locale.value = language
  speak(language)
}

export async function openWords(): Promise<void> {
  await load(preferences.language)
  watch(() => preferences.language, load)
}

export const words = (key: string, named: Record<string, unknown> = {}): string => translations.global.t(key, named)

/** What happened and what to do. A code that we do not know says what the server says. */
export function problemWords(problem: Pick<Problem, 'code' | 'detail'>): string {
  const key = `errors.${problem.code}`
  return translations.global.te(key) ? words(key) : problem.detail || words('errors.internal')
}
