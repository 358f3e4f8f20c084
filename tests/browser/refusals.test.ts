// A rule's no, wherever a member meets one: it is told in words, and a receipt of it is had by one tap.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { proofWords } from '@/words/proofs'
import { expectNoBarriers } from './barriers'
import { askFor, call, newcomer, offer, openCity, type Person, type Stand } from './city'
import { city, device, goTo, onStage, playIn, press, until, type Look } from './stage'
import { said } from './words'

onStage()
const w = said('zh')
let stand: Stand
beforeAll(async () => {
  stand = await openCity({ before: (run, data) => void run('log', 'raise-level', '--data', data) })
  playIn(stand.city)
})
afterAll(async () => {
  playIn(undefined)
  await stand?.leave()
})

const as = <T>(who: Person, path: string, body: object = {}) => call<T>(city(), who.token, path, body)
/** A page that does not hear what others do meanwhile. */
async function deaf(who: Person, path: string, look: Look = {}): Promise<Page> {
  const page = await device(who, look)
  await page.route(/\/api\/v1\/events/, (r) => r.abort())
  await goTo(page, path)
  return page
}

/** The one component that all of them have: asks for the receipt, and opens it. */
async function proven(page: Page, command: string): Promise<void> {
  await press(page.getByRole('button', { name: w.receipt.prove }))
  await press(page.getByRole('link', { name: w.receipt.refused }))
  await page.waitForURL(/\/receipt\/\d+/)
  await page.getByText(proofWords.zh.event.CommandRefused).first().waitFor()
  const position = new URL(page.url()).pathname.split('/')[2]!
  const { items } = await call<{ items: { events: { type: string; command?: string }[] }[] }>(city(), stand.city.auditor.token, `log?from=${position}&limit=1`)
  expect(JSON.stringify(items[0])).toContain(command)
}

it('rating what one has rated already, on another device', async () => {
  const id = await offer(city(), { title: '评过的课', starts: -2, ends: 1 })
  const { claimId } = await as<{ claimId: string }>(city().neighbour, `products/${id}/claims`, { places: 1 })
  await as(city().cadre, `products/${id}/claims/${claimId}/check-in`)
  const page = await deaf(city().neighbour, `/products/${id}/claims/${claimId}/rate`)
  await page.getByRole('button', { name: w.rate.send }).waitFor()
  await as(city().neighbour, `products/${id}/claims/${claimId}/rating`, { stars: 4 })
  await press(page.getByRole('button', { name: w.rate.send }))
  await page.getByRole('alert').waitFor()
  await expectNoBarriers(page, 'a rating refused')
  await proven(page, 'RateClaim')
})

it('withdrawing what was withdrawn, in a sheet; what is only missing has no receipt', async () => {
  const id = await askFor(city(), city().member, '门铃坏了')
  await as(city().cadre, `requests/${id}/accept`)
  await as(city().cadre, `requests/${id}/resolve`, { text: '换好了' })
  const page = await deaf(city().member, `/requests/${id}`)
  await press(page.getByRole('button', { name: w.acts.disputeWords }))
  const sheet = page.locator('dialog[open]')
  await press(sheet.getByRole('button', { name: w.acts.dispute }))
  await sheet.getByRole('alert').getByText(w.acts.needWords).waitFor()
  expect(await sheet.getByRole('button', { name: w.receipt.prove }).count()).toBe(0)
  await as(city().member, `requests/${id}/confirm`)
  await sheet.locator('#act-text').fill('还是不响')
  await press(sheet.getByRole('button', { name: w.acts.dispute }))
  await sheet.getByRole('button', { name: w.receipt.prove }).waitFor()
  await expectNoBarriers(page, 'a sheet, refused')
  await proven(page, 'DisputeRequest')
})

it('asking where nobody is any more', async () => {
  const { id, name } = await as<{ id: string; name: string }>(city().administrator, 'organisations', { name: '旧厂宿舍', level: 'community', parent: city().street.id })
  const person = await newcomer(city(), city().administrator.token, '老邻居', id)
  const page = await deaf(person, '/ask')
  await press(page.locator('.kind').first())
  await page.getByText(name).first().waitFor()
  await press(page.getByRole('button', { name: w.ask.next }))
  await page.locator('#words').fill('楼道灯不亮')
  await as(city().administrator, `organisations/${id}/close`)
  await press(page.getByRole('button', { name: w.ask.send }))
  await proven(page, 'SubmitRequest')
})

it('what an elder said is refused when its ten minutes are over: the notice has the receipt', async () => {
  const id = await askFor(city(), city().elder, '水管漏了')
  await as(city().cadre, `requests/${id}/accept`)
  await as(city().cadre, `requests/${id}/resolve`, { text: '换了管子' })
  await as(city().elder, `requests/${id}/confirm`)
  const page = await device(city().elder, { mode: 'elder' })
  await page.clock.install()
  await page.route(/\/api\/v1\/events/, (r) => r.abort())
  await goTo(page, `/requests/${id}`)
  await press(page.getByRole('group', { name: w.acts.howWasIt }).getByRole('button').last())
  await page.getByText(new RegExp(w.notice.undoFor.replace('{n}', '\\d+'))).waitFor()
  await as(city().elder, `requests/${id}/rate`, { stars: 3 })
  await page.clock.fastForward(11 * 60_000)
  await until(async () => (await page.locator('.notices [role=alert]').count()) > 0, 'the notice tells of the refusal')
  await expectNoBarriers(page, 'a notice of a refusal')
  await proven(page, 'RateRequest')
})

it('a log that records no refusals says so', async () => {
  playIn(undefined)
  try {
    const id = await offer(city(), { title: '只有一席', capacity: 1, waitlist: false })
    const page = await deaf(city().member, `/products/${id}`)
    const button = page.getByRole('button', { name: w.product.claim, exact: true })
    await button.waitFor()
    await as(city().neighbour, `products/${id}/claims`, { places: 1 })
    await press(button)
    await press(page.getByRole('button', { name: w.receipt.prove }))
    await page.getByText(w.receipt.unrecorded).waitFor()
  } finally {
    playIn(stand.city)
  }
})
