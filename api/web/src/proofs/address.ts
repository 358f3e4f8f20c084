// The address of the page that checks (verify.html): what stands behind its `#` never leaves the browser. Pure.
//
//   k=<verifier key>   any number of them
//   p=<digits>         a whole proof (paper.ts)
//   o=<origin> i=<place> h=<hash of the record, hexadecimal>   which record a paper is of that has no room for its proof
import { hexOf, numberRead, type Bytes } from './bytes'
import { paperOf } from './paper'
import type { TlogProof } from './tlog_proof'

export interface Named {
  origin: string
  index: string
  leaf: string
}
export interface Address {
  keys: string[]
  digits?: string
  named?: Named
}

const keysMost = 20

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What stands behind `#`; of what it does not know it takes no notice. */
export function addressIn(hash: string): Address {
  const found: Record<string, string[]> = {}
  for (const pair of hash.replace(/^#/, '').split('&')) {
    const at = pair.indexOf('=')
    if (at === 1) (found[pair[0]!] ??= []).push(decoded(pair.slice(2)))
  }
  const [digits, origin, index, leaf] = ['p', 'o', 'i', 'h'].map((name) => found[name]?.[0])
  const isNamed = origin && index && numberRead(index) !== undefined && leaf && /^[0-9a-f]{64}$/.test(leaf)
  return { keys: (found.k ?? []).slice(0, keysMost), ...(digits ? { digits } : {}), ...(isNamed ? { named: { origin, index, leaf } } : {}) }
}

export const keysAddress = (keys: string[]): string => `#${keys.map((k) => `k=${encodeURIComponent(k).replaceAll('%2F', '/').replaceAll('%2B', '+')}`).join('&')}`

/** Whole proofs or their addresses, pasted: the file's text as it is, or the digits of an address. */
export function pastedIn(text: string): { file: string } | { digits: string } | { named: Named } {
  const plain = text.trim()
  const { digits, named } = plain.includes('#') && !plain.includes('\n') ? addressIn(plain.slice(plain.indexOf('#'))) : {}
  if (digits ?? /^[0-9]{200,}$/.test(plain)) return { digits: digits ?? plain }
  if (named) return { named }
  return { file: `${text.replaceAll('\r\n', '\n').replace(/^\s+/, '').trimEnd()}\n` } // a field for text takes the last line break away
}

/** What a QR code holds at most, in bits, at its largest and with the least correction (ISO/IEC 18004, version 40-L), and what the parts cost. */
const codeBitsMost = 23_648
const textBits = (text: string) => 4 + 16 + 8 * text.length
const digitBits = (digits: string) => 4 + 14 + Math.ceil((10 * digits.length) / 3)

export interface PaperAddress {
  text: string
  digits: string // at its end; a QR code takes them in less room than the rest
  whole: boolean // the proof is in it: the paper alone can be checked
}

/** What is printed on a receipt: the whole proof where one code holds it, else which record it is. */
export function paperAddress(page: string, file: string, proof: Pick<TlogProof, 'index' | 'checkpoint'>, leaf: Bytes): PaperAddress {
  const digits = paperOf(file)
  const text = `${page}#p=`
  if (textBits(text) + digitBits(digits) <= codeBitsMost) return { text: text + digits, digits, whole: true }
  return { text: `${page}#o=${encodeURIComponent(proof.checkpoint.origin).replaceAll('%2F', '/')}&i=${proof.index}&h=${hexOf(leaf)}`, digits: '', whole: false }
}
