// A cadre's day at the board, and two cadres at one.
import { describe, expect, it } from 'vitest'
import { askFor, call } from './city'
import { city, device, everything, goTo, onStage, until, type Language, type Size } from './stage'
import { said } from './words'

onStage()
const all: [Size, Language][] = [['desktop', 'zh'], ['desktop', 'en']]
interface BoardView {
  columns: { state: string; count: number }[]
}
const counts = async (state: string) => (await call<BoardView>(city(), city().cadre.token, `boards/${city().community.id}?subtree=true`)).columns.find((c) => c.state === state)?.count ?? 0

describe.each(everything ? all : all.slice(0, 1))("a cadre's morning, %s, %s", (size, language) => {
  const w = said(language)

  it('triages 20 new requests in at most 60 keystrokes', async () => {
    for (let i = 0; i < 20; i++) await askFor(city(), city().neighbour, `第 ${i + 1} 件 ${language}`)
    const before = await counts('submitted')
    const page = await device(city().cadre, { size, language })
    await goTo(page, `/boards/${city().community.id}`)
    await page.locator('.card-button.current').waitFor()
    let keys = 0
    const press = async (key: string) => {
      keys++
      await page.keyboard.press(key)
    }
    // What is found there takes its turn too; twenty are taken.
    for (let i = 0; i < 20; i++) {
      const id = await page.locator('.card-button.current').getAttribute('data-id')
      await press('a')
      await until(async () => (await page.locator('.card-button.current').getAttribute('data-id', { timeout: 500 }).catch(() => null)) !== id, 'the next card')
    }
    await until(async () => (await counts('submitted')) === before - 20, 'twenty are accepted')
    expect(keys).toBeLessThanOrEqual(60)
    await page.getByRole('heading', { name: w.board.title.replace('{name}', city().community.name) }).waitFor()
  })

  it('moves, searches, opens, tells news and solves with evidence by keys', async () => {
    const id = await askFor(city(), city().member, `特别的灯 ${language}`, 'street_light')
    const page = await device(city().cadre, { size, language })
    await goTo(page, `/boards/${city().community.id}`)
    await page.locator('.card-button.current').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type(`特别的灯 ${language}`)
    await page.keyboard.press('Enter')
    await until(async () => (await page.locator('.card-button').count()) === 1, 'one is found')
    await page.keyboard.press('a')
    await until(async () => (await call<{ state: string }>(city(), city().cadre.token, `requests/${id}`)).state === 'accepted', 'accepted')
    await page.locator(`.column[aria-label="${w.state.accepted}"] .card-button[data-id="${id}"]`).waitFor()
    await page.keyboard.press('l')
    await page.locator(`.card-button.current[data-id="${id}"]`).waitFor()
    await page.keyboard.press('p')
    await page.locator('#act-text').waitFor()
    await page.keyboard.type('电工下午来')
    await page.locator('dialog[open] button[type=submit]').click()
    await page.locator('.beside').getByText('电工下午来').waitFor()
    await page.locator('[data-act=resolve]').click()
    await page.locator('#act-text').fill('换了新灯')
    await page.setInputFiles('dialog[open] input[type=file]', { name: 'lamp.png', mimeType: 'image/png', buffer: await page.screenshot() })
    await page.locator('dialog[open] .shot img').waitFor()
    await page.locator('dialog[open] button[type=submit]').click()
    await until(async () => (await call<{ state: string }>(city(), city().cadre.token, `requests/${id}`)).state === 'awaiting_confirmation', 'resolved')
    await page.locator('.beside .open img').first().waitFor()
    await page.keyboard.press('?')
    await page.getByText(w.keys.accept, { exact: true }).first().waitFor()
  })
})

it('narrows the board to a kind and to what is late, and shows all again', async () => {
  const w = said('zh')
  await askFor(city(), city().member, '楼道的味道', 'sanitation')
  await askFor(city(), city().member, '漏水的管子', 'water_supply')
  const page = await device(city().cadre, { size: 'desktop' })
  await goTo(page, `/boards/${city().community.id}`)
  await page.locator('.card-button', { hasText: '楼道的味道' }).first().waitFor()
  const kind = await page.locator('#board-kind option', { hasText: await page.locator('.card-button', { hasText: '漏水的管子' }).locator('.kind').innerText() }).getAttribute('value')
  await page.locator('#board-kind').selectOption(kind)
  await page.locator('.card-button', { hasText: '楼道的味道' }).waitFor({ state: 'detached' })
  await page.locator('.card-button', { hasText: '漏水的管子' }).waitFor()
  await page.getByLabel(w.board.onlyOverdue).check()
  await page.locator('.card-button').first().waitFor({ state: 'detached' })
  await page.getByRole('button', { name: w.board.showAll }).click()
  await page.locator('.card-button', { hasText: '楼道的味道' }).first().waitFor()
})

// How soon is measured by `ops/bench web-cadres`: within a second.
it('two cadres on one board see each other', async () => {
  const [one, two] = [await device(city().cadre, { size: 'desktop' }), await device(city().cadre2, { size: 'desktop' })]
  for (const page of [one, two]) {
    await goTo(page, `/boards/${city().community.id}`)
    await page.locator('.columns').waitFor()
    await page.locator('#board-search').fill('两个人都在看')
  }
  const id = await askFor(city(), city().member, '两个人都在看')
  await two.locator(`[data-id="${id}"]`).waitFor()
  await one.locator(`[data-id="${id}"]`).click()
  await one.locator('.beside [data-act=accept]').click()
  const card = two.locator('.column', { has: two.getByRole('heading', { name: said('zh').state.accepted }) }).locator(`[data-id="${id}"]`)
  await card.waitFor()
  await one.locator('.beside [data-act=assign]').click()
  await one.getByRole('button', { name: said('zh').acts.toMe }).click()
  const taken = said('zh').request.official.replace('{name}', city().cadre.name)
  await one.locator('.beside').getByText(taken).waitFor()
  await card.click()
  await two.locator('.beside').getByText(taken).waitFor()
})

it('sees how much is open in figures, place by place, and goes to a place', async () => {
  const w = said('zh')
  const id = await askFor(city(), city().member, '算进数字的事')
  const page = await device(city().cadre, { size: 'desktop' })
  await goTo(page, `/figures/${city().community.id}`)
  const submitted = page.getByRole('row', { name: new RegExp(w.state.submitted) }).getByRole('cell').first()
  await until(async () => Number(await submitted.innerText()) === (await counts('submitted')), 'as many as on the board')
  await page.locator('canvas').first().waitFor()
  const before = await counts('submitted')
  await call(city(), city().cadre.token, `requests/${id}/accept`, {})
  await until(async () => Number(await submitted.innerText()) === before - 1, 'one fewer, without being asked')
  const administrator = await device(city().administrator, { size: 'desktop' })
  await goTo(administrator, `/figures/${city().street.id}`)
  await administrator.getByRole('link', { name: city().community.name, exact: true }).click()
  await administrator.getByRole('heading', { name: w.board.title.replace('{name}', city().community.name) }).waitFor()
})

it('makes a product with a preview, offers it, copies it', async () => {
  const w = said('zh')
  const page = await device(city().cadre, { size: 'desktop' })
  await goTo(page, '/products/new')
  await page.locator('#title').fill('青年快线')
  await page.locator('#text').fill('周五晚上送大家回家。')
  await page.getByText(w.kind.transport).first().click()
  await page.locator('#day-0').fill('2099-05-01')
  await page.locator('#venue-0').fill('园区东门')
  await page.locator('aside').getByText('青年快线').waitFor()
  await page.setInputFiles('form input[type=file]', { name: 'bus.png', mimeType: 'image/png', buffer: await page.screenshot() })
  await page.locator('aside img.picture').waitFor()
  await page.getByRole('button', { name: w.editor.publish }).click()
  await page.waitForURL(/\/products\/(?!new)\w+/)
  const shown = () => page.locator('.frame img.picture').evaluate((i) => (i as HTMLImageElement).decode().then(() => i.getAttribute('src')!))
  const first = await shown()
  await page.getByRole('button', { name: w.work.pictures }).click()
  await page.locator('dialog[open] .shot .off').click()
  await page.setInputFiles('dialog[open] input[type=file]', { name: 'other.png', mimeType: 'image/png', buffer: await page.screenshot() })
  await page.locator('dialog[open] .shot img').waitFor()
  await page.getByRole('button', { name: w.work.keepPictures }).click()
  await page.locator(`.frame img:not([src="${first}"])`).waitFor()
  const second = await shown()
  const member = await device(city().member)
  await goTo(member, `/market?q=${encodeURIComponent('青年快线')}`)
  await member.locator(`a.tile img[src="${second}"]`).waitFor()
  await page.getByRole('link', { name: w.work.copy }).click()
  await until(async () => (await page.locator('#title').inputValue()) === '青年快线', 'the copy has its words')
  await page.locator(`form .shot img[src="${second}"]`).waitFor()
})

it('registers a resident at the desk and gives them a way in', async () => {
  const w = said('zh')
  const page = await device(city().cadre, { size: 'desktop', theme: 'dark' })
  await goTo(page, '/people')
  await page.locator('#name').fill('新来的人')
  await page.getByRole('button', { name: w.people.register }).click()
  await page.getByRole('button', { name: w.people.slip }).click()
  // On paper stands the slip alone, black on white.
  await page.emulateMedia({ media: 'print' })
  expect(await page.locator('.code').isVisible()).toBe(true)
  for (const other of [page.locator('#name'), page.getByRole('button', { name: w.print.go })]) expect(await other.isVisible()).toBe(false)
  expect(await page.locator('dialog[open]').evaluate((d) => getComputedStyle(d).backgroundColor)).toBe('rgb(255, 255, 255)')
  await page.emulateMedia({ media: 'screen' })
  const link = await page.locator('dialog svg.qr').getAttribute('data-text')
  const phone = await device(undefined, { size: 'phone' })
  await phone.goto(link!)
  await phone.getByText('新来的人').waitFor()
})

it('finds a resident who is registered by their number, and gives them a new way in', async () => {
  const w = said('zh')
  await call(city(), city().cadre.token, 'members', { name: '丢了手机的人', phone: '13911112222', organisation: city().community.id })
  const page = await device(city().cadre, { size: 'desktop' })
  await goTo(page, '/people')
  await page.locator('#known-phone').fill('13911113333')
  await page.getByRole('button', { name: w.people.find }).click()
  await page.getByText(w.people.notFound).waitFor()
  await page.locator('#known-phone').fill('139 1111 2222')
  await page.getByRole('button', { name: w.people.find }).click()
  await page.getByRole('heading', { name: '丢了手机的人' }).waitFor()
  await page.getByRole('button', { name: w.people.slip }).click()
  const phone = await device(undefined, { size: 'phone' })
  await phone.goto((await page.locator('dialog svg.qr').getAttribute('data-text'))!)
  await phone.getByText('丢了手机的人').waitFor()
})

it('finds one of 1,351 organisations by a few letters', async () => {
  const page = await device(undefined, { size: 'desktop' })
  await goTo(page, '/organisations')
  await page.locator('#organisation-words').fill(city().community.name.slice(0, 4))
  await page.locator('.pick', { hasText: city().community.name }).first().click()
  await page.getByRole('heading', { name: city().community.name }).first().waitFor()
})

it('walks down to a large street and back: all of it is there, and the last of it by the keyboard alone', async () => {
  const large = await call<{ id: string; children: number }>(city(), city().administrator.token, 'organisations/320582100')
  const page = await device(undefined, { size: 'desktop' })
  await goTo(page, `/organisations/${large.id}`)
  const picks = page.locator('.pick')
  await until(async () => (await picks.count()) === large.children, 'all of them', 15_000)
  await picks.last().focus()
  await until(() => picks.last().evaluate((e) => e.getBoundingClientRect().bottom <= innerHeight), 'the last one is seen')
  await page.keyboard.press('Enter')
  await page.waitForURL((u) => u.pathname !== `/organisations/${large.id}`)
  await page.goBack()
  await until(async () => (await picks.count()) === large.children, 'all of them again')
})

it('a request beside the board leaves the cards as they are', async () => {
  await askFor(city(), city().member, '旁边打开的卡片')
  const page = await device(city().cadre, { size: 'desktop' })
  await goTo(page, `/boards/${city().community.id}`)
  const card = page.locator('.card-button', { hasText: '旁边打开的卡片' })
  const width = () => card.evaluate((e) => e.getBoundingClientRect().width)
  const before = await width()
  await card.click()
  await page.locator('.beside ol').waitFor()
  expect(await width()).toBe(before)
  const [board, beside] = await Promise.all(['.columns', '.beside'].map((s) => page.locator(s).evaluate((e) => e.getBoundingClientRect().toJSON() as DOMRect)))
  expect(board!.right).toBeLessThanOrEqual(beside!.left)
  await page.keyboard.press('Escape')
  await page.locator('.beside').waitFor({ state: 'detached' })
  expect(await width()).toBe(before)
})
