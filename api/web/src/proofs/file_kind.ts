// What a file is that a person gives where a receipt is asked for: only what begins as a receipt can be a wrong one. By how it begins, and
// nothing of it is checked. Pure.
import { base64Read, shown } from './bytes'

export type OtherKind = 'promise' | 'evidence' | 'none'
export interface OtherFile {
  kind: OtherKind
  promised?: { origin: string; position: string; by: string } // as it says of itself
}

const headBytes = 4_096 // no promise is longer
// Whatever a mail program or an editor did to its line breaks, or put before it: it was meant as one.
const receipt = /^\s*c2sp\.org\/tlog-proof@v1[^\S\n]*(\n|$)/
const promise = /^\s*([^\n]+)\/promise\r?\nposition ([0-9]+)\r?\n[^\n]+\nreceived [^\n]+\nby ([^\s]+)\r?\n/
const archive = [0x50, 0x4b, 3, 4] // a zip's first file
const inEvidence = /Evidence from a Pioneer log|entries\/[0-9]+\.entry|proofs\/[0-9]+\.tlog-proof/

/** Also as it stands in an answer's header, in base64. */
function promisedIn(text: string): OtherFile['promised'] {
  const inside = base64Read(text.trim().replace(/^pioneer-promise:\s*/i, ''))
  const [, origin, position, by] = promise.exec(inside ? new TextDecoder().decode(inside) : text) ?? []
  return origin && position && by ? { origin: shown(origin), position, by } : undefined
}

/** Nothing: it begins as a receipt does, and is to be checked as one. Names of files stand in an archive as they are, compressed or not. */
export function otherThanReceipt(file: string | Uint8Array): OtherFile | undefined {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file
  const head = new TextDecoder().decode(bytes.subarray(0, headBytes))
  if (receipt.test(head)) return undefined
  const promised = promisedIn(head)
  if (promised) return { kind: 'promise', promised }
  const isEvidence = archive.every((byte, i) => bytes[i] === byte) && inEvidence.test(new TextDecoder().decode(bytes))
  return { kind: isEvidence ? 'evidence' : 'none' }
}
