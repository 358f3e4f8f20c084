// The signed text of a ticket: read while there is a signal, kept for when there is none.
import { post } from './http'
import { ticketText, type Ticket } from '@/logic/ticket'
import { asProblem } from './problem'

export async function readTicket(product: string, claim: string): Promise<Ticket> {
  try {
    const response = await fetch(`/api/v1/products/${product}/claims/${claim}/ticket`, { credentials: 'same-origin' })
    if (response.ok) {
      const view = (await response.json()) as { text?: string; ticket?: string; code?: string }
      const text = view.text ?? view.ticket ?? ''
      if (text) return { text, code: view.code ?? claim.padStart(4, '0') }
    }
  } catch {
    // no signal: the plain name of the claim serves until there is one
  }
  return { text: ticketText(product, claim), code: claim.padStart(4, '0') }
}

/** Checks a ticket in; `already` where somebody has done so before. */
export async function checkIn(product: string, claim: string, body: Record<string, unknown>, key: string): Promise<'done' | 'already'> {
  try {
    await post(`/api/v1/products/${product}/claims/${claim}/check-in`, body, key)
    return 'done'
  } catch (error) {
    if (asProblem(error).code === 'already_checked_in') return 'already'
    throw error
  }
}
