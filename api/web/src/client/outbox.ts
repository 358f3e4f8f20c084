// What is said while there is no signal, or may still be taken back, waits here and is sent once: each with its own key.
import { reactive, watch } from 'vue'
import { newKey } from '@/logic/keys'
import { dated, due, joinedBody, oneOf, refusalIn, together, undoable, type Joining, type Waiting } from '@/logic/waiting'
import { post, serverTime, upload } from './http'
import { asProblem, problemOfOne, refusalOf, type Problem, type Refusal } from './problem'
import { me } from './session'
import type { AnswerOf, BodyOf, Change } from './contract'
import { all, drop, keep, kept } from './store'

export interface Letter extends Waiting, Joining {
  key: string
  who: string // member
  photos: Blob[] // sent before it, named in its body
  named?: string // the list they are named in; else `photos`
  timed?: boolean // what has waited says when it was
  already?: string // a refusal that says that it was done before
  about: string // a message key: what it is
  link: string // where to look
  failed?: { code: string; detail: string; refusal?: Refusal }
}

export const letters = reactive<Letter[]>([])
const sent = new Set<(letter: Letter, answer: unknown) => void>()
let clock: ReturnType<typeof setTimeout> | undefined

/** Whether this was said and is not sent yet. */
export const isWaiting = (path: string): boolean => letters.some((l) => l.path === path && l.who === me.value?.id && !l.failed)

export function onSent(then: (letter: Letter, answer: unknown) => void): () => void {
  sent.add(then)
  return () => sent.delete(then)
}

// Other tabs have the same box: what one puts in, sends or takes back, the others see. Where there is no channel, by what all of them keep.
const name = 'pioneer-outbox'
const others = typeof BroadcastChannel === 'function' ? new BroadcastChannel(name) : undefined
function changed(): void {
  if (others) return others.postMessage('changed')
  try {
    localStorage.setItem(name, newKey()) // another value each time, or nobody is told
  } catch {
    // this device keeps nothing, so there is no common box
  }
}
function onChanged(then: () => void): void {
  if (others) others.addEventListener('message', then)
  else window.addEventListener('storage', (event) => event.key === name && then())
}

async function look(): Promise<void> {
  letters.splice(0, letters.length, ...(await all<Letter>('outbox')).sort((a, b) => a.at - b.at))
}

export async function openOutbox(): Promise<void> {
  await look()
  onChanged(() => void look().then(schedule))
  watch(me, () => void flush()) // somebody signed in again
  addEventListener('online', () => void flush())
  document.addEventListener('visibilitychange', () => void flush())
  await flush()
}

/** A change as the contract has it: an address that it does not know, or a body that this address does not take, does not compile. */
export interface Send<C extends Change> {
  path: C
  body?: BodyOf<C>
  photos?: Blob[]
  named?: 'photos' | 'pictures'
  about: string
  link: string
  timed?: boolean // when it happened counts: at once is now, and what has waited says when it was
  already?: string // the code of a refusal that says that it was done before, perhaps by the very call whose answer was lost
  undoMs?: number // may be taken back for so long
  receipt?: 'refusal' // a rule's no shall stand in the log; then nothing waits
  join?: string // what waits to the same place is sent with it, by this list of its body; each has its own answer
}

export type Outcome<T> = { done: T } | { waiting: Letter } | { problem: Problem }

/** Sends now; without an answer, or while it may be taken back, it waits. A refusal is told and kept by nobody. */
export async function send<C extends Change>(what: Send<C>): Promise<Outcome<AnswerOf<C>>> {
  const letter: Letter = {
    key: newKey(),
    who: me.value?.id ?? '',
    path: what.path,
    body: (what.body ?? {}) as Record<string, unknown>,
    photos: what.photos ?? [],
    about: what.about,
    link: what.link,
    ...(what.join ? { join: what.join } : {}),
    ...(what.named ? { named: what.named } : {}),
    ...(what.timed ? { timed: true } : {}),
    ...(what.already ? { already: what.already } : {}),
    at: Date.now(),
    notBefore: what.undoMs ? Date.now() + what.undoMs : 0,
    pauseMs: 0,
  }
  if (!what.undoMs) {
    try {
      const part = oneOf(await deliver(letter, what.receipt), 0, letter)
      const refused = refusalIn(part)
      if (refused) throw problemOfOne(refused)
      return { done: part as AnswerOf<C> }
    } catch (error) {
      const problem = asProblem(error)
      if (what.receipt || (!problem.mayPass && problem.status !== 401)) return { problem }
    }
  }
  await keep('outbox', letter.key, { ...letter })
  letters.push(letter)
  changed()
  schedule()
  return { waiting: letter }
}

/** When it was, by the server's clock, for one's own may be wrong. It is another body then than the one without, so it has another key. */
async function withTimes(round: Letter[]): Promise<Letter[]> {
  if (!round.some((l) => l.timed)) return round
  const told = await serverTime()
  const now = Date.now()
  return round.map((l) => (l.timed && told !== undefined ? { ...l, key: newKey(), body: dated(l, told, now) } : l))
}

/** Letters that go together, under a key of their own: what is in them may be sent again without harm. */
async function deliverAll(round: Letter[]): Promise<unknown> {
  const first = round[0]!
  return round.length === 1 ? deliver(first) : post(first.path, joinedBody(round), newKey())
}

async function deliver(letter: Letter, receipt?: 'refusal'): Promise<unknown> {
  if (letter.photos.length > 0) {
    const names: string[] = []
    for (const photo of letter.photos) names.push(await upload(photo))
    const list = letter.named ?? 'photos'
    letter.body = { ...letter.body, [list]: [...((letter.body[list] as string[]) ?? []), ...names] }
    letter.photos = []
  }
  return post(letter.path, letter.body, letter.key, receipt)
}

export async function takeBack(letter: Letter): Promise<boolean> {
  const i = letters.findIndex((l) => l.key === letter.key)
  if (i < 0 || !undoable(letters[i]!, Date.now())) return false
  letters.splice(i, 1)
  await drop('outbox', letter.key)
  changed()
  return true
}

/** Says what was refused once more, so that the refusal stands in the log; should it be taken now, it is done. */
export async function proveRefusal(letter: Letter): Promise<void> {
  try {
    await done(letter, await deliver(letter, 'refusal'))
  } catch (error) {
    const problem = asProblem(error)
    if (!problem.mayPass && problem.status !== 401) await refuse(letter, problem, true)
  }
}

/** After a refusal has been read: it goes. */
export async function discard(letter: Letter): Promise<void> {
  forget(letter)
  await drop('outbox', letter.key)
  changed()
}

function forget(letter: Letter): void {
  const i = letters.findIndex((l) => l.key === letter.key)
  if (i >= 0) letters.splice(i, 1)
}

/** Sends what goes together; false: not now, and nothing else either. */
async function sendRound(all: Letter[]): Promise<boolean> {
  const round: Letter[] = []
  for (const letter of all) {
    // Another tab may have sent it, or taken it back, a moment ago.
    if (await kept<Letter>('outbox', letter.key)) round.push(letter)
    else forget(letter)
  }
  if (round.length === 0) return true
  try {
    const said = await deliverAll(await withTimes(round))
    for (const [i, letter] of round.entries()) {
      const own = oneOf(said, i, letter)
      const refused = refusalIn(own)
      if (refused) await putOff(letter, problemOfOne(refused))
      else await done(letter, own)
    }
  } catch (error) {
    const problem = asProblem(error)
    if (problem.status === 401) return false
    for (const letter of round) await putOff(letter, problem)
    if (problem.mayPass) return false
  }
  return true
}

async function done(letter: Letter, answer: unknown): Promise<void> {
  await discard(letter)
  for (const then of sent) then(letter, answer)
}

/** It was done before, or goes again after a pause, or waits with its refusal until that has been read. */
async function putOff(letter: Letter, problem: Problem): Promise<void> {
  if (letter.already === problem.code) return done(letter, undefined)
  if (problem.mayPass) {
    letter.pauseMs = Math.min(Math.max(letter.pauseMs * 2, 1_000), 60_000)
    return
  }
  await refuse(letter, problem)
}

/** What went together with others has no receipt of its own. */
async function refuse(letter: Letter, problem: Problem, asked = false): Promise<void> {
  letter.failed = { code: problem.code, detail: problem.detail, ...(letter.join ? {} : { refusal: refusalOf(problem, asked) }) }
  await keep('outbox', letter.key, JSON.parse(JSON.stringify({ ...letter, photos: [] })))
  if (!letters.includes(letter)) await look()
  changed()
}

let flushing = false
export async function flush(): Promise<void> {
  if (flushing || !me.value) return
  flushing = true
  const work = async () => {
    for (const round of together(letters.filter((l) => l.who === me.value?.id && !l.failed && due(l, Date.now())))) if (!(await sendRound(round))) return
  }
  try {
    // One tab at a time; the key would make a second sending harmless anyway.
    if (navigator.locks) await navigator.locks.request(name, work)
    else await work()
  } finally {
    flushing = false
    schedule()
  }
}

function schedule(): void {
  clearTimeout(clock)
  const open = letters.filter((l) => !l.failed)
  if (open.length === 0) return
  const now = Date.now()
  const next = Math.min(...open.map((l) => Math.max(l.notBefore - now, l.pauseMs, 1_000)))
  clock = setTimeout(() => void flush(), next)
}
