// How several receipts stand, in a few lines: what is wrong first, then what the page found by itself. Pure.
import { filled, proofWords, type Language, type Telling } from '@/words/proofs'

/** `fits`: as far as this page can tell alone; a person has yet to compare the key. */
export type Standing = 'bad' | 'unknown' | 'fits' | 'good' | 'other'
export interface Line {
  standing: Standing
  text: string
}

/** Who reads "0 of 7 are good" takes them for bad ones: while a key is to be compared, what stands in its place is counted, not what is good. */
export function linesOf(verdicts: Telling['verdict'][], language: Language): Line[] {
  const { many, none } = proofWords[language].page
  const count = (verdict: Telling['verdict']) => verdicts.filter((v) => v === verdict).length
  const [bad, unknown, toCompare, good, other] = [count('bad'), count('unknown'), count('ownWord'), count('good'), count('other')]
  const all = verdicts.length - other
  const line = (standing: Standing, n: number): Line[] => (n > 0 ? [{ standing, text: filled(many[standing], { n, all }) }] : [])
  const right = toCompare > 0 ? line('fits', toCompare + good) : line('good', good)
  if (all === 0) return [{ standing: 'other', text: none }]
  return [...line('bad', bad), ...line('unknown', unknown), ...right, ...line('other', other)]
}
