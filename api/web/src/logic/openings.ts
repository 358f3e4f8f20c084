// The journal of opened personal fields, counted by post and purpose. Pure.

export interface Look {
  actor: string // the role grant; '': the operator's console
  role: string
  organisation: string
  purpose: string
  persons: number
}
export interface LookSum extends Look {
  times: number
}

/** Who looked how often and for what, the most frequent first. */
export function lookSums(looks: readonly Look[]): LookSum[] {
  const sums = new Map<string, LookSum>()
  for (const look of looks) {
    const key = `${look.actor} ${look.purpose}`
    const sum = sums.get(key)
    if (sum) {
      sum.times++
      sum.persons += look.persons
    } else sums.set(key, { ...look, times: 1 })
  }
  return [...sums.values()].sort((a, b) => b.times - a.times || a.actor.localeCompare(b.actor) || a.purpose.localeCompare(b.purpose))
}

/** "2026-03" so many months away. */
export function monthAway(month: string, by: number): string {
  const [year = 1970, number = 1] = month.split('-').map(Number)
  const months = year * 12 + (number - 1) + by
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`
}
export const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7)
export const isMonth = (text: unknown): text is string => typeof text === 'string' && /^\d{4}-(0[1-9]|1[0-2])$/.test(text)
