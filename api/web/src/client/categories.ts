// What can be asked for: read once, kept, named in the language of the screen.
import { shallowRef } from 'vue'
import { preferences } from './preferences'
import { answer, api } from './http'
import { keep, kept } from './store'
import type { Category } from './contract'

export const categories = shallowRef<Category[]>([])
let asked: Promise<void> | undefined

export function needCategories(): Promise<void> {
  asked ??= (async () => {
    categories.value = (await kept<Category[]>('drafts', 'categories')) ?? []
    try {
      const list = await answer(api.GET('/api/v1/categories'))
      categories.value = list.items
      await keep('drafts', 'categories', list.items)
    } catch {
      asked = undefined
    }
  })()
  return asked
}

export function nameOf(c: Category): string {
  return preferences.language === 'zh' ? c.nameZh : c.nameEn
}

export function categoryOf(code: string): { name: string; icon: string } {
  void needCategories()
  const found = categories.value.find((c) => c.code === code)
  return found ? { name: nameOf(found), icon: found.icon } : { name: '', icon: 'dots' }
}
