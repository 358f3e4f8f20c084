// How this person likes it: language, elder mode, text size, light or dark, motion. On this device only.
import { reactive, watch } from 'vue'
import { textSizes } from '@/logic/text_size'
import { place, remembered, type Preferences } from '@/start/remembered'

export type { Preferences }

export const preferences = reactive<Preferences>(remembered())

/** Each mode has its own sizes: one chosen in the other is left. */
export function setMode(mode: Preferences['mode']): void {
  preferences.mode = mode
  preferences.textSize = 0
}

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
