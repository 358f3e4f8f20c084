import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { checkProof, type Report } from '@/proofs/check'
import { verifierKey } from '@/proofs/signed_note'
import en from '@/words/proofs_en'
import zh from '@/words/proofs_zh'
import { tell } from '@/words/proofs'
import { cosignature, originOfTests, proofFile, recordedAt, testKey } from './proof_maker'

const log = testKey(originOfTests)
const library = testKey('library.example', 4)
const keys = () => Promise.all([log, library].map((k) => verifierKey(k.verifier)))
const signed = proofFile({ lines: (text, key) => key.line(key.sign(text)) + cosignature(library, text, recordedAt + 60n) })
const said = (report: Report, ownWord = false) => JSON.stringify([tell(report, 'zh', ownWord), tell(report, 'en', ownWord)])

const entries = (o: object, before = ''): [string, string][] => Object.entries(o).flatMap(([k, v]) => (typeof v === 'string' ? [[before + k, v]] : entries(v as object, `${before}${k}.`)) as [string, string][])
const named = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

it('both languages say the same things of the same values', () => {
  const [ours, theirs] = [new Map(entries(zh)), new Map(entries(en))]
  expect([...theirs.keys()].sort()).toEqual([...ours.keys()].sort())
  for (const [key, text] of ours) expect([key, named(theirs.get(key)!)]).toEqual([key, named(text)])
})

it('every event of the log has words', () => {
  const types = /using AnyEvent = std::variant<([^>]+)>/.exec(readFileSync(resolve(import.meta.dirname, '../../../domain/events.hpp'), 'utf8'))![1]!.split(',').map((t) => t.trim())
  expect(types.length).toBeGreaterThan(40)
  expect(types.filter((t) => !(t in zh.event))).toEqual([])
})

it('that nobody can back-date it is said where a witness outside has signed, and nowhere else', async () => {
  const witnessed = /倒签、|back-date it/
  expect(said(await checkProof(signed, await keys()))).toMatch(witnessed)
  const others = [checkProof(signed, [(await keys())[0]!]), checkProof(proofFile(), await keys()), checkProof(signed, [(await keys())[1]!]), checkProof(signed, []), checkProof(signed.replace('index 3', 'index 4'), await keys())]
  for (const report of await Promise.all(others)) expect(said(report)).not.toMatch(witnessed)
  expect(said(await checkProof(signed, await keys()), true)).not.toMatch(witnessed)
})

it('what is wrong, not checked, or vouched for by a key that came with it, is never called good', async () => {
  const good = /是真的|is good/
  const one = await checkProof(signed, await keys())
  expect(tell(one, 'zh').title).toMatch(good)
  expect(tell(one, 'en', true).title).not.toMatch(good)
  for (const [file, known] of [[signed, []], [signed.replace('index 3', 'index 4'), await keys()], ['', await keys()]] as const) {
    const report = await checkProof(file, [...known])
    for (const language of ['zh', 'en'] as const) {
      const told = tell(report, language)
      expect(told.title).not.toMatch(/^这张凭证是真的|is good$/)
      expect([told.proves, told.provesNot]).toEqual([[], []])
      expect(told.steps.some((s) => s.why !== '')).toBe(true)
    }
  }
})

it('what a file says that is not proven is not told: neither an event nor a time of a record that is not in the tree', async () => {
  const moved = await checkProof(signed.replace('index 3', 'index 4'), await keys())
  expect([tell(moved, 'en').what, tell(moved, 'en').facts.map((f) => f.label)]).toEqual([[], [en.log]])
})

it('names from outside cannot move or hide the words around them', async () => {
  const file = proofFile({ text: (_, size, root) => `a\u202Eb\u2066c\n${size}\n${root}\n` })
  expect(said(await checkProof(file, []))).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/)
})
