// The one way to the server: openapi-fetch over the contract's types. Refusals are thrown as `Problem`.
import createClient, { type Middleware } from 'openapi-fetch'
import type { paths } from '#schema'
import { newKey } from '@/logic/keys'
import { plainWords } from '@/logic/plain_words'
import { early, forgetEarly } from '@/start/early'
import { hearTime } from './now'
import { offline, problemOf } from './problem'
import { isPromised, notePromise } from './promises'
import { connected } from './signal'

/** Some answers were asked for before this script was here. */
const ask = (request: Request): Promise<Response> => {
  if (request.method !== 'GET') forgetEarly()
  return (request.method === 'GET' && early(request.url.slice(location.origin.length))) || fetch(request)
}

const written = (body: unknown): string => JSON.stringify(body, (_, value: unknown) => (typeof value === 'string' ? plainWords(value) : value))
export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin', fetch: ask, bodySerializer: written })

let language = 'zh'
// Where in the log our own last change stands: what is read afterwards waits until that is in it.
let position = ''
const noted = (headers: Headers) => {
  const at = headers.get('Pioneer-Position')
  if (at && (position === '' || BigInt(at) > BigInt(position))) position = at
}
let signedOut: () => void = () => {}
export const speak = (code: string) => (language = code)
export const onSignedOut = (then: () => void) => (signedOut = then)

// Whoever asks: in the language of the screen, each change with a key; what is no answer is thrown.
const asked: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', language)
    if (request.method === 'POST' && !request.headers.has('Idempotency-Key')) request.headers.set('Idempotency-Key', newKey())
    return request
  },
  async onResponse({ response }) {
    hearTime(response.headers.get('Date'))
    if (response.status < 500) connected.value = true
    if (!response.ok) throw await problemOf(response)
  },
  onError() {
    return offline()
  },
}
// How often somebody has signed in: a refusal of what was asked before does not end the session that came after it.
let session = 0
const askedIn = new WeakMap<Request, number>()
export const sessionBegins = (): void => void session++

const ours: Middleware = {
  onRequest({ request }) {
    askedIn.set(request, session)
    if (request.method === 'GET' && position) request.headers.set('Pioneer-Position', position)
    return request
  },
  onResponse({ request, response }) {
    if (request.method === 'POST' && response.ok) noted(response.headers)
    const [at, promise] = ['Pioneer-Position', 'Pioneer-Promise'].map((name) => response.headers.get(name))
    if (at && promise) void notePromise(at, promise)
    if (response.status === 401 && askedIn.get(request) === session) signedOut()
  },
}
api.use(asked, ours) // answers come to the last of them first

/** Asks as another than who is signed in: for the demo, that gives out passes. */
export function asHolderOf(token: string) {
  const theirs = createClient<paths>({ baseUrl: '/', credentials: 'omit', headers: { Authorization: `Bearer ${token}` } })
  theirs.use(asked)
  return theirs
}

/** The answer's body; what is no answer has been thrown. */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call
  return data as T
}

/** What waits in the outbox was written under the contract's types (`Send`), its address filled in; here it is only passed on. */
export async function post(path: string, body: object, key: string, receipt?: 'refusal'): Promise<unknown> {
  const wish = [...(receipt ? [receipt] : []), ...(receipt || isPromised(path) ? ['promise'] : [])].join()
  const headers = wish ? { 'Pioneer-Receipt': wish } : {}
  return answer(api.POST(path as '/api/v1/requests', { body, params: { header: { 'Idempotency-Key': key } }, headers }))
}

/** The server's clock in ms since 1970, to the second and never ahead of it; nothing where the way takes it out of the answer. */
export async function serverTime(): Promise<number | undefined> {
  const response = await fetch('/api/v1/session', { credentials: 'same-origin', cache: 'no-store' }).catch(() => undefined)
  if (!response) throw offline()
  const told = Date.parse(response.headers.get('Date') ?? '')
  return Number.isNaN(told) ? undefined : told
}

/** A photo, a voice, as it is: the contract knows bytes as text only. */
export async function upload(file: Blob): Promise<string> {
  const { blob } = await answer(api.POST('/api/v1/blobs', { body: file as unknown as string, bodySerializer: () => file, headers: { 'Content-Type': file.type || 'application/octet-stream' } }))
  return blob
}

/** What is still on this device has its address already. */
export const blobAddress = (blob: string): string => (/^(blob:|\/)/.test(blob) ? blob : `/api/v1/blobs/${blob}`)
