// Events of the log in the words of the screens.
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { categoryOf, needCategories } from '@/client/categories'
import type { OrganisationName } from '@/client/contract'
import { useNow } from '@/client/now'
import { preferences } from '@/client/preferences'
import { placesOf, sealedIn, sentenceOf, whoOf, type Acting, type Told, type Words } from '@/logic/event_facts'
import { moment } from '@/logic/time'

const begun = (sentence: string) => sentence.charAt(0).toUpperCase() + sentence.slice(1)

export function useSentences(names: () => readonly OrganisationName[] = () => []) {
  const { t, te } = useI18n()
  const now = useNow()
  void needCategories()
  const byId = computed(() => new Map(names().map((n) => [n.id, n.name])))
  const word = (key: string) => (te(key) ? t(key) : undefined)
  const words: Words = {
    organisation: (id) => byId.value.get(id) ?? id.slice(0, 6),
    category: (code) => categoryOf(code).name,
    time: (iso) => moment(iso, new Date(now.value), preferences.language),
    word,
  }
  function who(acting: Acting): string {
    const { key, ...named } = whoOf(acting, words)
    return t(`audit.who.${key}`, named)
  }
  function sentence(event: Told, acting: Acting): string {
    const key = `audit.event.${sentenceOf(event)}`
    const places = { ...placesOf(event, words), who: who(acting), type: event.type }
    return begun(te(key) ? t(key, places) : t('audit.event.unknown', places))
  }
  /** What of an event is sealed, and what of that is opened for whoever looks. */
  function values(event: Told & { opened?: { field: string; text?: string }[] }): { name: string; text?: string }[] {
    const opened = new Map((event.opened ?? []).map((o) => [o.field, o.text]))
    return sealedIn(event.data).map((field) => {
      const text = opened.get(field)
      return { name: word(`audit.field.${field}`) ?? t('audit.field.other'), ...(text === undefined ? {} : { text }) }
    })
  }
  return { sentence, values, who }
}
