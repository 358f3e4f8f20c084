// What stays on this device: answers read before, drafts, and the outbox. Where the browser keeps nothing, memory does.
import { openDB, type IDBPDatabase } from 'idb'

export type Shelf = 'reads' | 'drafts' | 'outbox'
const shelves: Shelf[] = ['reads', 'drafts', 'outbox']

// The last answers are at hand at once: on the way back nothing waits for the database.
const lately = new Map<string, unknown>()
const latelyMost = 40

let opening: Promise<IDBPDatabase | undefined> | undefined
const memory = new Map<Shelf, Map<string, unknown>>(shelves.map((s) => [s, new Map()]))

function database(): Promise<IDBPDatabase | undefined> {
  opening ??= openDB('pioneer', 1, {
    upgrade(db) {
      for (const shelf of shelves) db.createObjectStore(shelf)
    },
  }).catch(() => undefined)
  return opening
}

export async function keep(shelf: Shelf, key: string, value: unknown): Promise<void> {
  if (shelf === 'reads') {
    lately.delete(key)
    lately.set(key, value)
    if (lately.size > latelyMost) lately.delete(lately.keys().next().value!)
  }
  const db = await database()
  try {
    if (db) await db.put(shelf, value, key)
    else memory.get(shelf)!.set(key, value)
  } catch {
    memory.get(shelf)!.set(key, value) // full, or refused
  }
}

export async function kept<T>(shelf: Shelf, key: string): Promise<T | undefined> {
  if (shelf === 'reads' && lately.has(key)) return lately.get(key) as T
  const db = await database()
  const held = memory.get(shelf)!.get(key)
  return (held ?? (db ? await db.get(shelf, key).catch(() => undefined) : undefined)) as T | undefined
}

export async function all<T>(shelf: Shelf): Promise<T[]> {
  const db = await database()
  const stored = db ? ((await db.getAll(shelf).catch(() => [])) as T[]) : []
  return [...stored, ...([...memory.get(shelf)!.values()] as T[])]
}

export async function drop(shelf: Shelf, key: string): Promise<void> {
  memory.get(shelf)!.delete(key)
  if (shelf === 'reads') lately.delete(key)
  const db = await database()
  await db?.delete(shelf, key).catch(() => undefined)
}

export async function clear(shelf: Shelf): Promise<void> {
  memory.get(shelf)!.clear()
  if (shelf === 'reads') lately.clear()
  const db = await database()
  await db?.clear(shelf).catch(() => undefined)
}
