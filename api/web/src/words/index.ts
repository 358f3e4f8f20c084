// Words: one catalogue a language, loaded when it is wanted. Nothing on a screen is written anywhere else.
import { watch } from 'vue'
import { createI18n } from 'vue-i18n'
import { speak } from '@/client/http'
import { preferences } from '@/client/preferences'
import type { Problem } from '@/client/problem'
import { catalogues } from '@/start/catalogues'

export const translations = createI18n({ legacy: false, locale: preferences.language, fallbackLocale: 'zh', missingWarn: false, fallbackWarn: false, messages: {} })

type Words = { [key: string]: string | Words }

/** Words with their places to fill, without a compiler on the phone: `{name}` is all that they have. */
function spoken(words: Words): Record<string, unknown> {
  return Object.fromEntries(Object.entries(words).map(([key, said]) => [key, typeof said === 'object' ? spoken(said) : filled(said)]))
}
type Fill = (has: { named: (name: string) => unknown }) => string
const filled = (said: string): Fill => (said.includes('{') ? (has) => said.replace(/\{(\w+)\}/g, (_, name: string) => String(has.named(name) ?? '')) : () => said)

let past = false // somebody looks back: its words come with each language
/** The words for looking back. What needs them is made after they are here. */
export async function needAuditWords(): Promise<void> {
  past = true
  const language = preferences.language
  const words = await catalogues[language].audit()
  translations.global.mergeLocaleMessage(language, { audit: spoken(words.default) } as never)
}

async function load(language: 'zh' | 'en'): Promise<void> {
  const words = catalogues[language]
  const [screens, audit] = await Promise.all([words.screens(), past ? words.audit() : undefined])
  translations.global.setLocaleMessage(language, spoken({ ...screens.default, ...(audit && { audit: audit.default }) }) as never)
  translations.global.locale.value = language
  speak(language)
  void words.errors().then((errors) => translations.global.mergeLocaleMessage(language, { errors: spoken(errors.default) } as never))
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
