// Receipts: where in the log one's own changes stand, as far as this device was told, their proofs, and the key that checks them.
import type { Claim } from './contract'
import { answer, api } from './http'
import { useRead } from './read'
import { keep, kept } from './store'

const name = (change: string) => `position${change}`

/** What was changed at this address stands there. A claim has its address from its answer. */
export async function notePosition(path: string, said: unknown, position: string): Promise<void> {
  const claim = path.endsWith('/claims') ? (said as Partial<Claim> | undefined)?.claimId : undefined
  await keep('reads', name(claim ? `${path}/${claim}` : path), { at: Date.now(), body: position })
}

/** Nothing: it was changed on another device, or long ago. */
export const positionOf = async (path: string): Promise<string | undefined> => (await kept<{ body: string }>('reads', name(path)))?.body

const path = (position: string) => ({ params: { path: { position } } })

/** What stands at this position of the log. */
export const useReceipt = (position: () => string) => useRead(() => `receipt/${position()}`, () => answer(api.GET('/api/v1/receipts/{position}', path(position()))))

/** The proof file as it is; read once it can be, then kept, for it stays true. */
export const useProof = (position: () => string) =>
  useRead(
    () => (position() ? `proof/${position()}` : ''),
    async (): Promise<string> => (await kept<{ body: string }>('reads', `proof/${position()}`))?.body ?? String(await answer(api.GET('/api/v1/receipts/{position}/proof', { ...path(position()), parseAs: 'text' }))),
  )

/** The log's key, as the server names it. */
export async function verifierText(): Promise<string | undefined> {
  try {
    const { verifier } = await answer(api.GET('/api/v1/tickets/key'))
    await keep('drafts', 'verifier', verifier)
    return verifier
  } catch {
    return kept<string>('drafts', 'verifier') // no signal
  }
}
