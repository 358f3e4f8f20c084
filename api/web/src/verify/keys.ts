// The keys that this page checks with, and where each came from: that decides how much a signature says.
import { keysAddress } from '@/proofs/address'
import { Fault, type Why } from '@/proofs/bytes'
import { verifierKey, type VerifierKey } from '@/proofs/signed_note'

export type From = 'page' | 'person' | 'address'
export interface KnownKey {
  key: VerifierKey
  from: From
}

const place = 'pioneer-verifier-keys'

function remembered(): string[] {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? '[]') as unknown
    return Array.isArray(kept) ? kept.filter((k): k is string => typeof k === 'string') : []
  } catch {
    return []
  }
}

/** Where the browser keeps nothing for a file, the address does. */
function remember(keys: KnownKey[]): void {
  const own = keys.filter((k) => k.from === 'person').map((k) => k.key.text)
  try {
    localStorage.setItem(place, JSON.stringify(own))
  } catch {
    // then it is only in the address
  }
  location.replace(keysAddress(own))
}

export class Keys {
  all: KnownKey[] = []

  /** A witness's word counts by a key that a person gave, or that the page has from elsewhere than the proofs: a log could make its witnesses
   * up. Whether the log's own key came with the proof is told where it is shown. */
  countFor(withPage: boolean): VerifierKey[] {
    return this.all.filter((k) => k.key.kind === 'log' || k.from === 'person' || (k.from === 'page' && !withPage)).map((k) => k.key)
  }

  /** What a person gave or compared counts more than what came with the page, and that more than what came with an address. */
  private add(key: VerifierKey, from: From): void {
    const known = this.all.find((k) => k.key.text === key.text)
    if (!known) this.all.push({ key, from })
    else if (from === 'person') known.from = from
  }

  async open(page: string[], address: string[]): Promise<void> {
    for (const [from, texts] of [['person', remembered()], ['page', page], ['address', address]] as const) {
      for (const text of texts) {
        try {
          this.add(await verifierKey(text), from)
        } catch (error) {
          if (!(error instanceof Fault)) throw error // what is no key is not added, and a person sees those that are
        }
      }
    }
  }

  /** Nothing, or why a line is no key; then none of them is taken. */
  async give(lines: string): Promise<Why | undefined> {
    try {
      const read: VerifierKey[] = []
      for (const line of lines.split('\n').map((l) => l.trim())) if (line) read.push(await verifierKey(line))
      for (const key of read) this.add(key, 'person')
      remember(this.all)
      return undefined
    } catch (error) {
      if (error instanceof Fault) return error
      throw error
    }
  }

  compared(known: KnownKey): void {
    known.from = 'person'
    remember(this.all)
  }

  forget(known: KnownKey): void {
    this.all = this.all.filter((k) => k !== known)
    remember(this.all)
  }
}
