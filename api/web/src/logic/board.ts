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

/** What changes of a card while its place on the board stays. */
const face = (c: RequestCard): string => `${c.revision} ${c.overdue} ${c.due?.kind} ${c.due?.at} ${c.organisation?.id} ${c.organisation?.name}`

/** The first page again, and behind it what had been paged in before, without what the first page has or knows to be gone. A card that is
 * as it was stays the same object, and so does the list: what is drawn of it is not drawn again. */
export function joined(fresh: readonly RequestCard[], more: boolean, before: readonly RequestCard[], gone: ReadonlySet<string>): RequestCard[] {
  const known = new Map(before.slice(0, fresh.length + gone.size + 1).map((c) => [c.id, c]))
  const page = fresh.map((c) => {
    const old = known.get(c.id)
    return old && face(old) === face(c) ? old : c
  })
  const have = new Set(fresh.map((c) => c.id))
  const all = more ? [...page, ...before.slice(fresh.length).filter((c) => !have.has(c.id) && !gone.has(c.id))] : page
  return all.length === before.length && all.every((c, i) => c === before[i]) ? (before as RequestCard[]) : all
}

/** Its place in a column, as the server orders them: overdue first; open ones by what is due next, those without a clock behind, the oldest
 * first; closed ones the newest first. */
export function comesBefore(a: RequestCard, b: RequestCard): boolean {
  const keys = (c: RequestCard) => [c.overdue ? 0 : 1, c.closedAt ? -Date.parse(c.closedAt) : c.due?.at ? Date.parse(c.due.at) : Number.MAX_SAFE_INTEGER, Date.parse(c.submittedAt ?? '') || 0]
  const [x, y] = [keys(a), keys(b)]
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return x[i]! < y[i]!
  return a.id < b.id
}

/** Cards that came, each put where it belongs among those that are here; which of them lie behind `last`, the last card that was read, is left
 * to the reading. */
export function putIn(cards: RequestCard[], come: readonly RequestCard[], more: boolean): RequestCard[] {
  let all = cards
  for (const card of come) {
    if (all.some((c) => c.id === card.id)) continue
    const at = all.findIndex((c) => comesBefore(card, c))
    if (at < 0 && more) continue
    all = at < 0 ? [...all, card] : [...all.slice(0, at), card, ...all.slice(at)]
  }
  return all
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
    const found = foundIn(cards)
    for (const c of found.categories) categories.add(c)
    for (const o of found.organisations) organisations.set(o.id, o)
  }
  return { categories: [...categories], organisations: [...organisations.values()].sort((a, b) => a.name.localeCompare(b.name, 'zh')) }
}

// Of a column that did not change it is known.
const looked = new WeakMap<readonly RequestCard[], Found>()
function foundIn(cards: readonly RequestCard[]): Found {
  let found = looked.get(cards)
  if (found) return found
  const organisations = new Map<string, OrganisationName>()
  const categories = new Set<string>()
  for (const { category, organisation } of cards) {
    categories.add(category)
    if (organisation) organisations.set(organisation.id, organisation)
  }
  found = { categories: [...categories], organisations: [...organisations.values()] }
  looked.set(cards, found)
  return found
}

/** `make` of each column, made anew only for those that changed since the last time. */
export function each<C extends object, T>(make: (column: C) => T): (columns: readonly C[]) => T[] {
  let before = new Map<C, T>()
  return (columns) => {
    const now = new Map(columns.map((c) => [c, before.get(c) ?? make(c)]))
    before = now
    return [...now.values()]
  }
}

export interface Window {
  first: number
  last: number // exclusive
}

/** Which of many rows of one height are drawn: those seen, and a few around them. */
export function windowOf(count: number, rowHeight: number, top: number, height: number, around = 3): Window {
  const first = Math.max(0, Math.floor(top / rowHeight) - around)
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + around)
  return { first: Math.min(first, last), last }
}
