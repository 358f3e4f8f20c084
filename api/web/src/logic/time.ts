// Times in words: short, kind, concrete ("明早 9 点"), an exact one behind it. Pure: now is given.
export type Language = 'zh' | 'en'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const startOfDay = (t: Date) => new Date(t.getFullYear(), t.getMonth(), t.getDate())
export const daysBetween = (from: Date, to: Date) => Math.round((startOfDay(to).getTime() - startOfDay(from).getTime()) / day)

const two = (n: number) => String(n).padStart(2, '0')
export const clock = (t: Date) => `${two(t.getHours())}:${two(t.getMinutes())}`

const weekdays = { zh: ['周日', '周一', '周二', '周三', '周四', '周五', '周六'], en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] }
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export const weekday = (t: Date, language: Language) => weekdays[language][t.getDay()]!

export function date(t: Date, now: Date, language: Language): string {
  const year = t.getFullYear() === now.getFullYear() ? '' : t.getFullYear()
  if (language === 'zh') return `${year ? `${year} 年 ` : ''}${t.getMonth() + 1} 月 ${t.getDate()} 日`
  return `${t.getDate()} ${months[t.getMonth()]}${year ? ` ${year}` : ''}`
}

/** "今天 09:10", "昨天 18:02", "周六 9:00", "3 月 2 日 09:00". */
export function moment(iso: string, now: Date, language: Language): string {
  const t = new Date(iso)
  const days = daysBetween(now, t)
  const near: Record<Language, Record<number, string>> = {
    zh: { [-1]: '昨天', 0: '今天', 1: '明天', 2: '后天' },
    en: { [-1]: 'yesterday', 0: 'today', 1: 'tomorrow' },
  }
  const name = near[language][days]
  if (name) return `${name} ${clock(t)}`
  if (days > 0 && days < 7) return `${weekday(t, language)} ${clock(t)}`
  return `${date(t, now, language)} ${clock(t)}`
}

/** With weekday and date always: for tickets and print. */
export function exact(iso: string, now: Date, language: Language): string {
  const t = new Date(iso)
  return `${date(t, now, language)} ${weekday(t, language)} ${clock(t)}`
}

/** The same to the second: for what must be exact. */
export function toSecond(iso: string, now: Date, language: Language): string {
  return `${exact(iso, now, language)}:${two(new Date(iso).getSeconds())}`
}

/** "还剩 1 天 4 小时" without its first words: the length of a time, in its two largest units. */
export function length(ms: number, language: Language): string {
  const m = Math.max(0, Math.floor(ms / minute))
  const d = Math.floor(m / 1440)
  const h = Math.floor((m % 1440) / 60)
  const rest = m % 60
  const zh = language === 'zh'
  const part = (n: number, one: string, many: string, han: string) => (n === 0 ? [] : [zh ? `${n} ${han}` : `${n} ${n === 1 ? one : many}`])
  const parts = d > 0 ? [...part(d, 'day', 'days', '天'), ...part(h, 'hour', 'hours', '小时')] : [...part(h, 'hour', 'hours', '小时'), ...part(rest, 'minute', 'minutes', '分钟')]
  if (parts.length === 0) return zh ? '不到 1 分钟' : 'less than a minute'
  return parts.join(' ')
}

/** Shortest form for a card: "2h", "3d". */
export function short(ms: number, language: Language): string {
  const m = Math.floor(Math.abs(ms) / minute)
  const zh = language === 'zh'
  if (m < 60) return zh ? `${m} 分` : `${m} min`
  if (m < 48 * 60) return zh ? `${Math.floor(m / 60)} 小时` : `${Math.floor(m / 60)} h`
  return zh ? `${Math.floor(m / 1440)} 天` : `${Math.floor(m / 1440)} d`
}

export type PartOfDay = 'morning' | 'noon' | 'afternoon' | 'evening'
export function partOfDay(now: Date): PartOfDay {
  const h = now.getHours()
  return h < 11 ? 'morning' : h < 14 ? 'noon' : h < 18 ? 'afternoon' : 'evening'
}
