// A board of 10,000 cards and a shop of 1,000 products: from the input to the next paint, on a processor slowed four times; and how soon
// two cadres at that board see each other.
import { afterAll, beforeAll, it } from 'vitest'
import { askFor, openCity, type Stand } from '../../browser/city'
import { device, goTo, onStage, playIn, until } from '../../browser/stage'
import { figure, manyProducts, manyRequests, timed } from './figures'

const cards = process.env.PIONEER_QUICK ? 1_000 : 10_000
const products = process.env.PIONEER_QUICK ? 200 : 1_000
let stand: Stand
onStage()
beforeAll(async () => {
  stand = await openCity()
  playIn(stand.city)
  const began = Date.now()
  await Promise.all([manyRequests(stand.city, cards), manyProducts(stand.city, products)])
  console.log(`made in ${Date.now() - began} ms`)
})
afterAll(() => stand?.leave())

it('board', async () => {
  const page = await device(stand.city.cadre, { size: 'desktop' })
  const timer = await timed(page, 4)
  await goTo(page, `/boards/${stand.city.community.id}`)
  await page.locator('.card-button.current').waitFor()
  const rounds = async (phase: string) => {
    for (let i = 0; i < 9; i++) await timer.of(`${phase}: next card`, () => page.keyboard.press('j'))
    for (let i = 0; i < 5; i++) for (const k of ['l', 'h']) await timer.of(`${phase}: next column`, () => page.keyboard.press(k))
    for (let i = 0; i < 5; i++) {
      await timer.of(`${phase}: accept`, () => page.keyboard.press('a'))
      await page.waitForTimeout(500)
    }
    for (let i = 0; i < 5; i++) {
      await timer.of(`${phase}: open`, () => page.locator('.column').first().locator('.card-button').nth(3 + i).click())
      await page.locator('.beside dl, .beside ol').first().waitFor()
      await page.waitForTimeout(300)
    }
    for (let i = 0; i < 3; i++) {
      await timer.of(`${phase}: close`, () => page.keyboard.press('Escape'))
      await page.waitForTimeout(300)
      await page.locator('.column').first().locator('.card-button').nth(3).click()
      await page.locator('.beside dl, .beside ol').first().waitFor()
    }
    await page.keyboard.press('Escape')
    for (let i = 0; i < 3; i++) {
      await page.locator('#board-search').click()
      for (const c of '路灯 7') await timer.of(`${phase}: search`, () => page.keyboard.press(c).catch(() => page.keyboard.insertText(c)))
      await page.waitForTimeout(300)
      for (let n = 0; n < 4; n++) await timer.of(`${phase}: search less`, () => page.keyboard.press('Backspace'))
      await page.keyboard.press('Enter')
    }
  }
  await rounds('opened')
  const held = () => page.evaluate(() => [...document.querySelectorAll<HTMLElement>('.column .all')].reduce((n, e) => n + Math.round(e.offsetHeight / 116), 0))
  // Everything into the page, by the key for the end.
  let last = 0
  for (let c = 0; c < 4; c++) {
    for (;;) {
      await page.keyboard.press('G')
      const more = await until(async () => (await held()) > last, 'more cards', 2_500).then(() => true, () => false)
      if (!more) break
      last = await held()
    }
    await page.keyboard.press('l')
  }
  for (const k of ['g', 'h', 'h', 'h', 'h', 'h', 'g']) await page.keyboard.press(k)
  await rounds('all in the page')
  timer.tell('web-board', `${cards} cards, ${last} of them read into the page for the second half`)
})

it('market', async () => {
  const page = await device(stand.city.member, { size: 'phone' })
  const timer = await timed(page, 4)
  await goTo(page, '/market')
  const tiles = page.locator('a.tile')
  await tiles.first().waitFor()
  const more = page.locator('main .act.more')
  const height = () => page.evaluate(() => document.documentElement.scrollHeight)
  while (await more.count()) {
    const before = await height()
    await more.scrollIntoViewIfNeeded() // one taps what one sees
    await timer.of('more', () => more.tap())
    if (!(await until(async () => (await height()) > before || !(await more.count()), 'more tiles', 5_000).then(() => true, () => false))) break
  }
  const top = async () => {
    await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }))
    await page.waitForTimeout(500) // it is drawn before anybody can aim at it
  }
  for (let i = 0; i < 3; i++)
    for (const n of [1, 0]) {
      await top()
      await timer.of('kind', () => page.locator('.kinds label').nth(n).tap())
      await page.waitForTimeout(500)
      await tiles.first().waitFor()
    }
  for (let i = 0; i < 3; i++) {
    await timer.of('week', () => page.locator('header .act').first().tap())
    await page.waitForTimeout(500)
    await timer.of('list', () => page.locator('header .act').first().tap())
    await page.waitForTimeout(500)
  }
  for (let i = 0; i < 5; i++) {
    await timer.of('open', () => tiles.nth(i).tap())
    await page.locator('.lead').waitFor()
    await page.waitForTimeout(300)
    await timer.of('back', () => page.locator('header .tool').first().tap())
    await tiles.first().waitFor()
    await page.waitForTimeout(300)
  }
  timer.tell('web-market', `${products} products, all of them read into the page`)
})

it('cadres', async () => {
  const [one, two] = [await device(stand.city.cadre, { size: 'desktop' }), await device(stand.city.cadre2, { size: 'desktop' })]
  for (const page of [one, two]) {
    await goTo(page, `/boards/${stand.city.community.id}`)
    await page.locator('.card-button.current').waitFor()
    await page.locator('#board-search').fill('两个人都在看')
  }
  const took: number[] = []
  for (let i = 0; i < 5; i++) {
    const id = await askFor(stand.city, stand.city.member, `两个人都在看 ${i}`)
    await two.locator(`[data-id="${id}"]`).waitFor({ timeout: 60_000 })
    await one.locator(`[data-id="${id}"]`).click()
    await one.locator('.beside [data-act=accept]').waitFor()
    const began = Date.now()
    await one.locator('.beside [data-act=accept]').click()
    await two.locator(`.column:nth-child(2) [data-id="${id}"]`).waitFor()
    took.push(Date.now() - began)
  }
  figure({ name: 'web-cadres', unit: 'ms', value: took.sort((a, b) => a - b)[2]!, note: `from one cadre's tap to the other's screen, the median of ${took.length}, the worst ${took.at(-1)} ms` })
})
