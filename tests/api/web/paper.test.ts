import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { paperAddress } from '@/proofs/address'
import { bytesIn, digitsOf, fileIn, paperOf } from '@/proofs/paper'
import { proofIn } from '@/proofs/tlog_proof'
import { bodyOf, cosignature, proofFile, recordOf, testKey } from './proof_maker'

const kept = (index: number) => readFileSync(resolve(import.meta.dirname, `../../golden/receipts/${index}.tlog-proof`), 'utf8')

it('a file comes out of its digits as it was', () => {
  const library = testKey('library.example', 4)
  const files = [0, 1, 5, 13].map(kept)
  files.push(proofFile({ size: 1, index: 0 }), proofFile({ extra: '' }), proofFile({ lines: (text, key) => key.line(key.sign(text)) + cosignature(library, text, 5n) + key.line(Buffer.alloc(7)) }))
  files.push(proofFile({ record: recordOf(3n, bodyOf(5n, 'product/x', 'ClaimPlaced', 2_000)) }))
  for (const file of files) expect(fileIn(paperOf(file))).toBe(file)
})

it('bytes of every length are digits and bytes again, and other digits are none', () => {
  for (let n = 0; n < 30; n++) for (const fill of [0, 1, 255]) {
    const bytes = new Uint8Array(n).fill(fill)
    if (n > 0) expect(bytesIn(digitsOf(bytes))).toEqual(bytes)
  }
  for (const wrong of ['', '1', '12', '256', '999', '99999', 'abc', '1 2', '99999999999999999', '72057594037927936', '9'.repeat(7_090)]) expect(() => bytesIn(wrong), wrong).toThrow('bad_paper')
})

it('digits that were changed or cut are another file, or none; never the same one', () => {
  const [file, digits] = [kept(13), paperOf(kept(13))]
  for (let at = 0; at < digits.length; at += 1) {
    const other = `${digits.slice(0, at)}${(Number(digits[at]) + 1 + (at % 9)) % 10}${digits.slice(at + 1)}`
    for (const wrong of other === digits ? [] : [other, digits.slice(0, at), digits + other.slice(0, at + 1)]) {
      let found: string | undefined
      try {
        found = fileIn(wrong)
      } catch (error) {
        expect((error as { code?: string }).code).toBeDefined()
      }
      expect(found).not.toBe(file)
    }
  }
})

it('what a person says in a city of a million records fits into one code', () => {
  const files = [300, 1_200].map((payload) => proofFile({ size: 7, record: recordOf(3n, bodyOf(5n, `request/${'5'.repeat(26)}`, 'RequestSubmitted', payload)), path: (h) => [...h, ...Array.from({ length: 17 }, () => h[0]!)].slice(0, 20) }))
  for (const file of files) expect(paperOf.bind(undefined, file)).not.toThrow()
  expect(Math.max(...files.map((f) => paperOf(f).length))).toBeLessThanOrEqual(6_800)
})

it('what is said to fit one code does: up to its very last digit', () => {
  const QrCode = createRequire(resolve(import.meta.dirname, '../../../api/web/package.json'))('qrcode') as { create: (parts: object[], how: object) => { version: number } }
  const page = 'https://pioneer.example/verify.html'
  const drawn = (length: number) => {
    const file = proofFile({ record: recordOf(3n, bodyOf(5n, 'request/5k2', 'RequestSubmitted', length)) })
    const { text, digits, whole } = paperAddress(page, file, proofIn(new TextEncoder().encode(file)), new Uint8Array(32))
    const parts = [{ data: new TextEncoder().encode(text.slice(0, text.length - digits.length)), mode: 'byte' }, { data: digits, mode: 'numeric' }]
    return { whole, text, version: () => QrCode.create(parts, { errorCorrectionLevel: 'L' }).version }
  }
  let [fits, most] = [200, 4_000]
  while (most - fits > 1) {
    const middle = (fits + most) >> 1
    if (drawn(middle).whole) fits = middle
    else most = middle
  }
  expect(drawn(fits).version()).toBe(40)
  expect(drawn(most).whole).toBe(false)
  expect(drawn(most).text).toMatch(/#o=.*&i=3&h=0{64}$/)
  // One more group of digits would not have fitted: nothing of the room is given away.
  const more = QrCode.create.bind(undefined, [{ data: new TextEncoder().encode(`${page}#p=`), mode: 'byte' }, { data: '9'.repeat(drawn(fits).text.length - page.length - 3 + 2 * 17), mode: 'numeric' }], { errorCorrectionLevel: 'L' })
  expect(more).toThrow()
})
