// The one way to the server, with a server that is none: keys, bytes, and whose session a refusal ends.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'

interface Asked {
  request: Request
  tell: (answer: Response) => void
}
let come: (asked: Asked) => void = () => undefined
beforeAll(() => {
  const RealRequest = Request
  vi.stubGlobal('location', { origin: 'http://pioneer.example' })
  // A page's own address stands before what a script asks for; here there is no page.
  vi.stubGlobal('Request', class extends RealRequest {
    constructor(to: RequestInfo | URL, how?: RequestInit) {
      super(typeof to === 'string' ? new URL(to, 'http://pioneer.example') : to, how)
    }
  })
  vi.stubGlobal('fetch', (request: Request) => new Promise<Response>((tell) => come({ request, tell })))
})
afterAll(() => vi.unstubAllGlobals())

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
/** Begins to ask, and waits until the question is on its way. */
async function asking<T>(begin: () => Promise<T>): Promise<Asked & { answer: Promise<T> }> {
  const arrived = new Promise<Asked>((done) => (come = done))
  const answer = begin()
  answer.catch(() => undefined) // looked at later
  return { ...(await arrived), answer }
}

it('a letter goes with its own key and body; a refusal is thrown with its code', async () => {
  const { post } = await import('@/client/http')
  const { request, tell, answer } = await asking(() => post('/api/v1/requests/r/accept', { a: 1 }, 'own-key'))
  expect([request.method, new URL(request.url).pathname, request.headers.get('Idempotency-Key')]).toEqual(['POST', '/api/v1/requests/r/accept', 'own-key'])
  expect(await request.json()).toEqual({ a: 1 })
  tell(json({ code: 'not_yours', detail: 'no' }, 403))
  await expect(answer).rejects.toMatchObject({ code: 'not_yours', status: 403 })
})

it('what one wants to hold in one\'s hands is asked for with a promise, which is kept by its place', async () => {
  const { post } = await import('@/client/http')
  const { promisesOf } = await import('@/client/promises')
  const wish = async (path: string, receipt?: 'refusal') => {
    const { request, tell, answer } = await asking(() => post(path, {}, 'key', receipt))
    tell(json({}))
    await answer
    return request.headers.get('Pioneer-Receipt')
  }
  for (const path of ['requests', 'products/p/claims', 'products/p/claims/3/rating', 'requests/r/rate']) expect([path, await wish(`/api/v1/${path}`)]).toEqual([path, 'promise'])
  for (const path of ['requests/r/accept', 'products/p/claims/3/cancel', 'products']) expect([path, await wish(`/api/v1/${path}`)]).toEqual([path, null])
  expect(await wish('/api/v1/requests/r/confirm', 'refusal')).toBe('refusal,promise')
  for (const promise of ['bm90ZQ==', 'bm90ZQ==', 'b3RoZXI=']) {
    const { tell, answer } = await asking(() => post('/api/v1/requests', {}, 'key'))
    tell(new Response('{}', { status: 201, headers: { 'Content-Type': 'application/json', 'Pioneer-Position': '12', 'Pioneer-Promise': promise } }))
    await answer
  }
  await vi.waitFor(async () => expect(await promisesOf('12')).toEqual(['bm90ZQ==', 'b3RoZXI=']))
  expect(await promisesOf('13')).toEqual([])
})

it('a photo goes as its bytes, named as what it is, with a key', async () => {
  const { upload } = await import('@/client/http')
  const { request, tell, answer } = await asking(() => upload(new Blob(['bytes'], { type: 'image/jpeg' })))
  expect([request.headers.get('Content-Type'), await request.text()]).toEqual(['image/jpeg', 'bytes'])
  expect(request.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f-]{36}$/)
  tell(json({ blob: 'b' }, 201))
  expect(await answer).toBe('b')
})

it('a refusal ends the session only where it was asked in this one', async () => {
  const { api, onSignedOut, sessionBegins } = await import('@/client/http')
  let ended = 0
  onSignedOut(() => ended++)
  const whoAmI = () => api.GET('/api/v1/me')
  const before = await asking(whoAmI)
  sessionBegins()
  before.tell(json({ code: 'not_signed_in' }, 401))
  await expect(before.answer).rejects.toMatchObject({ status: 401 })
  expect(ended).toBe(0)
  const after = await asking(whoAmI)
  after.tell(json({ code: 'not_signed_in' }, 401))
  await expect(after.answer).rejects.toMatchObject({ status: 401 })
  expect(ended).toBe(1)
})

it('any answer shows that the server is there again', async () => {
  const { api } = await import('@/client/http')
  const { connected } = await import('@/client/signal')
  connected.value = false
  const { tell, answer } = await asking(() => api.GET('/api/v1/categories'))
  tell(json({ items: [] }))
  await answer
  expect(connected.value).toBe(true)
})
