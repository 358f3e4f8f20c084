// A week's calendar of the supermarket: which day each product's first session falls on. Pure.
export interface Starting {
  starts?: string
}

export interface Day<T> {
  date: Date
  items: T[]
}

export function mondayOf(t: Date): Date {
  const back = (t.getDay() + 6) % 7
  return new Date(t.getFullYear(), t.getMonth(), t.getDate() - back)
}

/** A day as addresses have it: 2026-03-09. */
export const dayName = (t: Date): string => `${t.getFullYear()}-${String(t.getMonth() + 1).padStart(2, '0')}-${String(t.getDate()).padStart(2, '0')}`

/** The day of that name, from its first moment; nothing for what is none. */
export function dayNamed(name: string): Date | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(name)
  const day = parts ? new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) : undefined
  return day && dayName(day) === name ? day : undefined
}

export const dayAfter = (day: Date, days = 1): Date => new Date(day.getFullYear(), day.getMonth(), day.getDate() + days)

export function weekOf<T extends Starting>(monday: Date, items: readonly T[]): Day<T>[] {
  return Array.from({ length: 7 }, (_, i) => {
    const date = new Date(monday.getFullYear(), monday.getMonth(), monday.getDate() + i)
    const next = new Date(monday.getFullYear(), monday.getMonth(), monday.getDate() + i + 1)
    const of = items.filter((item) => item.starts && new Date(item.starts) >= date && new Date(item.starts) < next)
    return { date, items: of.sort((a, b) => a.starts!.localeCompare(b.starts!)) }
  })
}
