// What stays on this device: answers read before, drafts, and the outbox. Where the browser keeps nothing, memory does.
import { openDB, type IDBPDatabase } from 'idb'
import { Recent } from '@/logic/recent'

export type Shelf = 'reads' | 'drafts' | 'outbox'
const shelves: Shelf[] = ['reads', 'drafts', 'outbox']

// The last answers are at hand at once: on the way back nothing waits for the database.
const lately = new Recent<unknown>(40)

let opening: Promise<IDBPDatabase | undefined> | undefined
const memory = new Map<Shelf, Map<string, unknown>>(shelves.map((s) => [s, new Map()]))

function database(): Promise<IDBPDatabase | undefined> {
  opening ??= (async () =>
    openDB('pioneer', 1, {
      upgrade(db) {
        for (const shelf of shelves) db.createObjectStore(shelf)
      },
    }))().catch(() => undefined)
  return opening
}

export async function keep(shelf: Shelf, key: string, value: unknown): Promise<void> {
  if (shelf === 'reads') lately.put(key, value)
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
  if (shelf === 'reads') lately.drop(key)
  const db = await database()
  await db?.delete(shelf, key).catch(() => undefined)
}

export async function clear(shelf: Shelf): Promise<void> {
  memory.get(shelf)!.clear()
  if (shelf === 'reads') lately.clear()
  const db = await database()
  await db?.clear(shelf).catch(() => undefined)
}

const keptDays = 60

/** What was read long ago is looked at no more: it goes, so that a phone that is used for years does not fill up. */
export async function sweep(now: number): Promise<void> {
  const old = (value: unknown) => ((value as { at?: number } | undefined)?.at ?? now) < now - keptDays * 86_400_000
  for (const [key, value] of memory.get('reads')!) if (old(value)) memory.get('reads')!.delete(key)
  const db = await database()
  try {
    for (let at = await db?.transaction('reads', 'readwrite').store.openCursor(); at; at = await at.continue()) if (old(at.value)) await at.delete()
  } catch {
    // the next time
  }
}
