// A promise of a log (api/proofs/README.md): "this record was received then, and stands at this place in every tree that I show after that".
import { base64Of, base64Read, Fault, hexOf, numberRead, type Bytes } from './bytes'
import { noteIn, signerOf, type VerifierKey } from './signed_note'

export interface LogPromise {
  note: string // as it was signed
  origin: string
  position: bigint
  leaf: Bytes
  receivedMs: number
  byMs: number
}

const originEnd = '/promise'
const time = String.raw`(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3}|\.\d{6})?Z)`
const written = new RegExp(String.raw`^([^\n]+)${originEnd}\nposition ([0-9]+)\n([A-Za-z0-9+/=]+)\nreceived ${time}\nby ${time}\n$`)

/** Errors: a note that is none, `bad_promise`, or why none of these keys signed it. */
export async function checkPromise(note: string, keys: VerifierKey[]): Promise<LogPromise> {
  const signed = noteIn(note)
  const [, origin = '', digits = '', hash = '', received = '', by = ''] = written.exec(signed.text) ?? []
  const [position, leaf] = [numberRead(digits), base64Read(hash)]
  const [receivedMs, byMs] = [Date.parse(received), Date.parse(by)]
  if (position === undefined || leaf?.length !== 32 || base64Of(leaf) !== hash || !(byMs >= receivedMs)) throw new Fault('bad_promise')
  const signer = await signerOf(signed, origin, keys.filter((k) => k.kind === 'log'))
  if ('code' in signer) throw new Fault(signer.code, signer.named)
  return { note, origin, position, leaf, receivedMs, byMs }
}

/** What the log has shown of this place since. */
export interface Shown {
  leaf?: string // the hash of what stands there, hexadecimal, as far as it is known
  inTree: boolean // under a signed checkpoint
  at: number // when it was asked, ms since 1970; 0: it has not answered
}

/**
 * open: its time is not over, or nobody has answered since. kept: the very record stands there. late: its time is over, and it is not shown.
 * other: another record stands there. twice: another one was promised too.
 */
export type Fate = 'open' | 'kept' | 'late' | 'other' | 'twice'

/** Of promises of one place. */
export function fateOf(promises: LogPromise[], shown: Shown): Fate {
  const [first, ...others] = promises
  if (!first) return 'open'
  const leaf = hexOf(first.leaf)
  if (others.some((p) => hexOf(p.leaf) !== leaf)) return 'twice'
  if (shown.leaf && shown.leaf !== leaf) return 'other'
  if (shown.leaf && shown.inTree) return 'kept'
  return shown.at > Math.min(...promises.map((p) => p.byMs)) ? 'late' : 'open'
}
