// Whether a ticket is true, also without a signal: by the log's public key, read while there was one. Where the browser does not know
// Ed25519 the server decides when the ticket is sent.
import { bytesOf, type Ticket } from '@/logic/ticket'
import { answer, api } from './http'
import { keep, kept } from './store'

async function publicKey(): Promise<string | undefined> {
  try {
    const { key } = await answer(api.GET('/api/v1/tickets/key'))
    await keep('drafts', 'ticket-key', key)
    return key
  } catch {
    // no signal
  }
  return kept<string>('drafts', 'ticket-key')
}

export const needTicketKey = (): void => void publicKey()

/** `unknown` where this browser cannot tell. */
export async function genuine(ticket: Ticket): Promise<'yes' | 'no' | 'unknown'> {
  const bytes = bytesOf((await publicKey()) ?? '')
  if (!bytes || bytes.length !== 32 || !crypto.subtle) return 'unknown'
  try {
    const key = await crypto.subtle.importKey('raw', bytes, 'Ed25519', false, ['verify'])
    return (await crypto.subtle.verify('Ed25519', key, ticket.signature, ticket.signed)) ? 'yes' : 'no'
  } catch {
    return 'unknown'
  }
}
