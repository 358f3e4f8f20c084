// The page that checks receipts: from a stick, without a network, by file, by drop, by paste, by what came with it; read by everybody.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { keysAddress } from '@/proofs/address'
import { paperOf } from '@/proofs/paper'
import { proofWords } from '@/words/proofs'
import { expectNoBarriers } from './barriers'
import { web } from './city'
import { checkedAgain, city, device, everything, goTo, onStage, picture, type Look } from './stage'

onStage()
const golden = resolve(import.meta.dirname, '../golden/receipts')
const kept = (name: string) => readFileSync(join(golden, name), 'utf8')
const keys = kept('keys.txt').trim().split('\n')
const page = readFileSync(join(web, 'verify.html'), 'utf8')
let stick = ''
beforeAll(() => {
  stick = mkdtempSync(join(tmpdir(), 'pioneer-stick-'))
  writeFileSync(join(stick, 'verify.html'), page)
})
afterAll(() => rmSync(stick, { recursive: true, force: true }))

const file = (name: string, text: string | Buffer) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
/** The page on a device that has no network at all. */
async function fromStick(hash = '', look: Look = {}, text = page): Promise<Page> {
  writeFileSync(join(stick, 'verify.html'), text)
  const opened = await device(undefined, look)
  await opened.context().setOffline(true)
  await opened.goto(pathToFileURL(join(stick, 'verify.html')).href + hash)
  await opened.locator('h1').waitFor()
  return opened
}
const verdict = (on: Page, which: string) => on.locator(`.result.${which}`).first().waitFor()

it('a receipt is dropped, a key is typed and remembered; a changed byte is refused', async () => {
  const w = proofWords.zh
  const on = await fromStick()
  await on.setInputFiles('#file', join(golden, '5.tlog-proof'))
  await on.getByRole('heading', { name: w.verdict.unknown }).waitFor()
  await on.locator('.result').getByText(w.why.no_key.replace('{origin}', 'pioneer.example/golden')).first().waitFor()

  await on.locator('#keys').fill(keys.join('\n').replace('0be8b827', '0be8b828'))
  await on.getByRole('button', { name: w.page.keep }).click()
  await on.getByText(w.why.bad_key_id.split('{')[0]!).waitFor()
  await on.locator('#keys').fill(keys.join('\n'))
  await on.getByRole('button', { name: w.page.keep }).click()
  await on.getByRole('heading', { name: w.verdict.good }).waitFor()
  await on.getByText(w.event.RequestProgressed).waitFor()
  await on.getByText('从那时起').waitFor()
  expect(on.url()).toContain(keysAddress(keys))

  await on.reload()
  await on.setInputFiles('#file', file('changed', kept('5.tlog-proof').replace('index 5', 'index 4')))
  await on.getByRole('heading', { name: w.verdict.bad }).waitFor()
  await on.locator('.result').getByText(w.why.not_in_tree).first().waitFor()
  expect(await on.locator('.result.good').count()).toBe(0)
  // The focus stands on what was found.
  expect(await on.evaluate(() => document.activeElement?.tagName)).toBe('H2')
})

it('what is no receipt is named for what it is, and nothing is held against it', async () => {
  const w = proofWords.zh
  const on = await fromStick(keysAddress(keys))
  const promise = `pioneer.example/golden/promise\nposition 7\n${'A'.repeat(43)}=\nreceived 2026-03-01T08:00:00Z\nby 2026-03-01T08:01:00Z\n\n\u2014 pioneer.example/golden C+i4J${'A'.repeat(91)}\n`
  const header = Buffer.from(promise).toString('base64')
  const isNamed = async (title: string) => {
    await on.getByRole('heading', { name: title }).waitFor()
    expect([await on.locator('.result.bad').count(), await on.locator('.result.other').count()]).toEqual([0, 1])
    expect(await on.locator('.result').getByText(/改过|不要相信/).count()).toBe(0)
  }
  for (const [name, bytes] of [['picture.jpg', Buffer.from([0xff, 0xd8, 0xff])], ['letter.pdf', '%PDF-1.7\n'], ['empty', '']] as const) {
    await on.setInputFiles('#file', file(name, bytes))
    await on.locator('.result').getByText(name, { exact: true }).waitFor()
    await isNamed(w.file.none)
  }
  await on.setInputFiles('#file', file('a.promise', promise))
  await isNamed(w.file.promise)
  await on.locator('.result').getByText('pioneer.example/golden', { exact: true }).waitFor()
  await expectNoBarriers(on, 'verify, a promise')
  await picture(on, 'verify-promise')
  await on.locator('#paste').fill('hello')
  await on.getByRole('button', { name: w.page.check, exact: true }).click()
  await isNamed(w.file.none)
  await on.locator('#paste').fill(header)
  await on.getByRole('button', { name: w.page.check, exact: true }).click()
  await isNamed(w.file.promise)
  // Beside a receipt it is counted apart; a receipt whose line breaks were changed on its way was meant as one, and is not good.
  await on.setInputFiles('#file', [file('a.promise', promise), file('5', kept('5.tlog-proof').replaceAll('\n', '\r\n'))])
  await on.getByRole('heading', { name: w.page.many.bad.replace('{n}', '1').replace('{all}', '1') }).waitFor()
  await on.getByText(w.page.many.other.replace('{n}', '1')).waitFor()
  // In a page that claims to hold receipts it is a wrong one.
  const inside = JSON.stringify({ keys, proofs: [{ name: 'x', proof: promise }] })
  const bundle = await fromStick('', {}, page.replace('type="application/json">{}', () => `type="application/json">${inside}`))
  await verdict(bundle, 'bad')
})

it('a receipt is dropped with the mouse, and another is pasted, by text or as the address of a paper', async () => {
  const on = await fromStick(keysAddress(keys), { size: 'desktop', language: 'en' })
  const w = proofWords.en
  // A key that came with an address counts once a person has compared it.
  const drop = await on.evaluateHandle((text) => {
    const held = new DataTransfer()
    held.items.add(new File([text], '13.tlog-proof'))
    return held
  }, kept('13.tlog-proof'))
  await on.dispatchEvent('main', 'drop', { dataTransfer: drop })
  await on.getByRole('heading', { name: w.verdict.ownWord }).waitFor()
  await on.locator('.result').getByRole('button', { name: w.page.compared }).click()
  await on.getByRole('heading', { name: w.verdict.good }).waitFor()
  await on.getByText(w.notWitnessed).waitFor() // the witnesses' keys were not compared

  await on.locator('#paste').fill(kept('1.tlog-proof'))
  await on.getByRole('button', { name: w.page.check, exact: true }).click()
  await on.getByText(w.page.pasted).waitFor()
  await verdict(on, 'good')
  const address = `https://pioneer.example/verify.html#p=${paperOf(kept('0.tlog-proof'))}`
  await on.locator('#paste').fill(address)
  await on.getByRole('button', { name: w.page.check, exact: true }).click()
  await on.getByText(w.page.paper, { exact: true }).waitFor()
  await on.getByText(w.opened).waitFor()
  await verdict(on, 'good')
  await on.locator('#paste').fill(address.slice(0, -20))
  await on.getByRole('button', { name: w.page.check, exact: true }).click()
  await on.getByText(w.why.bad_paper).waitFor()
  expect(await on.locator('.result.bad').count()).toBe(0) // read badly is not wrong
})

it('a paper that is scanned is checked at once, and kept as a file; one without room for its proof names its record', async () => {
  const w = proofWords.zh
  const on = await fromStick(`#p=${paperOf(kept('5.tlog-proof'))}`)
  await verdict(on, 'unknown')
  await on.locator('#keys').fill(keys[0]!)
  await on.getByRole('button', { name: w.page.keep }).click()
  await verdict(on, 'good')
  const [saved] = await Promise.all([on.waitForEvent('download'), on.getByRole('button', { name: w.page.save }).click()])
  expect(saved.suggestedFilename()).toBe('pioneer-5.tlog-proof')
  expect(readFileSync(await saved.path(), 'utf8')).toBe(kept('5.tlog-proof'))

  // The server's page has the log's key: what is scanned is good at once.
  const served = page.replace('type="application/json">{}', () => `type="application/json">${JSON.stringify({ keys: [keys[0]] })}`)
  const scanned = await fromStick(`#p=${paperOf(kept('5.tlog-proof'))}`, {}, served)
  await verdict(scanned, 'good')

  const leaf = '4679556b3db005e2b36214e61418a608f1ad97a2992389b5d6059ad71d950e69' // the log's head: its last record
  const named = await fromStick(`#o=pioneer.example/golden&i=13&h=${leaf}`)
  await named.getByText('这张纸写的是').waitFor()
  await named.setInputFiles('#file', join(golden, '13.tlog-proof'))
  await named.getByText(w.page.sameLeaf).waitFor()
  await named.setInputFiles('#file', join(golden, '5.tlog-proof'))
  await named.getByText(w.page.otherLeaf).waitFor()
})

it('proofs that stand in the page are checked as it opens; they and their key prove nothing until the key is compared', async () => {
  const w = proofWords.zh
  const bundle = (proofs: string[]) => {
    const inside = JSON.stringify({ keys, proofs: proofs.map((proof, i) => ({ name: `</script> ${i}`, proof })) }).replaceAll('<', '\\u003c')
    return page.replace('type="application/json">{}', () => `type="application/json">${inside}`)
  }
  const good = ['0', '1', '5', '13'].map((i) => kept(`${i}.tlog-proof`))
  const on = await fromStick('', {}, bundle(good))
  await verdict(on, 'ownWord')
  expect(await on.locator('.result.good').count()).toBe(0)
  // What the page found by itself comes first, then what is left for a person.
  const four = (text: string) => text.replace('{n}', '4').replace('{all}', '4')
  expect(await on.locator('.result h2').allTextContents()).toEqual([four(w.page.many.fits), w.page.left])
  await picture(on, 'verify-to-compare')
  await on.locator('div.result').getByRole('button', { name: w.page.compared }).click()
  await on.getByRole('heading', { name: four(w.page.many.good) }).waitFor()
  await checkedAgain(on)
  expect(await on.getByText(w.page.left).count()).toBe(0)
  await on.locator('details.result summary').first().click()
  await on.getByText(w.notWitnessed).first().waitFor()
  const changed = await fromStick('', {}, bundle([...good, good[2]!.replace('index 5', 'index 4')]))
  await verdict(changed, 'bad')
  expect(await changed.locator('details.result').first().getAttribute('class')).toContain('bad')
  expect(await changed.locator('.result h2').first().textContent()).toBe(w.page.many.bad.replace('{n}', '1').replace('{all}', '5'))
})

it('a browser without Ed25519 says what it could not check', async () => {
  const w = proofWords.zh
  const opened = await device(undefined)
  await opened.context().addInitScript(() => {
    const own = crypto.subtle.importKey.bind(crypto.subtle)
    crypto.subtle.importKey = ((...all: Parameters<typeof own>) => (all[2] === 'Ed25519' ? Promise.reject(new DOMException('', 'NotSupportedError')) : own(...all))) as typeof own
  })
  writeFileSync(join(stick, 'verify.html'), page)
  await opened.goto(pathToFileURL(join(stick, 'verify.html')).href)
  await opened.locator('#keys').fill(keys.join('\n'))
  await opened.getByRole('button', { name: w.page.keep }).click()
  await opened.setInputFiles('#file', join(golden, '1.tlog-proof'))
  await opened.getByRole('heading', { name: w.verdict.unknown }).waitFor()
  await opened.locator('.result').getByText(w.why.no_ed25519).first().waitFor()
})

it('the server gives the page with its own policy and its own key', async () => {
  const served = await fetch(`${city().url}/verify.html`)
  expect(served.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/)
  const on = await device(undefined)
  await goTo(on, '/verify.html')
  await on.locator('#keys-part summary').click()
  await on.getByText(proofWords.zh.page.from.page).waitFor()
  // With the application's service worker, which knows other pages by heart, it is still this page.
  const worked = await device(undefined, { serviceWorker: true })
  await goTo(worked, '/')
  await worked.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await goTo(worked, '/verify.html')
  await worked.locator('#paste').waitFor()
})

it.each((everything ? (['light', 'dark'] as const) : (['dark'] as const)).flatMap((theme) => (['zh', 'en'] as const).map((language) => [theme, language] as const)))('is read by everybody, %s, %s', async (theme, language) => {
  const w = proofWords[language]
  const on = await fromStick('', { theme, language })
  await expectNoBarriers(on, 'verify, empty')
  await on.setInputFiles('#file', join(golden, '5.tlog-proof'))
  await verdict(on, 'unknown')
  await expectNoBarriers(on, 'verify, unknown')
  await on.locator('#keys').fill(keys.join('\n'))
  await on.getByRole('button', { name: w.page.keep }).click()
  await verdict(on, 'good')
  await on.locator('.result summary').click()
  await expectNoBarriers(on, 'verify, good')
  await picture(on, `verify-${theme}-${language}`)
  await on.getByRole('button', { name: w.page.large }).click()
  await on.setViewportSize({ width: 320, height: 640 })
  await on.setInputFiles('#file', file('x', kept('5.tlog-proof').replace('extra U', 'extra V')))
  await verdict(on, 'bad')
  await expectNoBarriers(on, 'verify, bad')
  expect(await on.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  // By the keyboard alone: language, size, file, text, check.
  await on.reload()
  await on.locator('#file').waitFor({ state: 'attached' })
  await on.keyboard.press('Tab')
  const reached: string[] = []
  for (let i = 0; i < 5; i++) {
    reached.push(await on.evaluate(() => document.activeElement?.id || document.activeElement?.textContent || ''))
    await on.keyboard.press('Tab')
  }
  expect(reached).toEqual([w.page.other, w.page.large, 'file', 'paste', w.page.check])
})
