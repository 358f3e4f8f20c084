// A small true city for the stories: its own log, a pioneerd of the release build that serves build/web, people, requests, products.
// Everything is made through the API, as clients would.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { randomUUID } from 'node:crypto'
import type { TestProject } from 'vitest/node'

export interface Person {
  id: string
  name: string
  token: string
}
export interface City {
  url: string
  community: { id: string; name: string }
  street: { id: string; name: string }
  administrator: Person
  member: Person
  neighbour: Person
  elder: Person
  cadre: Person
  cadre2: Person
  auditor: Person // of the whole city
}
declare module 'vitest' {
  export interface ProvidedContext {
    city: City
  }
}

const root = resolve(import.meta.dirname, '../..')
const bin = process.env.PIONEER_BIN ?? join(root, 'build/release/bin')
/** A program of ours, and what it says. */
export const program = (name: 'pioneer' | 'pioneerd') => join(bin, name)
export const run = (...words: string[]): string => execFileSync(program('pioneer'), words, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
export const web = process.env.PIONEER_WEB ?? join(root, 'build/web')

// Where the last change stands in each city's log: what is read afterwards waits until that is in it, as for the application itself.
const changedAt = new Map<string, bigint>()

/** Somebody changed something there, and the answer told this position. */
export function changed(url: string, position: string | null | undefined): void {
  const at = BigInt(position ?? 0)
  if (at > (changedAt.get(url) ?? 0n)) changedAt.set(url, at)
}

export async function call<T>(city: Pick<City, 'url'>, token: string, path: string, body?: unknown): Promise<T> {
  const before = changedAt.get(city.url)
  const own: Record<string, string> = body !== undefined ? { 'Idempotency-Key': randomUUID() } : before ? { 'Pioneer-Position': String(before) } : {}
  const response = await fetch(`${city.url}/api/v1/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...own },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
  if (body !== undefined) changed(city.url, response.headers.get('Pioneer-Position'))
  return JSON.parse(text) as T
}

export const hours = (n: number): string => new Date(Date.now() + n * 3_600_000).toISOString()

export interface Offer {
  title: string
  kind?: string
  capacity?: number
  maxPerMember?: number
  waitlist?: boolean
  starts?: number // hours from now
  ends?: number
}

export async function offer(city: City, o: Offer): Promise<string> {
  const starts = hours(o.starts ?? 30)
  const ends = hours(o.ends ?? (o.starts ?? 30) + 2)
  const made = await call<{ id: string }>(city, city.cadre.token, 'products', {
    title: o.title,
    description: '带上好心情就行，材料都备好了。',
    kind: o.kind ?? 'activity',
    organisation: city.community.id,
    capacity: o.capacity ?? 20,
    maxPerMember: o.maxPerMember ?? 2,
    waitlist: o.waitlist ?? true,
    sessions: [{ starts, ends, venue: '社区活动室二楼' }],
    ...((o.starts ?? 30) < 0 ? { closesAt: ends } : {}),
  })
  await call(city, city.cadre.token, `products/${made.id}/publish`, {})
  return made.id
}

export async function askFor(city: City, who: Person, title: string, category = 'repair', description = '请来看看。', organisation = city.community.id): Promise<string> {
  return (await call<{ id: string }>(city, who.token, 'requests', { title, description, category, organisation })).id
}

/** Somebody new, with a token to act by. */
export async function newcomer(at: Pick<City, 'url'>, administrator: string, name: string, organisation: string, role?: string): Promise<Person> {
  const { id } = await call<{ id: string }>(at, administrator, 'members', { name, organisation })
  if (role) await call(at, administrator, `members/${id}/roles`, { role, organisation })
  const { token } = await call<{ token: string }>(at, administrator, `members/${id}/tokens`, {})
  return { id, name, token }
}

async function ready(url: string, server: ChildProcess): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (server.exitCode !== null) throw new Error(`pioneerd ended with ${server.exitCode}`)
    const good = await fetch(`${url}/readyz`).then((r) => r.ok, () => false)
    if (good) return
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error('pioneerd did not become ready')
}

/** A port that is free now: the server must know its own address before it starts, for its links and for whose pages it trusts. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer()
    probe.on('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => done(port))
    })
  })
}

/** People who live and work in a community of the city's district `nth`. The market shows nobody what another district offers. */
export async function settle(at: Pick<City, 'url'>, administrator: string, nth = 0): Promise<City> {
  const me = await call<{ id: string }>(at, administrator, 'me')
  const below = async (parent: string) => (await call<{ items: { id: string; name: string; children: number }[] }>(at, administrator, `organisations?parent=${parent}&limit=100`)).items
  const xiamen = await call<{ id: string }>(at, administrator, 'organisations/3502')
  const streets = await below((await below(xiamen.id))[nth]!.id)
  const street = streets.find((s) => s.children > 8)! // other stories want neighbouring communities
  const community = (await below(street.id))[0]!
  const person = (name: string, role?: string) => newcomer(at, administrator, name, community.id, role)
  return {
    url: at.url,
    community: { id: community.id, name: community.name },
    street,
    administrator: { id: me.id, name: 'administrator', token: administrator },
    member: await person('詹水生'),
    neighbour: await person('陈明月'),
    elder: await person('林金花'),
    cadre: await person('黄志远', 'cadre'),
    cadre2: await person('苏小满', 'cadre'),
    auditor: await newcomer(at, administrator, '郑公正', xiamen.id, 'auditor'),
  }
}

/** A city of one's own: for stories in which its server ends, and for measuring. */
export interface Stand {
  city: City
  data: string
  pid: () => number
  die: () => Promise<void> // as if the power went
  start: () => Promise<void> // at the same address, with the same log
  leave: () => Promise<void>
}
export interface Opening {
  before?: (run: (...words: string[]) => string, data: string) => void // with the log, before the server starts
  config?: string | ((data: string) => Promise<string>) // lines of pioneerd.yaml
  web?: string // the pages, where they are not those of the build
}

export async function openCity(opening: Opening = {}): Promise<Stand> {
  const directory = mkdtempSync(join(tmpdir(), 'pioneer-city-'))
  const data = join(directory, 'data')
  run('import', 'organisations', 'ops/demo/organisations.csv', '--data', data)
  const administrator = run('token', 'create', '--data', data, '--member', 'administrator', '--role', 'administrator', '--organisation', '3502').trim().split(/\s+/).at(-1)!
  opening.before?.(run, data)
  const listen = `127.0.0.1:${await freePort()}`
  const url = `http://${listen}`
  const words = ['--data', data, '--listen', listen, '--services', 'ops/config/services.yaml', '--web', opening.web ?? web]
  if (opening.config) {
    writeFileSync(join(directory, 'pioneerd.yaml'), typeof opening.config === 'string' ? opening.config : await opening.config(data))
    words.push('--config', join(directory, 'pioneerd.yaml'))
  }
  let server: ChildProcess | undefined
  const start = async () => {
    server = spawn(program('pioneerd'), words, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
    await ready(url, server)
  }
  const end = async (signal: NodeJS.Signals) => {
    const going = server
    server = undefined
    if (!going || going.exitCode !== null || going.signalCode !== null) return
    const ended = new Promise((done) => going.once('exit', done))
    going.kill(signal)
    await ended
  }
  const leave = async () => {
    await end('SIGTERM')
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await start()
    return { city: await settle({ url }, administrator), data, pid: () => server!.pid!, die: () => end('SIGKILL'), start, leave }
  } catch (error) {
    await leave()
    throw error
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stand = await openCity()
  project.provide('city', stand.city)
  return stand.leave
}
