// The keys that a receipt is checked with here: as for the page of its own (src/verify/keys.ts), which has the same address.
import { verifierText } from '@/client/receipts'
import { keep, kept } from '@/client/store'
import type { VerifierKey } from '@/proofs/signed_note'
import { embeddedIn, embeddedOf } from '@/verify/embedded'
import { Keys } from '@/verify/keys'

/** The keys of the log, its earlier ones too, that the server puts into its page. */
async function keysInPage(): Promise<string[]> {
  try {
    const page = await fetch('/verify.html', { credentials: 'omit' })
    if (!page.ok) throw new Error(page.statusText)
    const { keys } = embeddedIn(embeddedOf(await page.text()))
    await keep('drafts', 'page-keys', keys)
    return keys
  } catch {
    return (await kept<string[]>('drafts', 'page-keys')) ?? [] // no signal
  }
}

/** Of the log, as the server names them; and those that a person gave to the page of its own, of witnesses too: of these the server's word is
 * not enough, for a log could make its witnesses up. */
export async function keysToCheckWith(): Promise<VerifierKey[]> {
  const [now, page] = await Promise.all([verifierText(), keysInPage()])
  const keys = new Keys()
  await keys.open([...(now ? [now] : []), ...page], [])
  return keys.countFor(true)
}
