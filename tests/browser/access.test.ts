// Everybody can use it: axe on every screen, targets and text as large as promised, nothing sideways.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { findings } from './barriers'
import { askFor, call, offer, type Person } from './city'
import { everything as incidents, tell } from './incidents'
import { city, device, everything, goTo, onStage, picture, press, until, type Language, type Look, type Size } from './stage'
import { said } from './words'

onStage({ stays: true })
/** What can be tapped and is smaller than promised. Links within a sentence follow the text's size, as the guidelines allow. */
const smallTargets = (page: Page, least: number) =>
  page.evaluate((px) => {
    const small: string[] = []
    for (const e of document.querySelectorAll<HTMLElement>('a[href], button, input:not([type=hidden]), select, textarea, label:has(input)')) {
      const style = getComputedStyle(e)
      const r = e.getBoundingClientRect()
      if (r.width < 2 || r.height < 2 || style.visibility === 'hidden' || e.closest('[inert], .only-read, .skip, dialog:not([open])')) continue
      if (e.matches('input[type=checkbox], input[type=radio]') && e.closest('label')) continue
      if (e.matches('.van-stepper__input')) continue
      if (style.display === 'inline') continue
      if (r.height < px - 0.5 || r.width < px - 0.5) small.push(`${Math.round(r.width)}x${Math.round(r.height)} ${e.outerHTML.slice(0, 120)}`)
    }
    return small
  }, least)

const smallText = (page: Page, least: number) =>
  page.evaluate((px) => {
    const small = new Set<string>()
    const walker = document.createTreeWalker(document.querySelector('#app')!, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement!
      if (!walker.currentNode.textContent?.trim() || parent.closest('.only-read, svg, dialog:not([open])')) continue
      const style = getComputedStyle(parent)
      if (parseFloat(style.fontSize) < px - 0.1) small.add(`${style.fontSize} ${parent.textContent!.slice(0, 40)}`)
      if (parseFloat(style.lineHeight) / parseFloat(style.fontSize) < 1.295) small.add(`line ${style.lineHeight} of ${style.fontSize} ${parent.textContent!.slice(0, 40)}`)
    }
    return [...small]
  }, least)

const wide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

interface Screen {
  name: string
  path: string
  as?: 'cadre' | 'auditor' | 'nobody'
  size?: Size
  then?: (page: Page) => Promise<unknown>
  busy?: number // what is always shown as loading there
}
let main: Screen[] = []
let more: Screen[] = []

/** The words of whichever language the page is in. */
const on = async (page: Page) => said(((await page.evaluate(() => document.documentElement.lang)) === 'en' ? 'en' : 'zh') as Language)
const tap = async (page: Page, name: string) => press(page.getByRole('button', { name, exact: true }).first())
const sheet = (page: Page) => page.locator('dialog[open] h2').first().waitFor()

async function toWhere(page: Page): Promise<void> {
  await press(page.locator('.kind').first())
  await page.getByText((await on(page)).ask.forWhom).waitFor()
}
async function toWords(page: Page): Promise<void> {
  await press(page.locator('.kind').first())
  await tap(page, (await on(page)).ask.next)
  await page.locator('#words').waitFor()
}
async function toPlaces(page: Page): Promise<void> {
  await press(page.locator('.kind').first())
  await tap(page, (await on(page)).ask.other)
  await page.locator('dialog[open] .pick').first().waitFor()
}
async function openOnBoard(page: Page, id: string): Promise<void> {
  await page.locator('#board-search').fill(id)
  await press(page.locator(`.card-button[data-id="${id}"]`))
  await page.locator('.beside ol').waitFor()
}
async function demo(page: Page): Promise<void> {
  await page.route('**/demo.json', (r) => r.fulfill({ json: { roles: [['member', city().member], ['cadre', city().cadre]].map(([role, who]) => ({ role, where: city().community.name, token: (who as Person).token })) } }))
  await page.reload()
  await page.locator('[data-day=cadre]').waitFor()
}

async function allIncidents(page: Page): Promise<void> {
  await tell(page, incidents)
  await page.reload()
  await page.locator('[data-contradiction=over]').waitFor()
  for (const summary of await page.locator('details summary').all()) await summary.click()
}

async function firstScreens(request: string, product: string): Promise<Screen[]> {
  return [
    { name: 'home', path: '/' },
    { name: 'ask', path: '/ask' },
    { name: 'request', path: `/requests/${request}` },
    { name: 'market', path: '/market' },
    { name: 'product', path: `/products/${product}` },
    { name: 'ticket', path: `/products/${product}/claims/1` },
    { name: 'rate', path: `/products/${product}/claims/1/rate` },
    { name: 'mine', path: '/mine' },
    { name: 'settings', path: '/settings' },
    { name: 'organisations', path: '/organisations' },
    { name: 'print', path: `/print/request/${request}` },
    { name: 'nowhere', path: '/nowhere' },
    { name: 'style', path: '/style', busy: 2 },
    { name: 'sign-in', path: '/in', as: 'nobody' },
    { name: 'board', path: `/boards/${city().community.id}`, as: 'cadre' },
    { name: 'shelves', path: '/shelves', as: 'cadre' },
    { name: 'attendance', path: `/products/${product}/attendance`, as: 'cadre' },
    { name: 'editor', path: '/products/new', as: 'cadre' },
    { name: 'people', path: '/people', as: 'cadre' },
    { name: 'figures', path: '/figures', as: 'cadre' },
    { name: 'audit', path: '/audit', as: 'auditor' },
    { name: 'audit-log', path: `/audit/log?organisation=${city().community.id}`, as: 'auditor' },
  ]
}

/** Steps, sheets and states behind the first screens, and the desk's own layout. */
async function screensBehind(request: string, product: string): Promise<Screen[]> {
  const board = `/boards/${city().community.id}`
  const [solved, closed] = [await askFor(city(), city().member, '等您说解决了没有'), await askFor(city(), city().member, '等您打星')]
  for (const id of [solved, closed]) for (const [act, body] of [['accept', {}], ['resolve', { text: '好了' }]] as const) await call(city(), city().cadre.token, `requests/${id}/${act}`, body)
  await call(city(), city().member.token, `requests/${closed}/confirm`, {})
  const past = await offer(city(), { title: '来过的人', starts: -1, ends: 2 })
  for (const who of [city().member, city().neighbour]) await call(city(), who.token, `products/${past}/claims`, { places: 1 })
  await call(city(), city().cadre.token, `products/${past}/claims/1/check-in`, {})
  const began = (await call<{ items: { recordedAt: string }[] }>(city(), city().auditor.token, `streams/request/${request}`)).items[0]!.recordedAt
  const choose = async (page: Page) => {
    await openOnBoard(page, request)
    await page.keyboard.press('s')
    await page.locator('dialog[open] .pick, dialog[open] li').first().waitFor()
  }
  const progress = async (page: Page) => {
    await press(page.locator('[data-act=progress]'))
    await page.locator('#act-text').waitFor()
  }
  return [
    { name: 'ask-where', path: '/ask', then: toWhere },
    { name: 'ask-words', path: '/ask', then: toWords },
    { name: 'ask-place', path: '/ask', then: toPlaces },
    { name: 'week', path: '/market', then: async (page) => (await tap(page, (await on(page)).market.week), page.locator('.week .day').nth(6).waitFor()) },
    { name: 'demo', path: '/demo', as: 'nobody', then: demo },
    { name: 'check-in', path: '/check-in', as: 'cadre' },
    { name: 'organisation', path: `/organisations/${city().street.id}` },
    { name: 'print-product', path: `/print/product/${product}` },
    { name: 'print-ticket', path: `/print/ticket/${product}/1` },
    { name: 'board-request', path: board, as: 'cadre', then: (page) => openOnBoard(page, request) },
    { name: 'board-keys', path: board, as: 'cadre', then: (page) => page.keyboard.press('?').then(() => sheet(page)) },
    { name: 'board-assign', path: board, as: 'cadre', then: choose },
    { name: 'progress', path: `/requests/${request}`, as: 'cadre', then: progress },
    { name: 'slip', path: '/settings', then: async (page) => (await tap(page, (await on(page)).settings.another), page.locator('dialog[open] svg.qr').waitFor()) },
    { name: 'confirming', path: `/requests/${solved}` },
    { name: 'rating', path: `/requests/${closed}` },
    { name: 'rating-words', path: `/requests/${closed}`, then: async (page) => (await tap(page, (await on(page)).acts.withWords), sheet(page)) },
    { name: 'attended', path: `/products/${past}/claims/1` },
    { name: 'scanner', path: `/products/${past}/attendance`, as: 'cadre', then: async (page) => (await tap(page, (await on(page)).door.scan), page.locator('.pick input').waitFor()) },
    { name: 'desk-board', path: board, as: 'cadre', size: 'desktop', then: (page) => openOnBoard(page, request) },
    { name: 'desk-home', path: '/', size: 'desktop' },
    { name: 'desk-market', path: '/market', as: 'cadre', size: 'desktop' },
    { name: 'desk-figures', path: '/figures', as: 'cadre', size: 'desktop' },
    { name: 'desk-editor', path: '/products/new', as: 'cadre', size: 'desktop' },
    { name: 'audit-stream', path: `/audit/streams/request/${request}`, as: 'auditor', then: (page) => page.locator('details summary').first().click() },
    { name: 'audit-differences', path: `/audit/differences/${city().community.id}`, as: 'auditor', then: (page) => page.locator('[data-change=came]').waitFor() },
    { name: 'audit-request', path: `/audit/differences?stream=request/${request}&from=${began}`, as: 'auditor', then: (page) => page.locator('[data-field=state]').waitFor() },
    { name: 'audit-openings', path: `/audit/openings/${city().community.id}`, as: 'auditor' },
    { name: 'audit-incidents', path: '/audit/incidents', as: 'auditor' },
    { name: 'audit-all-incidents', path: '/audit/incidents', as: 'auditor', then: allIncidents },
    { name: 'why', path: `/figures/${city().community.id}/why/open`, as: 'auditor' },
    { name: 'board-then', path: `${board}?at=${began}`, as: 'cadre', then: (page) => page.locator('.bar.past').waitFor() },
    { name: 'request-then', path: `/requests/${request}?at=${began}`, as: 'cadre', then: (page) => page.locator('.bar.past').waitFor() },
    { name: 'looks', path: '/settings', then: async (page) => (await tap(page, (await on(page)).settings.showLooks), page.locator('li[data-position], .empty').first().waitFor()) },
    { name: 'desk-board-then', path: `${board}?at=${began}`, as: 'auditor', size: 'desktop', then: (page) => page.locator('.bar.past').waitFor() },
  ]
}

beforeAll(async () => {
  const request = await askFor(city(), city().member, '三号楼二单元门口的路灯坏了，晚上老人回家看不清台阶，请早一点来看一看好不好')
  await call(city(), city().cadre.token, `requests/${request}/accept`, {})
  const product = await offer(city(), { title: 'Staff refuelling station: electrician’s course for everybody in the park' })
  await call(city(), city().member.token, `products/${product}/claims`, { places: 1 })
  main = await firstScreens(request, product)
  more = await screensBehind(request, product)
})

/** Those who look at screens: one device for each who and size, in this mode. */
function lookers(look: Look) {
  const devices = new Map<string, Promise<Page>>()
  return ({ as, size = 'phone' }: Screen): Promise<Page> => {
    const who = as === 'nobody' ? undefined : as === 'cadre' ? city().cadre : as === 'auditor' ? city().auditor : city().member
    const key = `${as} ${size}`
    if (!devices.has(key)) devices.set(key, device(who, { ...look, size, ...(size === 'desktop' ? { width: undefined, height: undefined } : {}) }))
    return devices.get(key)!
  }
}

async function openScreen(page: Page, { name, path, then, busy = 0 }: Screen): Promise<void> {
  await goTo(page, path)
  await page.locator('h1').first().waitFor()
  const loaded = () => until(async () => (await page.locator('[aria-busy=true]:visible').count()) === busy, `${name} is loaded`)
  await loaded()
  if (!then) return
  await then(page)
  await loaded()
}

const modes = (['normal', 'elder'] as const).flatMap((mode) => (['light', 'dark'] as const).flatMap((theme) => (['zh', 'en'] as const).map((language) => ({ mode, theme, language }))))
// By day the first screens in two faces, and each of those behind them in one.
const faces = everything ? modes : modes.filter(({ mode, theme, language }) => `${mode} ${theme} ${language}` === 'normal light en' || `${mode} ${theme} ${language}` === 'elder dark zh')

describe.each(faces)('$mode mode, $theme, $language', (face) => {
  const { mode, theme, language } = face
  const least = mode === 'elder' ? 60 : 44
  const behind = () => more.filter((_, i) => everything || i % 2 === faces.indexOf(face))

  it('every screen is free of violations, with targets and text as large as promised, nothing sideways', async () => {
    const looker = lookers(face)
    const found: string[] = []
    for (const screen of [...main, ...behind()]) {
      const page = await looker(screen)
      await openScreen(page, screen)
      await page.evaluate(() => document.fonts.ready.then(() => undefined))
      if (mode === 'normal' || screen.as !== 'cadre') await picture(page, `${screen.name}-${mode}-${theme}-${language}`)
      for (const f of [...(await findings(page)), ...(await smallTargets(page, least)), ...(mode === 'elder' ? await smallText(page, 18) : [])]) found.push(`${screen.name}: ${f}`)
      if ((await wide(page)) > 0) found.push(`${screen.name}: ${await wide(page)} px sideways`)
    }
    expect(found).toEqual([])
  })

  // 320 px wide is a phone, or a small window, at 200%; 30 px is the largest text.
  const large = { '200%': { width: 320, height: 640 }, ...(mode === 'elder' ? { 'the largest text': { textSize: 30 } } : {}) }
  it.each(Object.entries(large))('at %s nothing is lost sideways', async (what, look) => {
    const looker = lookers({ ...face, ...look })
    const found: string[] = []
    for (const screen of [...main, ...(everything ? more : [])]) {
      if (screen.size === 'desktop') continue
      const page = await looker(screen)
      await openScreen(page, screen)
      if ((await wide(page)) > 0) found.push(`${screen.name}: ${await wide(page)} px sideways at ${what}`)
    }
    expect(found).toEqual([])
  })
})
