// What is given where a receipt is asked for, and is none: named for what it is, and not accused. And how several receipts stand, in words.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { otherThanReceipt } from '@/proofs/file_kind'
import { tellOther } from '@/words/proofs'
import { linesOf } from '@/verify/summary'
import { originOfTests, proofFile, sha256, testKey } from './proof_maker'

const log = testKey(originOfTests)
const receipt = proofFile()
const promise = (() => {
  const said = `${originOfTests}/promise\nposition 7\n${sha256(Buffer.from('a record')).toString('base64')}\nreceived 2026-03-01T08:00:00.123456Z\nby 2026-03-01T08:01:00.123456Z\n`
  return `${said}\n${log.line(log.sign(said))}`
})()
/** A zip's first file, as far as its header goes. */
const zip = (name: string, content: string) => Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), Buffer.alloc(22), Buffer.from([name.length, 0, 0, 0]), Buffer.from(name), Buffer.from(content)])

it('what begins as a receipt is checked as one, whatever happened to it on its way', () => {
  const golden = readFileSync(resolve(import.meta.dirname, '../../golden/receipts/5.tlog-proof'))
  const meant = [golden, receipt, `\ufeff${receipt}`, `\n${receipt}`, receipt.replaceAll('\n', '\r\n'), receipt.slice(0, 30), 'c2sp.org/tlog-proof@v1', Buffer.concat([Buffer.from(receipt), Buffer.from([0xff])]), receipt + ' '.repeat(160 << 10), receipt.replace(/\n\n[^]*$/, `\n\n${promise}`)]
  for (const file of meant) expect(otherThanReceipt(file)).toBeUndefined()
})

it('a promise is a promise: as a file, with other line breaks, and as it stands in a header', () => {
  const promised = { origin: originOfTests, position: '7', by: '2026-03-01T08:01:00.123456Z' }
  const header = Buffer.from(promise).toString('base64')
  for (const file of [promise, Buffer.from(promise), promise.replaceAll('\n', '\r\n'), `${header}\n`, `Pioneer-Promise: ${header}`]) expect(otherThanReceipt(file)).toEqual({ kind: 'promise', promised })
  const told = tellOther({ kind: 'promise', promised }, 'en')
  expect([told.verdict, told.title, told.facts.map((f) => f.value).slice(0, 2)]).toEqual(['other', 'This is a promise, not a receipt', [originOfTests, '7']])
  for (const language of ['zh', 'en'] as const) expect(tellOther({ kind: 'promise', promised }, language).lead).toContain('pioneer receipt breach')
  // A time that is none is shown as it is, without what would move other words.
  expect(tellOther({ kind: 'promise', promised: { ...promised, by: 'soon\u202E' } }, 'en').facts.at(-1)!.value).toBe('soon?')
})

it('an archive of evidence leads to its own page; any other archive is no receipt', () => {
  const evidence = [zip('README.txt', '先锋日志证据 Evidence from a Pioneer log\n'), zip('checkpoint', `packed${'\u0001'.repeat(9_000)}entries/12.entry`), zip('proofs/3.tlog-proof', '')]
  for (const file of evidence) expect(otherThanReceipt(file)).toEqual({ kind: 'evidence' })
  for (const language of ['zh', 'en'] as const) expect(tellOther({ kind: 'evidence' }, language).lead).toMatch(/index\.html.*evidence-check/)
  expect(otherThanReceipt(zip('word/document.xml', 'x'))).toEqual({ kind: 'none' })
})

it('a photo, a PDF, another text are no receipt, and nothing is held against them', () => {
  const none = [Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from('%PDF-1.7\n'), '', 'hello', 'c2sp.org/tlog-proof@v2\nindex 3\n', `see ${receipt}`, log.verifier, `${originOfTests}\n8\n${'A'.repeat(43)}=\n\n${log.line(Buffer.alloc(64))}`, 'Evidence from a Pioneer log', `${originOfTests}/promise\nposition x\n`]
  for (const file of none) expect(otherThanReceipt(file)).toEqual({ kind: 'none' })
  for (const language of ['zh', 'en'] as const) {
    for (const kind of ['promise', 'evidence', 'none'] as const) {
      const told = tellOther({ kind }, language)
      expect(told.verdict).toBe('other')
      expect(`${told.title} ${told.lead}`).not.toMatch(/不对|改过|不要相信|not good|changed|do not rely|damaged/)
    }
  }
})

it('before the key is compared several are told to stand in their place, not to be none of them good', () => {
  const seven = Array.from({ length: 7 }, () => 'ownWord' as const)
  expect(linesOf(seven, 'en')).toEqual([{ standing: 'fits', text: '7 of 7 stand in their place under the signed checkpoint' }])
  expect(linesOf(seven.map(() => 'good'), 'en')).toEqual([{ standing: 'good', text: '7 of 7 are good' }])
  expect(linesOf([...seven.slice(2), 'good', 'good'], 'en')[0]!.text).toMatch(/^7 of 7 stand/)
  expect(linesOf(seven, 'zh')[0]!.text).toBe('共 7 张，7 张和签了名的账本对得上')
  for (const language of ['zh', 'en'] as const) expect(linesOf([...seven, 'bad', 'unknown'], language).map((l) => l.text).join()).not.toMatch(/\b0\b/)
})

it('what is bad is told first, then what was not checked; what is no receipt is counted apart', () => {
  expect(linesOf(['ownWord', 'ownWord', 'bad', 'unknown', 'other'], 'en')).toEqual([
    { standing: 'bad', text: 'Not good: 1 of 4' },
    { standing: 'unknown', text: 'Not checked to the end: 1 of 4' },
    { standing: 'fits', text: '2 of 4 stand in their place under the signed checkpoint' },
    { standing: 'other', text: 'No receipts: 1' },
  ])
  expect(linesOf(['good', 'other'], 'en').map((l) => l.text)).toEqual(['1 of 1 are good', 'No receipts: 1'])
  expect(linesOf(['other', 'other'], 'en')).toEqual([{ standing: 'other', text: 'There is no receipt here' }])
})
