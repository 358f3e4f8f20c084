// The one way to the server: openapi-fetch over the contract's types. Refusals are thrown as `Problem`.
import createClient, { type Middleware } from 'openapi-fetch'
import type { paths } from '#schema'
import { newKey } from '@/logic/keys'
import { early, forgetEarly } from '@/start/early'
import { hearTime } from './now'
import { offline, problemOf } from './problem'

/** Some answers were asked for before this script was here. */
const ask = (request: Request): Promise<Response> => {
  if (request.method !== 'GET') forgetEarly()
  return (request.method === 'GET' && early(request.url.slice(location.origin.length))) || fetch(request)
}

export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin', fetch: ask })

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

const ours: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', language)
    if (request.method === 'GET' && position) request.headers.set('Pioneer-Position', position)
    if (request.method === 'POST' && !request.headers.has('Idempotency-Key')) request.headers.set('Idempotency-Key', newKey())
    return request
  },
  async onResponse({ request, response }) {
    hearTime(response.headers.get('Date'))
    if (response.ok) {
      if (request.method === 'POST') noted(response.headers)
      return response
    }
    const problem = await problemOf(response)
    if (problem.status === 401) signedOut()
    throw problem
  },
  onError() {
    return offline()
  },
}
api.use(ours)

/** The answer's body; what is no answer has been thrown. */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call
  return data as T
}

/** A change by its path, for what waits in the outbox. */
export async function post<T>(path: string, body: unknown, key: string = newKey()): Promise<T> {
  let response: Response
  forgetEarly()
  try {
    response = await fetch(path, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', 'Accept-Language': language, 'Idempotency-Key': key },
      body: JSON.stringify(body ?? {}),
    })
  } catch {
    throw offline()
  }
  hearTime(response.headers.get('Date'))
  if (!response.ok) {
    const problem = await problemOf(response)
    if (problem.status === 401) signedOut()
    throw problem
  }
  noted(response.headers)
  return (await response.json()) as T
}

/** The server's clock in ms since 1970, to the second and never ahead of it; nothing where the way takes it out of the answer. */
export async function serverTime(): Promise<number | undefined> {
  const response = await fetch('/api/v1/session', { credentials: 'same-origin', cache: 'no-store' }).catch(() => undefined)
  if (!response) throw offline()
  const told = Date.parse(response.headers.get('Date') ?? '')
  return Number.isNaN(told) ? undefined : told
}

export async function upload(file: Blob): Promise<string> {
  let response: Response
  try {
    response = await fetch('/api/v1/blobs', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': file.type || 'application/octet-stream', 'Accept-Language': language, 'Idempotency-Key': newKey() },
      body: file,
    })
  } catch {
    throw offline()
  }
  if (!response.ok) throw await problemOf(response)
  return ((await response.json()) as { blob: string }).blob
}

export const blobAddress = (blob: string) => `/api/v1/blobs/${blob}`
