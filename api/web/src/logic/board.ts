// A board while cadres work on it: where the cursor stands, how keys move it, how live events and pages join. Pure.
import type { BoardColumn, OrganisationName, RequestCard } from '@/client/contract'

export interface Cursor {
  column: number
  row: number
}

export type Columns = readonly Pick<BoardColumn, 'cards'>[]

export function cardAt(columns: Columns, at: Cursor): RequestCard | undefined {
  return columns[at.column]?.cards[at.row]
}

const clamp = (n: number, length: number) => Math.max(0, Math.min(n, length - 1))

/** j, k: down, up; h, l: the next column with cards on that side; g, G: first, last. */
export function moved(columns: Columns, at: Cursor, key: string): Cursor {
  const cards = columns[at.column]?.cards.length ?? 0
  switch (key) {
    case 'j':
    case 'ArrowDown':
      return { ...at, row: clamp(at.row + 1, cards) }
    case 'k':
    case 'ArrowUp':
      return { ...at, row: clamp(at.row - 1, cards) }
    case 'g':
      return { ...at, row: 0 }
    case 'G':
      return { ...at, row: clamp(cards - 1, cards) }
    case 'h':
    case 'l':
    case 'ArrowLeft':
    case 'ArrowRight': {
      const step = key === 'h' || key === 'ArrowLeft' ? -1 : 1
      for (let c = at.column + step; c >= 0 && c < columns.length; c += step) {
        const n = columns[c]!.cards.length
        if (n > 0) return { column: c, row: clamp(at.row, n) }
      }
      return at
    }
    default:
      return at
  }
}

/** After a change the cursor stays on its card if it is there still; else on what took its place. */
export function settled(columns: Columns, at: Cursor, id: string | undefined): Cursor {
  const row = id ? (columns[at.column]?.cards.findIndex((c) => c.id === id) ?? -1) : -1
  if (row >= 0) return { ...at, row }
  return { ...at, row: clamp(at.row, columns[at.column]?.cards.length ?? 0) }
}

/** The first page again, and behind it what had been paged in before, without what the first page has or knows to be gone. */
export function joined(fresh: readonly RequestCard[], more: boolean, before: readonly RequestCard[], gone: ReadonlySet<string>): RequestCard[] {
  if (!more) return [...fresh]
  const have = new Set(fresh.map((c) => c.id))
  return [...fresh, ...before.slice(fresh.length).filter((c) => !have.has(c.id) && !gone.has(c.id))]
}

/** The text in which a card is searched, kept while the card is. */
export function searched(nameOf: (category: string) => string): (card: RequestCard) => string {
  const texts = new WeakMap<RequestCard, string>()
  return (c) => {
    let text = texts.get(c)
    if (text === undefined) texts.set(c, (text = `${c.title ?? ''} ${nameOf(c.category)} ${c.organisation?.name ?? ''} ${c.id}`.toLowerCase()))
    return text
  }
}

/** What a cadre wants to see of a board; empty: all. */
export interface Wanted {
  typed: string
  overdue: boolean
  category: string
  organisation: string
}
export const wantsAll: Wanted = { typed: '', overdue: false, category: '', organisation: '' }
export const narrows = (w: Wanted): boolean => w.typed.trim() !== '' || w.overdue || w.category !== '' || w.organisation !== ''

/** Cards that are wanted, and whose words, category or number hold all of what was typed. */
export function matching(cards: RequestCard[], wanted: Wanted, textOf: (card: RequestCard) => string): RequestCard[] {
  if (!narrows(wanted)) return cards
  const { overdue, category, organisation } = wanted
  const words = wanted.typed.trim().toLowerCase().split(/\s+/).filter(Boolean)
  return cards.filter(
    (c) => (!overdue || c.overdue) && (!category || c.category === category) && (!organisation || c.organisation?.id === organisation) && words.every((w) => textOf(c).includes(w)),
  )
}

export interface Found {
  categories: string[]
  organisations: OrganisationName[]
}

/** By what the cards of a board can be filtered: what they have. */
export function foundOn(columns: Columns): Found {
  const categories = new Set<string>()
  const organisations = new Map<string, OrganisationName>()
  for (const { cards } of columns) {
    for (const { category, organisation } of cards) {
      categories.add(category)
      if (organisation) organisations.set(organisation.id, organisation)
    }
  }
  return { categories: [...categories], organisations: [...organisations.values()].sort((a, b) => a.name.localeCompare(b.name, 'zh')) }
}

export interface Window {
  first: number
  last: number // exclusive
}

/** Which of many rows of one height are drawn: those seen, and a few around them. */
export function windowOf(count: number, rowHeight: number, top: number, height: number, around = 6): Window {
  const first = Math.max(0, Math.floor(top / rowHeight) - around)
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + around)
  return { first: Math.min(first, last), last }
}
