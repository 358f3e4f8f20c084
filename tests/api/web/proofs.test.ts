import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkProof, type Report } from '@/proofs/check'
import { askAgain, hashesFor } from '@/proofs/hashing'
import { noteIn, signedByLog, verifierKey, type VerifierKey } from '@/proofs/signed_note'
import { bodyOf, cosignature, originOfTests, proofFile, recordedAt, recordOf, testKey, type Making } from './proof_maker'

const aLot = 300_000 // ms; a limit: a machine may have much else to do
const golden = resolve(import.meta.dirname, '../../golden')
const kept = (name: string) => readFileSync(join(golden, 'receipts', name))
const goldenKeys = () => Promise.all(kept('keys.txt').toString().trim().split('\n').map(verifierKey))
const log = testKey(originOfTests)
const library = testKey('library.example', 4)
const keysOf = (...keys: { verifier: string }[]) => Promise.all(keys.map((k) => verifierKey(k.verifier)))
const why = (report: Report, name: string) => report.steps.find((s) => s.name === name)?.why?.code
const check = async (making: Making, keys?: VerifierKey[]) => checkProof(proofFile(making), keys ?? (await keysOf(log)))

describe('receipts of the golden log', () => {
  it('are kept as a script makes them that shares nothing with ours', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pioneer-receipts-'))
    try {
      execFileSync('python3', ['-B', join(golden, 'make_receipts.py'), folder])
      const made = readdirSync(folder).sort()
      expect(made).toEqual(readdirSync(join(golden, 'receipts')).sort())
      for (const name of made) expect(readFileSync(join(folder, name)).equals(kept(name)), name).toBe(true)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it.each([0, 1, 5, 13])('%d is good, and says what everybody may know', async (index) => {
    const report = await checkProof(kept(`${index}.tlog-proof`), await goldenKeys())
    expect(report.steps.map((s) => [s.name, s.verdict, s.why?.code])).toEqual(['form', 'place', 'record', 'log', 'witness'].map((s) => [s, 'good', undefined]))
    expect(report.verdict).toBe('good')
    expect(report.header!.logId).toBe('a0a1a2a3a4a5a6a7a8a9aaabacadaeaf')
    expect(report.header!.sequence).toBe(BigInt(index))
    expect(report.told!.recordedAtUs).toBe((1_767_225_600n + BigInt(index)) * 1_000_000n)
    expect(report.witnesses.map((w) => [w.name, w.at])).toEqual([['witness.example/archive', 1_767_225_700], ['witness.example/university', 1_767_225_700]])
    if (index === 0) expect([report.header!.kind, report.told!.clockDriven, report.told!.parts]).toEqual(['opened', true, []])
    else expect(report.told!.parts.map((p) => [p.stream.split('/')[0], p.events.map((e) => e.type)])).toEqual([['request', ['RequestProgressed']], ['organisation', ['OrganisationRenamed']]])
  })

  it('the second reader of the log finds the same leaves', async () => {
    const read = JSON.parse(execFileSync('python3', ['-B', join(golden, 'read_log.py'), join(golden, 'log')], { encoding: 'utf8' })) as { root: string; leaves: { hash: string }[] }
    const report = await checkProof(kept('5.tlog-proof'), await goldenKeys())
    expect(Buffer.from(report.leaf!).toString('hex')).toBe(read.leaves[5]!.hash)
    expect(Buffer.from(report.proof!.checkpoint.root).toString('hex')).toBe(read.root)
  })

  it('10,000 changed ones are refused', { timeout: aLot }, async () => {
    const keys = await goldenKeys()
    const files = [0, 1, 5, 13].map((i) => kept(`${i}.tlog-proof`))
    let seed = 1
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below // Lehmer: the same each time
    const letters = Buffer.from('ABCDabcd0123+/= \n\u2014')
    let looked = 0
    for (let i = 0; looked < 10_000; i++) {
      const file = Buffer.from(files[i % files.length]!)
      const [at, other] = [random(file.length), random(file.length)]
      const changed = [
        () => void (file[at]! ^= 1 << random(8)),
        () => void (file[at] = letters[random(letters.length)]!),
        () => Buffer.concat([file.subarray(0, at), file.subarray(at + 1 + random(8))]),
        () => Buffer.concat([file.subarray(0, at), letters.subarray(0, 1 + random(8)), file.subarray(at)]),
        () => file.subarray(0, at),
        () => Buffer.concat([file.subarray(0, at), file.subarray(Math.min(at, other), Math.max(at, other)), file.subarray(at)]),
        () => {
          const lines = file.toString().split('\n')
          const [a, b] = [random(lines.length), random(lines.length)]
          ;[lines[a], lines[b]] = [lines[b]!, lines[a]!]
          return Buffer.from(lines.join('\n'))
        },
        () => Buffer.concat([file.subarray(0, at), files[(i + 1) % files.length]!.subarray(at)]),
      ][random(8)]!() ?? file
      if (files.some((f) => f.equals(changed))) continue
      looked++
      const report = await checkProof(changed, keys)
      if (report.verdict !== 'good') continue
      // All that may differ is who else signed: a name or a key that is not known says nothing.
      const said = changed.toString()
      const from = files.map(String).find((f) => said.startsWith(f.slice(0, f.indexOf('\n\u2014 '))))
      expect(from, said).toBeDefined()
      const signed = ['pioneer.example/golden', ...report.witnesses.map((w) => w.name)].map((name) => from!.split('\n').find((l) => l.startsWith(`\u2014 ${name} `))!)
      expect(signed.filter((line) => !said.split('\n').includes(line)), said).toEqual([])
    }
  })
})

it('every place in trees of 1 to 20 leaves is proven, and by no hash more or less, nor another, nor in another order', { timeout: aLot }, async () => {
  const keys = await keysOf(log)
  for (let size = 1; size <= 20; size++) {
    for (let index = 0; index < size; index++) {
      expect((await check({ size, index }, keys)).verdict).toBe('good')
      const wrong: Making['path'][] = [(h) => [...h, Buffer.alloc(32)], (h) => [Buffer.alloc(32), ...h]]
      const count = hashesFor(BigInt(index), BigInt(size))
      if (count > 0) wrong.push((h) => h.slice(1), (h) => h.slice(0, -1), (h) => [Buffer.alloc(32, 1), ...h.slice(1)])
      if (count > 1) wrong.push((h) => [...h].reverse())
      for (const path of wrong) expect((await check({ size, index, path }, keys)).verdict).toBe('bad')
    }
  }
})

it("what others' programs wrote is read: the example of the signed note's document, a public log's key", async () => {
  const key = await verifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')
  const note = noteIn('This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n')
  expect(note.signatures[0]!.keyId).toBe(key.keyId)
  expect(await signedByLog(note, note.signatures[0]!, key)).toBe(true)
  expect(await signedByLog({ ...note, text: 'This is an example message!\n' }, note.signatures[0]!, key)).toBe(false)
  expect((await verifierKey('example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx')).name).toBe('example.com/log/testdata')
})

describe('traps, each signed by the log', () => {
  const form: [string, Making, string][] = [
    ['leading zeros in the size', { sizeAs: '07' }, 'bad_size'],
    ['a size with a sign', { sizeAs: '+7' }, 'bad_size'],
    ['no size', { sizeAs: '' }, 'bad_size'],
    ['a size beyond all numbers', { sizeAs: '9223372036854775808' }, 'bad_size'],
    ['a place with leading zeros', { indexAs: '03' }, 'bad_index'],
    ['a negative place', { indexAs: '-3' }, 'bad_index'],
    ['a place beyond the size', { indexAs: '7' }, 'beyond_size'],
    ['a smaller tree', { sizeAs: '3' }, 'beyond_size'],
    ['an empty tree', { sizeAs: '0' }, 'beyond_size'],
    ['a root of 31 bytes', { text: (o, s) => `${o}\n${s}\n${Buffer.alloc(31).toString('base64')}\n` }, 'bad_root'],
    ['a root of 33 bytes', { text: (o, s) => `${o}\n${s}\n${Buffer.alloc(33).toString('base64')}\n` }, 'bad_root'],
    ['a root without padding', { text: (o, s, r) => `${o}\n${s}\n${r.replace('=', '')}\n` }, 'bad_root'],
    ['a line more', { text: (o, s, r) => `${o}\n${s}\n${r}\nand more\n` }, 'bad_lines'],
    ['a line less', { text: (o, s) => `${o}\n${s}\n` }, 'bad_lines'],
    ['no origin', { text: (_, s, r) => `\n${s}\n${r}\n` }, 'bad_origin'],
    ['a line break of another system', { text: (o, s, r) => `${o}\r\n${s}\n${r}\n` }, 'bad_note'],
    ['a hash more', { path: (h) => [...h, h[0]!] }, 'wrong_count'],
    ['a hash less', { path: (h) => h.slice(1) }, 'wrong_count'],
    ['64 hashes', { path: (h) => Array.from({ length: 64 }, () => h[0]!) }, 'too_many_hashes'],
    ['a hash of 31 bytes', { path: (h) => [h[0]!.subarray(1), ...h.slice(1)] }, 'bad_hash'],
    ['an extra line that is empty', { extra: 'extra \n' }, 'bad_extra'],
    ['an extra line of other letters', { extra: 'extra AA-_\n' }, 'bad_extra'],
    ['bits left over', { extra: 'extra AB==\n' }, 'bad_extra'],
    ['two extra lines', { extra: 'extra AAAA\nextra AAAA\n' }, 'bad_index'],
    ['no signature', { lines: () => '' }, 'bad_note'],
    ['a signature without its dash', { lines: (text, key) => key.line(key.sign(text)).replace('\u2014', '-') }, 'bad_signature_line'],
    ['a signature without a name', { lines: (text, key) => key.line(key.sign(text)).replace(`${key.name} `, '') }, 'bad_signature_line'],
    ['a last line that does not end', { lines: (text, key) => key.line(key.sign(text)).slice(0, -1) }, 'bad_note'],
    ['101 signatures', { lines: (text, key) => key.line(key.sign(text)).repeat(101) }, 'too_many_signatures'],
  ]
  it.each(form)('%s', async (_, making, code) => {
    const report = await check(making)
    expect([report.verdict, report.steps.length, why(report, 'form')]).toEqual(['bad', 1, code])
  })

  const bytes: [string, (file: string) => string | Uint8Array, string][] = [
    ['nothing', () => '', 'no_proof'],
    ['another first line', (f) => f.replace('@v1', '@v2'), 'no_proof'],
    ['a mark before it', (f) => `\ufeff${f}`, 'no_proof'],
    ['other line breaks', (f) => f.replaceAll('\n', '\r\n'), 'no_proof'],
    ['bytes that are no text', (f) => Buffer.concat([Buffer.from(f), Buffer.from([0xff])]), 'no_text'],
    ['cut before the checkpoint', (f) => f.slice(0, f.indexOf('\n\n') + 1), 'no_checkpoint'],
    ['longer than any', (f) => f + ' '.repeat(160 << 10), 'too_long'],
    ['a space behind the place', (f) => f.replace('index 3\n', 'index 3 \n'), 'bad_index'],
  ]
  it.each(bytes)('%s', async (_, change, code) => {
    const report = await checkProof(change(proofFile()), await keysOf(log))
    expect([report.verdict, why(report, 'form')]).toEqual(['bad', code])
  })

  const body = bodyOf(recordedAt * 1_000_000n, 'request/5k2', 'RequestSubmitted')
  const cut = (change: (record: Buffer) => void) => {
    const record = recordOf(3n, body)
    change(record)
    return record
  }
  const records: [string, Buffer, string][] = [
    ['a record of another place', recordOf(4n, body), 'other_place'],
    ['a fence', recordOf(3n, Buffer.alloc(0), 1), 'bad_record'],
    ['an unknown kind', recordOf(3n, body, 4), 'bad_record'],
    ['no record at all', Buffer.from('a leaf of another log'), 'bad_record'],
    ['another magic', cut((r) => r.write('PREX')), 'bad_record'],
    ['a length that is not its own', cut((r) => r.writeUInt32LE(body.length + 1, 8)), 'bad_record'],
    ['a checksum that differs', cut((r) => void (r[200]! ^= 1)), 'bad_record'],
    ['a record that is too long', recordOf(3n, Buffer.alloc(65_536 - 96)), 'bad_record'],
  ]
  it.each(records)('%s', async (_, record, code) => {
    const report = await check({ record })
    expect([report.verdict, why(report, 'place'), why(report, 'record')]).toEqual(['bad', undefined, code])
  })

  it('a record that was changed is not in the tree, whatever its checksum', async () => {
    const file = proofFile()
    const other = recordOf(3n, bodyOf(recordedAt * 1_000_000n, 'request/5k2', 'RequestWithdrawn'))
    const report = await checkProof(file.replace(/extra .*/, `extra ${other.toString('base64')}`), await keysOf(log))
    expect([report.verdict, why(report, 'place'), why(report, 'record')]).toEqual(['bad', 'not_in_tree', undefined])
  })

  it('a body that nobody can read is proven all the same, and said to be so', async () => {
    const report = await check({ record: recordOf(3n, Buffer.from('ffffffffffffffffffff', 'hex')) })
    expect([report.verdict, report.told]).toEqual(['good', undefined])
  })

  it('the longest record is read', async () => {
    const report = await check({ record: recordOf(3n, Buffer.alloc(65_535 - 96)) })
    expect(report.verdict).toBe('good')
  })
})

describe('whose word it is', () => {
  it('without a key, with the key of another log, or without the record nothing is good, nor bad', async () => {
    expect([(await check({}, [])).verdict, why(await check({}, []), 'log')]).toEqual(['unknown', 'no_key'])
    const others = await keysOf(testKey('pioneer.example/other'))
    expect([(await check({}, others)).verdict, why(await check({}, others), 'log')]).toEqual(['unknown', 'other_log'])
    const bare = await check({ extra: '' })
    expect([bare.verdict, why(bare, 'place'), why(bare, 'log')]).toEqual(['unknown', 'no_record', undefined])
  })

  it('another key of the same name did not sign; one who signs in the name of the key is found out', async () => {
    const thief = testKey(originOfTests, 1, 'a thief')
    const stolen = await check({ key: thief })
    expect([stolen.verdict, why(stolen, 'log')]).toEqual(['unknown', 'other_key'])
    const posed = await check({ lines: (text) => log.line(thief.sign(text)) })
    expect([posed.verdict, why(posed, 'log')]).toEqual(['bad', 'bad_signature'])
    // A good line beside a bad one of the same key does not help; lines of unknown keys, the same id under another name too, say nothing.
    const both = await check({ lines: (text) => log.line(log.sign(text)) + log.line(thief.sign(text)) })
    expect([both.verdict, why(both, 'log')]).toEqual(['bad', 'bad_signature'])
    const named = testKey(originOfTests, 1, originOfTests, 'somebody.example')
    const beside = await check({ lines: (text) => named.line(thief.sign(text)) + log.line(log.sign(text)) + thief.line(Buffer.alloc(3)) })
    expect([beside.verdict, beside.strangers]).toEqual(['good', ['somebody.example']])
    const nobody = await check({ lines: (text) => named.line(log.sign(text)) })
    expect([nobody.verdict, why(nobody, 'log')]).toEqual(['bad', 'not_signed'])
  })

  it("a signature is not read as another kind's", async () => {
    const asWitness = testKey(originOfTests, 4, originOfTests)
    const report = await check({ lines: (text) => cosignature(asWitness, text, recordedAt) })
    expect([report.verdict, why(report, 'log')]).toEqual(['unknown', 'other_key'])
    const short = await check({ lines: (text, key) => key.line(key.sign(text).subarray(1)) })
    expect(why(short, 'log')).toBe('bad_signature')
  })

  it('a witness outside counts when its key was given and its word is over this very text', async () => {
    const lines: Making['lines'] = (text, key) => key.line(key.sign(text)) + cosignature(library, text, recordedAt + 60n)
    const known = await check({ lines }, await keysOf(log, library))
    expect([known.verdict, why(known, 'witness'), known.witnesses.map((w) => w.at), known.clocksDiffer]).toEqual(['good', undefined, [Number(recordedAt + 60n)], false])
    const unknown = await check({ lines })
    expect([unknown.verdict, why(unknown, 'witness'), unknown.witnesses, unknown.strangers]).toEqual(['good', 'strange_witness', [], ['library.example']])
    expect(why(await check({}), 'witness')).toBe('no_witness')
    const other = await check({ lines: (text, key) => key.line(key.sign(text)) + cosignature(library, text.replace('\n7\n', '\n8\n'), recordedAt) }, await keysOf(log, library))
    expect([other.verdict, why(other, 'witness')]).toEqual(['bad', 'bad_cosignature'])
    const plain = await check({ lines: (text, key) => key.line(key.sign(text)) + library.line(library.sign(text)) }, await keysOf(log, library))
    expect([plain.verdict, why(plain, 'witness')]).toEqual(['bad', 'bad_cosignature'])
    const never = await check({ lines: (text, key) => key.line(key.sign(text)) + cosignature(library, text, 1n << 63n) }, await keysOf(log, library))
    expect([never.verdict, why(never, 'witness')]).toEqual(['bad', 'bad_cosignature'])
  })

  it('the log under another name is no witness, and one key under two names is one', async () => {
    const posing = testKey('citizens.example', 4, originOfTests)
    const lines: Making['lines'] = (text, key) => key.line(key.sign(text)) + cosignature(posing, text, recordedAt)
    const report = await check({ lines }, await keysOf(log, posing))
    expect([report.verdict, why(report, 'witness'), report.witnesses]).toEqual(['good', 'own_witness', []])
    const twin = testKey('library.example/2', 4, 'library.example')
    const two = await check({ lines: (text, key) => key.line(key.sign(text)) + cosignature(library, text, recordedAt) + cosignature(twin, text, recordedAt) }, await keysOf(log, library, twin))
    expect(two.witnesses.length).toBe(1)
  })

  it('a witness that saw it long before it was recorded: one of the clocks was wrong, and that is said', async () => {
    const lines: Making['lines'] = (text, key) => key.line(key.sign(text)) + cosignature(library, text, recordedAt - 3_600n)
    expect((await check({ lines }, await keysOf(log, library))).clocksDiffer).toBe(true)
  })

  it('keys are read strictly', async () => {
    const good = log.verifier
    const [name, id, key] = good.split(/\+/, 2).concat(good.split('+').slice(2).join('+')) as [string, string, string]
    const wrong = (text: string) => verifierKey(text).then(() => 'taken', (e: { code: string }) => e.code)
    expect(await wrong(good)).toBe('taken')
    expect(await wrong(`${name}x+${id}+${key}`)).toBe('bad_key_id')
    expect(await wrong(`${name}+00000000+${key}`)).toBe('bad_key_id')
    expect(await wrong(`${name}+${id.toUpperCase()}+${key}`)).toBe('bad_key')
    expect(await wrong(`${name}+${id}`)).toBe('bad_key')
    expect(await wrong(`two words+${id}+${key}`)).toBe('bad_key')
    expect(await wrong(testKey('x.example', 6).verifier)).toBe('bad_key_kind')
    expect(await wrong(`PRIVATE+KEY+${good}`)).toBe('bad_key')
    expect(await wrong('')).toBe('bad_key')
  })
})

describe('a browser that lacks something', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    askAgain()
  })
  const without = (subtle: unknown) => {
    vi.stubGlobal('crypto', { subtle })
    askAgain()
  }

  it('Ed25519: the place is proven, the signature is said to be unchecked', async () => {
    const keys = await goldenKeys()
    const digest = crypto.subtle.digest.bind(crypto.subtle)
    const unknown = () => Promise.reject(new DOMException('Unrecognized name', 'NotSupportedError'))
    without({ digest, importKey: unknown, verify: unknown })
    const report = await checkProof(kept('5.tlog-proof'), keys)
    expect([report.verdict, why(report, 'place'), why(report, 'log'), why(report, 'witness')]).toEqual(['unknown', undefined, 'no_ed25519', 'no_ed25519'])
    // What is wrong is found all the same.
    const changed = kept('5.tlog-proof').toString().replace('index 5', 'index 4')
    expect((await checkProof(changed, keys)).verdict).toBe('bad')
  })

  it('one that says yes to everything is not believed', async () => {
    const keys = await goldenKeys()
    const { subtle } = crypto
    without({ digest: subtle.digest.bind(subtle), importKey: () => Promise.resolve({}), verify: () => Promise.resolve(true) })
    expect(why(await checkProof(kept('5.tlog-proof'), keys), 'log')).toBe('no_ed25519')
  })

  it('hashes too: nothing is good', async () => {
    const keys = await goldenKeys()
    without(undefined)
    const report = await checkProof(kept('5.tlog-proof'), keys)
    expect([report.verdict, why(report, 'place')]).toEqual(['unknown', 'no_sha256'])
  })
})
