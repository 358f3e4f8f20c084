// Receipts: what stands at a place of the log, its proof, and the key that checks it.
import { answer, api } from './http'
import { useRead } from './read'
import { keep, kept } from './store'

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
