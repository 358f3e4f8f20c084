// How this person likes it, as this device remembers.
export interface Preferences {
  language: 'zh' | 'en'
  mode: 'normal' | 'elder'
  textSize: number // px; 0: what the mode says
  theme: 'auto' | 'light' | 'dark'
  motion: 'auto' | 'less'
}

export const place = 'pioneer-preferences'

const firstChoice = (): Preferences => ({
  language: navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en',
  mode: 'normal',
  textSize: 0,
  theme: 'auto',
  motion: 'auto',
})

export function remembered(): Preferences {
  try {
    return { ...firstChoice(), ...(JSON.parse(localStorage.getItem(place) ?? '{}') as Partial<Preferences>) }
  } catch {
    return firstChoice()
  }
}
