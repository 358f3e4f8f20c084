import { createHash } from 'node:crypto'
import { beforeAll, expect, it } from 'vitest'
import { embeddedIn, embeddedOf } from '@/verify/embedded'
import { addressIn, keysAddress, paperAddress, pastedIn } from '@/proofs/address'
import { leafHash } from '@/proofs/hashing'
import { fileIn } from '@/proofs/paper'
import { proofIn } from '@/proofs/tlog_proof'
import { verifyPage } from '../../../api/web/verify_page'
import { bodyOf, proofFile, recordOf, testKey } from './proof_maker'

const bytesMost = 50 * 1024
let page = ''
beforeAll(async () => void (page = await verifyPage()), 300_000)

const insideOf = (tag: string) => [...page.matchAll(new RegExp(`<${tag}(?: [^>]*)?>([^]*?)</${tag}>`, 'g'))].map((m) => m[1]!)

it('the page that checks weighs at most 50 KB, all included', () => {
  console.log(`verify.html: ${Buffer.byteLength(page)} bytes`)
  expect(Buffer.byteLength(page)).toBeLessThanOrEqual(bytesMost)
})

it('its policy lets its own script and style run, and nothing else, and nothing is asked', () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)![1]!
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const [data, script] = insideOf('script')
  expect(data).toBe('{}')
  expect(policy).toBe(`default-src 'none'; script-src ${hash(script!)}; style-src ${hash(insideOf('style')[0]!)}; base-uri 'none'; form-action 'none'`)
  expect(insideOf('script').length).toBe(2)
  expect(page).not.toMatch(/<link|<img|<iframe|\ssrc=|@import|url\(|\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|EventSource|\bimport\(|\beval\(|style=/)
})

it('there is one place for what comes with the page, and what is broken there is nothing', () => {
  expect(page.split('<script id="embedded" type="application/json">{}</script>').length).toBe(2)
  expect(embeddedOf('<main></main><script id="embedded" type="application/json">{"keys": ["k"]}</script><script>1</script>')).toBe('{"keys": ["k"]}')
  expect(embeddedOf(page)).toBe('{}')
  expect(embeddedOf('<main></main>')).toBe('')
  expect(embeddedIn('{"keys": ["k", 1], "proofs": [{"name": "a", "proof": "b"}, 7, {}]}')).toEqual({ keys: ['k'], proofs: [{ name: 'a', proof: 'b' }, { name: '', proof: '' }, { name: '', proof: '' }] })
  for (const nothing of ['', '{', 'null', '[]', '{"keys": "k"}']) expect(embeddedIn(nothing)).toEqual({ keys: [], proofs: [] })
})

it('an address holds keys, and a proof or the name of one', () => {
  const [log, other] = [testKey('pioneer.example/a&b=c').verifier, testKey('library.example', 4).verifier]
  expect(addressIn(keysAddress([log, other]))).toEqual({ keys: [log, other] })
  expect(addressIn('#p=123&k=x')).toEqual({ keys: ['x'], digits: '123' })
  const leaf = 'a'.repeat(64)
  expect(addressIn(`#o=pioneer.example/x&i=5&h=${leaf}`).named).toEqual({ origin: 'pioneer.example/x', index: '5', leaf })
  for (const none of [`#o=x&i=05&h=${leaf}`, '#o=x&i=5&h=aa', `#i=5&h=${leaf}`, '', '#', '#%', '#k', '#zz=1']) expect(addressIn(none)).toEqual({ keys: [] })
})

it('a receipt on paper is its whole proof where a code holds it, else its name', async () => {
  const at = 'https://pioneer.example/verify.html'
  const [small, large] = [200, 20_000].map((payload) => proofFile({ record: recordOf(3n, bodyOf(5n, 'request/5k2', 'RequestSubmitted', payload)) }))
  const printed = async (file: string) => {
    const proof = proofIn(Buffer.from(file))
    return paperAddress(at, file, proof, await leafHash(proof.record!))
  }
  const whole = await printed(small!)
  expect(whole.whole).toBe(true)
  expect(fileIn(addressIn(whole.text.slice(at.length)).digits!)).toBe(small)
  expect(pastedIn(whole.text)).toEqual({ digits: whole.digits })
  expect(pastedIn(` ${whole.digits}\n`)).toEqual({ digits: whole.digits })
  const name = await printed(large!)
  expect([name.whole, name.digits]).toEqual([false, ''])
  expect(pastedIn(name.text)).toEqual({ named: { origin: 'pioneer.example/test', index: '3', leaf: Buffer.from(await leafHash(proofIn(Buffer.from(large!)).record!)).toString('hex') } })
  // A text field takes the last line break, and some systems change the others.
  expect(pastedIn(`\n${small!.trimEnd()}`)).toEqual({ file: small })
  expect(pastedIn(small!.replaceAll('\n', '\r\n'))).toEqual({ file: small })
})
