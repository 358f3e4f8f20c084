// Promises of a log: made by another way than ours, read strictly, and what became of them.
import { expect, it } from 'vitest'
import { checkPromise, fateOf, type LogPromise } from '@/proofs/promise'
import { verifierKey } from '@/proofs/signed_note'
import { originOfTests, sha256, testKey } from './proof_maker'

const log = testKey(originOfTests)
const leaf = sha256(Buffer.from('a record'))
const other = sha256(Buffer.from('another'))
const text = (over: Partial<Record<'origin' | 'position' | 'leaf' | 'received' | 'by', string>> = {}) =>
  `${over.origin ?? originOfTests}/promise\nposition ${over.position ?? '7'}\n${over.leaf ?? leaf.toString('base64')}\nreceived ${over.received ?? '2026-03-01T08:00:00.123456Z'}\nby ${over.by ?? '2026-03-01T08:01:00.123456Z'}\n`
const noteOf = (said: string, key = log) => `${said}\n${key.line(key.sign(said))}`
const check = async (note: string, ...keys: { verifier: string }[]) => checkPromise(note, await Promise.all((keys.length ? keys : [log]).map((k) => verifierKey(k.verifier))))

it('is read as the log writes it', async () => {
  const promise = await check(noteOf(text()))
  expect(promise).toMatchObject({ origin: originOfTests, position: 7n, receivedMs: Date.parse('2026-03-01T08:00:00.123Z'), byMs: Date.parse('2026-03-01T08:01:00.123Z'), note: noteOf(text()) })
  expect(Buffer.from(promise.leaf)).toEqual(leaf)
  expect((await check(noteOf(text({ position: '0', received: '2026-03-01T08:00:00Z', by: '2026-03-01T08:01:00.500Z' })))).position).toBe(0n)
})

it('is refused where it is written otherwise', async () => {
  const wrong = [
    text({ position: '07' }), text({ position: '-1' }), text({ position: '' }), text({ leaf: leaf.toString('hex') }), text({ leaf: leaf.subarray(1).toString('base64') }), text({ received: '2026-03-01 08:00:00Z' }),
    text({ by: '2026-03-01T07:59:59Z' }), text({ by: '2026-03-01T08:01:00+08:00' }), text().replace('/promise', '/promises'), text().replace('position', 'Position'), `${text()}more\n`, text().replace(/by .*\n/, ''),
  ]
  for (const said of wrong) await expect(check(noteOf(said)), said).rejects.toMatchObject({ code: 'bad_promise' })
  await expect(check(text())).rejects.toMatchObject({ code: 'bad_note' })
})

it('counts by the key of its own log only, and not where a letter of it was changed', async () => {
  await expect(check(noteOf(text()).replace('position 7', 'position 8'))).rejects.toMatchObject({ code: 'bad_signature' })
  await expect(check(noteOf(text({ origin: 'pioneer.example/other' })))).rejects.toMatchObject({ code: 'other_log' })
  await expect(check(noteOf(text()), testKey(originOfTests, 1, 'a later key'))).rejects.toMatchObject({ code: 'other_key' })
  await expect(check(noteOf(text()), testKey(originOfTests, 4))).rejects.toMatchObject({ code: 'no_key' })
  // A checkpoint is no promise, though the same key signed it.
  await expect(check(noteOf(`${originOfTests}\n8\n${leaf.toString('base64')}\n`))).rejects.toMatchObject({ code: 'bad_promise' })
  // An earlier key of the log is as good as the one of now.
  expect((await check(noteOf(text()), testKey(originOfTests, 1, 'a later key'), log)).position).toBe(7n)
})

it('is kept, open, late, or broken by what else stands there or was promised', () => {
  const promise = (of: Buffer, byMs = 1_000): LogPromise => ({ note: '', origin: originOfTests, position: 7n, leaf: new Uint8Array(of), receivedMs: 0, byMs })
  const mine = [promise(leaf)]
  const [own, theirs] = [leaf.toString('hex'), other.toString('hex')]
  expect(fateOf([], { inTree: true, at: 9_000 })).toBe('open')
  expect(fateOf(mine, { inTree: false, at: 0 })).toBe('open') // nobody has answered
  expect(fateOf(mine, { inTree: false, at: 1_000 })).toBe('open') // its time is not over
  expect(fateOf(mine, { leaf: own, inTree: false, at: 1_000 })).toBe('open')
  expect(fateOf(mine, { inTree: false, at: 1_001 })).toBe('late')
  expect(fateOf(mine, { leaf: own, inTree: false, at: 1_001 })).toBe('late')
  expect(fateOf(mine, { leaf: own, inTree: true, at: 9_000 })).toBe('kept')
  expect(fateOf(mine, { leaf: theirs, inTree: true, at: 1 })).toBe('other')
  expect(fateOf([promise(leaf), promise(other)], { leaf: own, inTree: true, at: 1 })).toBe('twice')
  expect(fateOf([promise(leaf), promise(leaf)], { leaf: own, inTree: true, at: 1 })).toBe('kept')
})
