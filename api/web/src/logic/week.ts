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

export function weekOf<T extends Starting>(monday: Date, items: readonly T[]): Day<T>[] {
  return Array.from({ length: 7 }, (_, i) => {
    const date = new Date(monday.getFullYear(), monday.getMonth(), monday.getDate() + i)
    const next = new Date(monday.getFullYear(), monday.getMonth(), monday.getDate() + i + 1)
    const of = items.filter((item) => item.starts && new Date(item.starts) >= date && new Date(item.starts) < next)
    return { date, items: of.sort((a, b) => a.starts!.localeCompare(b.starts!)) }
  })
}
