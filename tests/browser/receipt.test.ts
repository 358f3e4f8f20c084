// Receipts: of a claim, a request, a rating; saved, checked here and on a page without a network, printed with a code that holds all of it.
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { fileIn } from '@/proofs/paper'
import { proofWords } from '@/words/proofs'
import { expectNoBarriers } from './barriers'
import { askFor, call, offer, openCity, web } from './city'
import { checkedAgain, city, device, everything, goTo, onStage, picture, playIn, press, readQr, until, type Language, type Look } from './stage'
import { said } from './words'

onStage()
const looks: Look[] = everything
  ? (['zh', 'en'] as const).flatMap((language) => (['normal', 'elder'] as const).flatMap((mode) => (['phone', 'desktop'] as const).map((size): Look => ({ language, mode, size }))))
  : [{ language: 'zh', mode: 'elder', size: 'phone' }, { language: 'en', mode: 'normal', size: 'desktop', theme: 'dark' }]

/** Checked on another device, which has no network and only what stands on a stick: the page and the file. */
async function onStick(file: string, look: Look): Promise<{ page: Page; leave: () => void }> {
  const stick = mkdtempSync(join(tmpdir(), 'pioneer-stick-'))
  copyFileSync(join(web, 'verify.html'), join(stick, 'verify.html'))
  const page = await device(undefined, look)
  await page.context().setOffline(true)
  await page.goto(pathToFileURL(join(stick, 'verify.html')).href)
  const { verifier } = await call<{ verifier: string }>(city(), city().member.token, 'tickets/key')
  await page.setInputFiles('#file', { name: 'receipt.tlog-proof', mimeType: 'text/plain', buffer: Buffer.from(file) })
  await page.locator('.result.unknown').waitFor()
  await page.locator('#keys').fill(verifier)
  await page.getByRole('button', { name: proofWords[look.language ?? 'zh'].page.keep }).click()
  return { page, leave: () => rmSync(stick, { recursive: true, force: true }) }
}

describe.each(looks)('$language, $mode, $size', (look) => {
  const language = look.language as Language
  const w = said(language)
  const p = proofWords[language]

  it('a claim has a receipt: saved, checked here, and checked from a stick with the network cut', async () => {
    const title = `风筝课 ${language} ${look.mode} ${look.size}`
    const id = await offer(city(), { title, capacity: 5 })
    const page = await device(city().member, look)
    await goTo(page, `/products/${id}`)
    await press(page.getByRole('button', { name: w.product.claim, exact: true }))
    await page.waitForURL(/\/claims\/1/)
    await press(page.getByRole('link', { name: w.receipt.link, exact: true }))
    await page.getByRole('heading', { name: title }).waitFor()
    await page.getByText(p.event.ClaimPlaced).waitFor()
    await page.getByText(w.receipt.noWitness).waitFor()
    await expectNoBarriers(page, 'receipt')

    const [saved] = await Promise.all([page.waitForEvent('download'), press(page.getByRole('button', { name: w.receipt.save }))])
    const position = new URL(page.url()).pathname.split('/')[2]!
    expect(saved.suggestedFilename()).toBe(`pioneer-${position}.tlog-proof`)
    const file = readFileSync(await saved.path(), 'utf8')
    await press(page.getByRole('button', { name: w.receipt.check }))
    await page.getByRole('heading', { name: p.verdict.good }).waitFor()
    await page.locator('details summary').first().click()
    await expectNoBarriers(page, 'receipt, checked')
    await picture(page, `receipt-${language}-${look.mode}`)

    const stick = await onStick(file, look)
    await stick.page.getByRole('heading', { name: p.verdict.good }).waitFor()
    await stick.page.getByText(p.event.ClaimPlaced).waitFor()
    await stick.page.getByText(p.notWitnessed).waitFor()
    expect(await stick.page.getByText(city().member.name).count()).toBe(0)
    const changed = file.replace(/^extra (.{200})(.)/m, (_, before: string, letter: string) => `extra ${before}${letter === 'A' ? 'B' : 'A'}`)
    await stick.page.setInputFiles('#file', { name: 'changed', mimeType: 'text/plain', buffer: Buffer.from(changed) })
    await stick.page.getByRole('heading', { name: p.verdict.bad }).waitFor()
    stick.leave()

    // Seen once, it is there without a signal.
    await page.context().setOffline(true)
    await page.getByRole('button', { name: w.receipt.check }).click()
    await checkedAgain(page)
    await page.getByRole('heading', { name: p.verdict.good }).waitFor()
    await page.context().setOffline(false)
  })

  it('a paper holds all of it: any phone reads the code, and the page knows the rest', async () => {
    const id = await askFor(city(), city().member, '路灯坏了')
    const { course } = await call<{ course: { type: string; position: string }[] }>(city(), city().member.token, `requests/${id}`)
    const position = course.find((s) => s.type === 'RequestSubmitted')!.position
    const page = await device(city().member, { ...look, width: 900, height: 1200 })
    await goTo(page, `/receipt/${position}/paper`)
    await page.getByText(w.receipt.whole).waitFor()
    await expectNoBarriers(page, 'paper')
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByRole('button', { name: w.print.go }).isVisible()).toBe(false)
    await picture(page, `receipt-paper-${language}-${look.mode}`)
    const code = page.locator('svg.qr')
    const text = (await code.getAttribute('data-text'))!
    // The address that a phone reads from the paper is the page's, and what it holds is the file.
    expect(await readQr(await code.screenshot())).toBe(text)
    const pdf = await page.pdf({ format: 'A4' })
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length).toBe(1)
    const file = await fetch(`${city().url}/api/v1/receipts/${position}/proof`, { headers: { Authorization: `Bearer ${city().member.token}` } }).then((r) => r.text())
    // The log may have grown since: the same record at the same place, under a later checkpoint.
    const saysWhat = (proof: string) => proof.split('\n').slice(0, 3)
    expect(saysWhat(fileIn(text.slice(text.indexOf('#p=') + 3)))).toEqual(saysWhat(file))

    const phone = await device(undefined, { language })
    await phone.goto(text)
    await phone.getByRole('heading', { name: p.verdict.good }).waitFor()
    await phone.getByText(p.event.RequestSubmitted).waitFor()
  })
})

it('who asked has receipts beside what they said, from the first moment on; nobody else has any', async () => {
  const w = said('zh')
  const page = await device(city().member)
  await goTo(page, '/ask')
  await page.locator('.kind').first().click()
  await page.getByRole('button', { name: w.ask.next }).click()
  await page.locator('#words').fill('楼道灯不亮。麻烦来看看')
  await page.getByRole('button', { name: w.ask.send }).click()
  await page.waitForURL(/\/requests\/\w+/)
  const id = new URL(page.url()).pathname.split('/')[2]!
  await page.getByRole('link', { name: w.receipt.link, exact: true }).first().waitFor()
  const as = (who: { token: string }, act: string, body: object = {}) => call(city(), who.token, `requests/${id}/${act}`, body)
  await as(city().cadre, 'accept')
  await as(city().cadre, 'progress', { text: '明早来' })
  await as(city().cadre, 'resolve', { text: '换好了' })
  await as(city().member, 'confirm')
  await as(city().member, 'rate', { stars: 5 })
  await page.locator('.course').getByText(w.event.RequestRated).waitFor()
  const links = page.locator('.course').getByRole('link', { name: w.receipt.link })
  expect(await links.evaluateAll((all) => all.map((a) => a.getAttribute('aria-label')))).toEqual([w.event.RequestRated, w.event.RequestConfirmed, w.event.RequestSubmitted].map((e) => `${e}: ${w.receipt.link}`))
  await links.first().click()
  await page.getByText(proofWords.zh.event.RequestRated).waitFor()
  await page.getByRole('button', { name: w.receipt.check }).click()
  await page.getByRole('heading', { name: proofWords.zh.verdict.good }).waitFor()

  const cadre = await device(city().cadre, { size: 'desktop' })
  await goTo(cadre, `/requests/${id}`)
  await cadre.locator('.course').getByText(w.event.RequestRated).waitFor()
  expect(await cadre.locator('.course').getByRole('link', { name: w.receipt.link }).count()).toBe(0)
  const other = await device(city().neighbour)
  await goTo(other, new URL(page.url()).pathname)
  await until(async () => (await other.locator('[role=alert], .lost, .note, .card').count()) > 0, 'something is said')
  expect(await other.getByRole('button', { name: w.receipt.save }).count()).toBe(0)
})

it('a rating has a receipt, on the ticket', async () => {
  const w = said('zh')
  const id = await offer(city(), { title: '评过的课', starts: -2, ends: 1 })
  const { claimId } = await call<{ claimId: string }>(city(), city().neighbour.token, `products/${id}/claims`, { places: 1 })
  await call(city(), city().cadre.token, `products/${id}/claims/${claimId}/check-in`, {})
  const page = await device(city().neighbour)
  await goTo(page, `/products/${id}/claims/${claimId}/rate`)
  await page.getByRole('button', { name: w.rate.send }).click()
  await page.getByRole('link', { name: `${w.rate.title}: ${w.receipt.link}` }).click()
  await page.getByText(proofWords.zh.event.ClaimRated).waitFor()
})

describe('a refusal', () => {
  /** Asks for the last place, which somebody else has just taken. */
  async function tooLate(): Promise<Page> {
    const w = said('zh')
    const id = await offer(city(), { title: '只有一席', capacity: 1, waitlist: false })
    const page = await device(city().member)
    await page.route(/\/api\/v1\/events/, (r) => r.abort())
    await goTo(page, `/products/${id}`)
    const button = page.getByRole('button', { name: w.product.claim, exact: true })
    await button.waitFor()
    await call(city(), city().neighbour.token, `products/${id}/claims`, { places: 1 })
    await button.click()
    await page.getByRole('button', { name: w.receipt.prove }).click()
    return page
  }

  it('has a receipt where the log records refusals', async () => {
    const stand = await openCity({ before: (run, data) => void run('log', 'raise-level', '--data', data) })
    playIn(stand.city)
    try {
      const page = await tooLate()
      await page.getByRole('link', { name: said('zh').receipt.refused }).click()
      await page.getByText(proofWords.zh.event.CommandRefused).first().waitFor()
      await page.getByRole('button', { name: said('zh').receipt.check }).click()
      await page.getByRole('heading', { name: proofWords.zh.verdict.good }).waitFor()
    } finally {
      playIn(undefined)
      await stand.leave()
    }
  })

  it('is said to be unrecorded where it does not', async () => {
    const page = await tooLate()
    await page.getByText(said('zh').receipt.unrecorded).waitFor()
  })
})
