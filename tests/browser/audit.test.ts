// An auditor's day: the log in words, any moment of a board, what became different, where a figure comes from, who looked at whom.
import { beforeAll, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { askFor, call, newcomer, offer, type Person } from './city'
import { howQuiet } from './incidents'
import { city, device, goTo, onStage, patience, picture, until } from './stage'
import { said, saidOfPast } from './words'

onStage({ stays: true })
const w = said('en')
const p = saidOfPast('en')
const desk = { size: 'desktop', language: 'en' } as const

/** A community of its own, so that no other story's requests are counted. */
interface Place {
  id: string
  name: string
  cadre: Person
  request: string
  other: string
  before: string // a moment before the second request, and after the first
}
let place: Place
const ofAdministrator = <T>(path: string, body?: unknown) => call<T>(city(), city().administrator.token, path, body)

beforeAll(async () => {
  const { id } = await ofAdministrator<{ id: string }>('organisations', { name: '审计社区', level: 'community', parent: city().street.id })
  const cadre = await newcomer(city(), city().administrator.token, '何干部', id, 'cadre')
  const request = await askFor(city(), city().member, '楼道灯不亮', 'repair', '三楼那盏。', id)
  const { items } = await call<{ items: { recordedAt: string }[] }>(city(), city().auditor.token, `streams/request/${request}`)
  const other = await askFor(city(), city().neighbour, '水管漏水', 'repair', '厨房。', id)
  await call(city(), cadre.token, `requests/${request}/accept`, {})
  await call(city(), cadre.token, `requests/${request}/progress`, { text: '师傅在路上。' })
  place = { id, name: '审计社区', cadre, request, other, before: items.at(-1)!.recordedAt }
})

const count = (page: Page, state: string) => page.locator('.column', { has: page.getByRole('heading', { name: new RegExp(`^\\s*${state}`) }) }).locator('.card-button').count()
const asOf = (page: Page) => page.locator('.bar .as-of')

it('home says how the log stands and leads to all that can be done', async () => {
  const page = await device(city().auditor, desk)
  await goTo(page, '/audit')
  await page.getByText(p.home.alone).waitFor()
  // First what the screen says: it looks again every ten seconds.
  const shown = Number(await page.locator('.size').textContent())
  const { size } = await call<{ size: string }>(city(), city().auditor.token, 'log/state')
  expect(shown).toBeLessThanOrEqual(Number(size))
  await picture(page, 'audit-home')
  for (const [name, title] of [[p.home.log, p.log.title], [p.home.differences, p.differences.title], [p.home.openings, p.openings.title], [p.home.incidents, p.incidents.title]] as const) {
    await goTo(page, '/audit')
    await page.locator('main a.card', { hasText: name }).click()
    await page.locator('h1', { hasText: title }).waitFor()
  }
  await page.getByText(await howQuiet()).waitFor()
  // The page that checks receipts knows which key is meant.
  await goTo(page, '/audit')
  await page.locator('main a[href*="#k="]', { hasText: p.home.receipt }).click()
  await page.waitForURL((u) => u.pathname === '/verify.html')
  await goTo(page, '/audit/incidents')
  await page.getByText(p.incidents.voidEmbedded).waitFor()
})

it('a board is seen as of any moment, by the bar, the keys, the field and from event to event; nothing can be done there', async () => {
  const page = await device(city().auditor, desk)
  await goTo(page, `/boards/${place.id}`)
  await until(async () => (await count(page, w.state.submitted)) === 1, 'one is new')
  await page.getByRole('button', { name: w.nav.lookBack }).click()
  const bar = page.getByRole('slider', { name: p.time.bar })
  await bar.waitFor()
  // From event to event, back to before the second request.
  const step = page.getByRole('button', { name: p.time.before })
  for (let i = 0; i < 3; i++) {
    const was = page.url()
    await step.click()
    await page.waitForURL((u) => u.href !== was)
  }
  await until(async () => (await count(page, w.state.submitted)) === 2 && (await count(page, w.state.accepted)) === 0, 'both are new')
  await page.getByText(/This is as of/).waitFor()
  await step.click()
  await until(async () => (await count(page, w.state.submitted)) === 1, 'only the first is there')
  expect(new URL(page.url()).searchParams.get('at')).toBe(place.before)
  // The one beside the board is of that moment, too, and offers nothing.
  await page.locator(`.card-button[data-id="${place.request}"]`).click()
  await page.locator('.beside ol li').first().waitFor()
  expect(await page.locator('.beside ol li').count()).toBe(1)
  expect(await page.locator('.beside [data-act]').count()).toBe(0)
  await page.locator('.beside').getByRole('button', { name: w.close }).click()
  await picture(page, 'audit-board-then')
  // A day earlier there was no log: the bar stops at its beginning, where the board is empty.
  await bar.focus()
  await page.keyboard.press('ArrowLeft')
  await until(async () => (await count(page, w.state.submitted)) === 0, 'nothing is there')
  await page.keyboard.press('End')
  await until(async () => (await asOf(page).textContent())?.includes(p.time.now) ?? false, 'now')
  await until(async () => (await count(page, w.state.in_progress)) === 1, 'as it is')
  // An exact moment, and one that has not come.
  await page.getByLabel(p.time.field).fill('2999-01-01T00:00:00')
  await page.getByRole('button', { name: p.time.go, exact: true }).click()
  await page.getByText(p.time.notYet).waitFor()
  // With the address somebody else sees the same.
  await goTo(page, `/boards/${place.id}?at=${place.before}`)
  await until(async () => (await count(page, w.state.submitted)) === 1 && (await asOf(page).textContent())!.includes('as of'), 'the same moment')
  await page.getByRole('button', { name: p.time.back }).click()
  await until(async () => (await count(page, w.state.in_progress)) === 1, 'back to now')
})

it('a cadre looks back, too, and does nothing there by mistake', async () => {
  const page = await device(place.cadre, desk)
  await goTo(page, `/boards/${place.id}?at=${place.before}`)
  await until(async () => (await count(page, w.state.submitted)) === 1, 'the past')
  await page.locator('.card-button').first().focus()
  await page.keyboard.press('a')
  await page.keyboard.press('s')
  expect(await page.locator('dialog[open]').count()).toBe(0)
  expect(await count(page, w.state.submitted)).toBe(1)
  expect((await call<{ state: string }>(city(), place.cadre.token, `requests/${place.other}`)).state).toBe('submitted')
  await goTo(page, '/audit/log')
  await page.waitForURL((u) => u.pathname === '/')
})

it('a request and a product are followed through time, and compared with now', async () => {
  const page = await device(city().auditor, desk)
  await goTo(page, `/requests/${place.request}?at=${place.before}`)
  await page.getByText(/This is as of/).waitFor()
  await until(async () => (await page.locator('.course .step').count()) === 1, 'only that it was asked')
  await page.getByRole('button', { name: p.time.after }).click()
  await until(async () => (await page.locator('.course .step').count()) === 2, 'accepted')
  await page.getByRole('button', { name: p.time.before }).click()
  await page.getByRole('link', { name: w.request.compare }).click()
  await page.locator('[data-field=state]').waitFor()
  expect(await page.locator('[data-field=state]').textContent()).toContain(w.state.in_progress)
  expect(await page.locator('[data-type=RequestProgressed]').textContent()).toContain('师傅在路上。')
  const product = await offer(city(), { title: '时间里的课', capacity: 5 })
  const [made] = (await call<{ items: { recordedAt: string }[] }>(city(), city().auditor.token, `streams/product/${product}`)).items
  await call(city(), city().cadre.token, `products/${product}/capacity`, { capacity: 9 })
  await goTo(page, `/products/${product}?at=${made!.recordedAt}`)
  await page.getByText('5 of 5 left').waitFor()
  await page.getByRole('button', { name: p.time.back }).click()
  await page.getByText('9 of 9 left').waitFor()
})

it('the log is read in words, from either end, narrowed, and opened as recorded', async () => {
  const page = await device(city().auditor, desk)
  await goTo(page, `/audit/log?organisation=${place.id}&kind=request`)
  const entries = page.locator('.entry-of-log')
  await entries.nth(3).waitFor()
  await page.getByText(`The cadre of ${place.name} accepted it`).waitFor()
  expect(await entries.count()).toBe(4)
  expect(await entries.first().textContent()).toContain('sealed')
  expect(await page.locator('main').textContent()).not.toContain('师傅在路上')
  await page.getByText(p.log.oldest).click()
  await until(async () => /asked 审计社区 for help/.test((await entries.first().textContent()) ?? ''), 'the oldest first')
  await entries.first().getByText(p.entry.raw).click()
  await entries.first().locator('pre', { hasText: '"leafHash"' }).waitFor()
  // From here to the stream, where whoever may see the request reads its texts.
  await entries.first().getByRole('link', { name: p.entry.stream }).click()
  await page.getByText('Title: 楼道灯不亮').waitFor()
  await page.locator('[data-type=RequestProgressed]', { hasText: '师傅在路上。' }).waitFor()
  // By number.
  const position = await entries.first().getAttribute('data-position')
  await goTo(page, '/audit/log')
  await page.getByLabel(p.log.fromPosition).fill(position!)
  await page.getByLabel(p.log.fromPosition).press('Enter')
  // It may stand on the screen before, further down: only that it is the first says that the list is the new one.
  await until(async () => (await entries.first().getAttribute('data-position')) === position, 'the entry of that number first')
})

it('two moments of a board: what came and what moved, and how many events of each kind', async () => {
  const page = await device(city().auditor, desk)
  await goTo(page, `/audit/differences/${place.id}?from=${place.before}`)
  await page.locator('[data-change=came]', { hasText: '水管漏水' }).waitFor()
  await page.locator('[data-change=moved]', { hasText: '楼道灯不亮' }).waitFor()
  await page.locator('tr', { hasText: p.type.RequestAccepted }).locator('td', { hasText: '1' }).waitFor()
  await picture(page, 'audit-differences')
  await page.getByLabel(p.differences.to).fill('2001-01-01T00:00:00')
  await page.getByRole('button', { name: p.differences.compare }).click()
  await page.getByText(p.differences.wrongOrder).waitFor()
})

it('a figure opens the requests that it counts, as of the same moment, and they lead to their streams', async () => {
  const page = await device(city().auditor, desk)
  await goTo(page, `/figures/${place.id}?at=${place.before}`)
  await page.getByText(/This is as of/).waitFor()
  await page.getByRole('link', { name: `${w.state.submitted}: 1. See which ones` }).click()
  await page.locator('[data-why=sum] .figure', { hasText: '1' }).waitFor()
  await page.getByText(p.why.countedAgain).waitFor()
  expect(await page.locator('[data-id]').count()).toBe(1)
  await picture(page, 'audit-why')
  await page.locator(`[data-id="${place.request}"]`).getByRole('link', { name: p.why.stream }).click()
  await page.locator('.entry-of-log').first().waitFor()
  expect(await page.locator('.entry-of-log').count()).toBe(1)
})

it('who looked at whose record: the auditor sees posts, the person sees who looked at theirs', async () => {
  const asker = await newcomer(city(), city().administrator.token, '钱阿姨', place.id)
  const request = await askFor(city(), asker, '想请人读信', 'repair', '眼睛不好。', place.id)
  for (let i = 0; i < 2; i++) await call(city(), place.cadre.token, `requests/${request}`)
  const phone = await device(asker)
  await goTo(phone, '/settings')
  await phone.getByRole('button', { name: said('zh').settings.showLooks }).click()
  // Whoever registered them looked, too.
  await until(async () => (await phone.locator('li[data-position]', { hasText: '审计社区的干部' }).count()) === 2, 'two looks')
  const page = await device(city().auditor, desk)
  await goTo(page, `/audit/openings/${place.id}`)
  await page.locator('tr', { hasText: `the cadre of ${place.name}` }).first().waitFor({ timeout: patience })
  expect(await page.locator('main').textContent()).not.toContain('钱阿姨')
  await picture(page, 'audit-openings')
})
