// What the outbox takes is what the contract knows. The types say so (`npm run check`): where an error is expected and there is none, they fail.
import { expect, it } from 'vitest'
import type { AnswerOf, Change } from '@/client/contract'
import type { Send } from '@/client/outbox'

const path = <C extends Change>(what: Pick<Send<C>, 'path' | 'body'>): string => what.path
const answered = <C extends Change>(_: Pick<Send<C>, 'path'>, answer: AnswerOf<C>) => answer
const id: string = 'x'

it('a change has an address and a body of the contract', () => {
  expect(path({ path: '/api/v1/requests', body: { title: 'T', photos: ['b'] } })).toBe('/api/v1/requests')
  expect(path({ path: `/api/v1/requests/${id}/assign`, body: { organisation: 'o' } })).toBe('/api/v1/requests/x/assign')
  expect(path({ path: `/api/v1/products/${id}/claims/${id}/cancel` })).toBe('/api/v1/products/x/claims/x/cancel')
})

it('no other address, and no other body, compiles', () => {
  // @ts-expect-error there is no such address
  path({ path: `/api/v1/requests/${id}/asign`, body: { organisation: 'o' } })
  // @ts-expect-error this one is only read
  path({ path: '/api/v1/me' })
  // @ts-expect-error the field has another type
  path({ path: `/api/v1/products/${id}/capacity`, body: { capacity: '5' } })
  // @ts-expect-error a product is cancelled with a reason, a claim without: their addresses are alike
  path({ path: `/api/v1/products/${id}/claims/${id}/cancel`, body: { reason: 'r' } })
  // @ts-expect-error the field has another name
  path({ path: '/api/v1/requests', body: { titel: 'T' } })
})

it('the answer is that of the address', () => {
  const told = { ticket: 't', outcome: 'checked_in' as const }
  expect(answered({ path: `/api/v1/products/${id}/check-ins` }, told)).toBe(told)
  // @ts-expect-error a ticket's answer is none to a request
  answered({ path: `/api/v1/requests/${id}/accept` }, told)
})
