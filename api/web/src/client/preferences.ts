// How this person likes it: language, elder mode, text size, light or dark, motion. On this device only.
import { reactive, watch } from 'vue'
import { textSizes } from '@/logic/text_size'

export interface Preferences {
  language: 'zh' | 'en'
  mode: 'normal' | 'elder'
  textSize: number // px; 0: what the mode says
  theme: 'auto' | 'light' | 'dark'
  motion: 'auto' | 'less'
}

const place = 'pioneer-preferences'
const firstChoice = (): Preferences => ({
  language: navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en',
  mode: 'normal',
  textSize: 0,
  theme: 'auto',
  motion: 'auto',
})

function remembered(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(place) ?? '{}') as Partial<Preferences>
  } catch {
    return {}
  }
}

export const preferences = reactive<Preferences>({ ...firstChoice(), ...remembered() })

const dark = matchMedia('(prefers-color-scheme: dark)')

function apply(): void {
  const root = document.documentElement
  const theme = preferences.theme === 'auto' ? (dark.matches ? 'dark' : 'light') : preferences.theme
  root.dataset.theme = theme
  root.dataset.mode = preferences.mode
  root.dataset.motion = preferences.motion
  root.lang = preferences.language === 'zh' ? 'zh-CN' : 'en'
  const sizes = textSizes(preferences.mode)
  if (preferences.textSize >= sizes.least) root.style.setProperty('--text-size', `${Math.min(preferences.textSize, sizes.most)}px`)
  else root.style.removeProperty('--text-size')
  document.querySelector('meta[name=theme-color]')?.setAttribute('content', theme === 'dark' ? '#141312' : '#F7F5F2')
}

export function keepPreferences(): void {
  apply()
  dark.addEventListener('change', apply)
  watch(preferences, () => {
    apply()
    try {
      localStorage.setItem(place, JSON.stringify(preferences))
    } catch {
      // this device keeps nothing: it holds until the page closes
    }
  })
}
