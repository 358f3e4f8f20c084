// A cadre's day at the board, and two cadres at one.
import { describe, expect, it } from 'vitest'
import { askFor, call, newcomer } from './city'
import { city, combinations, device, everything, goTo, onStage, press, until, type Language, type Size } from './stage'
import { said } from './words'

onStage()
// Keys belong to a desk; fingers have a story of their own.
const all: [Size, Language][] = everything ? [['desktop', 'zh'], ['desktop', 'en']] : [['desktop', 'zh']]
interface BoardView {
  columns: { state: string; count: number; cards: { id: string }[] }[]
}
interface Decided {
  id: string
  state: string
  officialName?: string
  organisation: { id: string }
}
const counts = async (state: string) => (await call<BoardView>(city(), city().cadre.token, `boards/${city().community.id}?subtree=true`)).columns.find((c) => c.state === state)?.count ?? 0

/** A community that no other story uses, with a cadre of its own. */
async function quietCommunity(nth: number) {
  const { items } = await call<{ items: { id: string; name: string }[] }>(city(), city().administrator.token, `organisations?parent=${city().street.id}&limit=9`)
  const place = items[nth]!
  return { place, cadre: await newcomer(city(), city().administrator.token, `干部 ${place.name}`, place.id, 'cadre') }
}

describe.each(all)("a cadre's morning by keys, %s, %s", (size, language) => {
  const w = said(language)

  it('triages 20 new requests in at most 60 keystrokes: 8 are accepted and taken on, 12 go to the street', async () => {
    const ours = (i: number) => i % 5 < 2
    const { place, cadre } = await quietCommunity(language === 'zh' ? 1 : 2)
    const asked: string[] = []
    for (let i = 0; i < 20; i++) asked.push(await askFor(city(), city().neighbour, `第 ${i + 1} 件${ours(i) ? '归我们' : '归街道'}`, 'repair', '请来看看。', place.id))
    const mine = asked.filter((_, i) => ours(i))
    const page = await device(cadre, { size, language })
    await goTo(page, `/boards/${place.id}`)
    let keys = 0
    const key = async (name: string) => {
      keys++
      await page.keyboard.press(name)
    }
    const current = page.locator('.card-button.current')
    const standing = () => current.evaluateAll((all) => (all[0] as HTMLElement | undefined)?.dataset.id)
    for (let i = 0; i < asked.length; i++) {
      const id = (await current.getAttribute('data-id'))!
      if (mine.includes(id)) await key('a')
      else {
        await key('s')
        await page.locator('dialog[open] li button', { hasText: city().street.name }).first().waitFor()
        await key('1')
        await page.locator('dialog[open]').waitFor({ state: 'detached' })
      }
      await until(async () => (await standing()) !== id, 'the next card')
    }
    // What the server knows stands on the board, in its order.
    const accepted = page.locator(`.column[aria-label="${w.state.accepted}"] .card-button`)
    const cards = (view: BoardView) => view.columns.flatMap((c) => (c.state === 'accepted' ? c.cards.map((card) => card.id) : []))
    await until(async () => {
      const known = cards(await call<BoardView>(city(), cadre.token, `boards/${place.id}?subtree=true`))
      const shown = await accepted.evaluateAll((all) => all.map((e) => (e as HTMLElement).dataset.id))
      return known.length === mine.length && JSON.stringify(known) === JSON.stringify(shown)
    }, 'the board is as the server has it')
    await key('l')
    for (let i = 0; i < mine.length; i++) {
      if (i > 0) await key('j')
      await page.locator(`.card-button.current[data-id="${await accepted.nth(i).getAttribute('data-id')}"]`).waitFor()
      await key('s')
      await page.locator('dialog[open]').waitFor()
      await key('0')
      await page.locator('dialog[open]').waitFor({ state: 'detached' })
    }
    expect(keys).toBeLessThanOrEqual(60)
    // Who has it is for officials to see; where it is, for who asked.
    await until(async () => (await Promise.all(mine.map((id) => call<Decided>(city(), cadre.token, `requests/${id}`)))).every((v) => v.officialName === cadre.name), 'each of ours has somebody')
    for (const id of asked) {
      const v = await call<Decided>(city(), city().neighbour.token, `requests/${id}`)
      expect([v.state, v.organisation.id]).toEqual(mine.includes(id) ? ['accepted', place.id] : ['submitted', city().street.id])
    }
    expect(await page.locator('[role=alert]').count()).toBe(0)
  })

  it('moves, searches, opens, tells news and solves with evidence by keys', async () => {
    const id = await askFor(city(), city().member, `特别的灯 ${language}`, 'street_light')
    const page = await device(city().cadre, { size, language })
    await goTo(page, `/boards/${city().community.id}`)
    await page.locator('.card-button.current').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type(`特别的灯 ${language}`)
    await until(async () => (await page.locator('.card-button').count()) === 1, 'one is found')
    await page.keyboard.press('Enter')
    await page.locator(`.card-button.current[data-id="${id}"]`).waitFor()
    await page.keyboard.press('a')
    await until(async () => (await call<{ state: string }>(city(), city().cadre.token, `requests/${id}`)).state === 'accepted', 'accepted')
    await page.locator(`.column[aria-label="${w.state.accepted}"] .card-button[data-id="${id}"]`).waitFor()
    await page.keyboard.press('l')
    await page.locator(`.card-button.current[data-id="${id}"]`).waitFor()
    await page.keyboard.press('p')
    await until(() => page.evaluate(() => document.activeElement?.id === 'act-text'), 'one may write')
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

// What a cadre does on the way, with one finger: who asked sees each step.
describe.each(everything ? (['zh', 'en'] as const) : (['zh'] as const))('at the board with a finger, %s', (language) => {
  const w = said(language)

  it('gives a request to another community by the picker, tells news and solves with pictures, which the asker sees', async () => {
    const { place } = await quietCommunity(3)
    const street = await newcomer(city(), city().administrator.token, '街道干部', city().street.id, 'cadre')
    const title = `楼下的积水 ${language}`
    const id = await askFor(city(), city().member, title)
    const asker = await device(city().member, { language })
    await goTo(asker, `/requests/${id}`)
    const page = await device(street, { language })
    await goTo(page, `/boards/${city().street.id}`)
    await page.locator('#board-search').fill(title)
    await press(page.locator(`.card-button[data-id="${id}"]`))
    const beside = page.locator('.beside')
    const act = (name: string) => press(beside.locator(`[data-act=${name}]`))

    await act('assign')
    await page.locator('#organisation-words').fill(place.name)
    await press(page.locator('dialog[open] .pick', { hasText: place.name }).filter({ hasText: city().street.name }).first())
    await beside.getByText(w.request.heldBy.replace('{name}', place.name)).first().waitFor()
    await asker.getByText(w.request.heldBy.replace('{name}', place.name)).first().waitFor()
    expect((await call<Decided>(city(), city().member.token, `requests/${id}`)).organisation.id).toBe(place.id)

    const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 200, height: 150 } })
    await act('accept')
    for (const [what, words, label] of [['progress', '水泵到了', w.photo.during], ['resolve', '水抽干了', w.photo.after]] as const) {
      await act(what)
      await page.locator('#act-text').fill(words)
      await page.setInputFiles('dialog[open] input[type=file]', { name: 'pump.png', mimeType: 'image/png', buffer: picture })
      await page.locator('dialog[open] .shot img').waitFor()
      await press(page.locator('dialog[open] button[type=submit]'))
      await page.locator('dialog[open]').waitFor({ state: 'detached' })
      // The asker's page is told, and the picture is one.
      await asker.getByText(words).waitFor()
      const shown = asker.getByRole('list', { name: label }).locator('img')
      await shown.scrollIntoViewIfNeeded()
      await until(() => shown.evaluate((i) => (i as HTMLImageElement).naturalWidth > 0), `${what}: the picture is there`)
    }
    expect((await call<Decided>(city(), city().member.token, `requests/${id}`)).state).toBe('awaiting_confirmation')
    await press(beside.getByRole('button', { name: w.close }))
    await beside.waitFor({ state: 'detached' })
    await page.locator(`.column[aria-label="${w.state.awaiting_confirmation}"] [data-id="${id}"]`).waitFor()
  })
})

describe.each(combinations('desktop'))("the rest of a cadre's day, %s, %s", (size, language) => {
  const w = said(language)

  it('narrows the board to a kind and to what is late, and shows all again', async () => {
    const { place, cadre } = await quietCommunity(3 + (size === 'phone' ? 2 : 0) + (language === 'en' ? 1 : 0))
    for (const [title, category] of [['楼道的味道', 'sanitation'], ['漏水的管子', 'water_supply']] as const) await askFor(city(), city().member, title, category, '请来看看。', place.id)
    const page = await device(cadre, { size, language })
    await goTo(page, `/boards/${place.id}`)
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

  it('sees how much is open in figures, place by place, and goes to a place', async () => {
    const id = await askFor(city(), city().member, '算进数字的事')
    const page = await device(city().cadre, { size, language })
    await goTo(page, `/figures/${city().community.id}`)
    const submitted = page.getByRole('row', { name: new RegExp(w.state.submitted) }).getByRole('cell').first()
    await until(async () => Number(await submitted.innerText()) === (await counts('submitted')), 'as many as on the board')
    await page.locator('canvas').first().waitFor()
    const before = await counts('submitted')
    await call(city(), city().cadre.token, `requests/${id}/accept`, {})
    await until(async () => Number(await submitted.innerText()) === before - 1, 'one fewer, without being asked')
    const administrator = await device(city().administrator, { size, language })
    await goTo(administrator, `/figures/${city().street.id}`)
    await administrator.getByRole('link', { name: city().community.name, exact: true }).click()
    await administrator.getByRole('heading', { name: w.board.title.replace('{name}', city().community.name) }).waitFor()
  })

  it('makes a product with a preview, offers it, copies it', async () => {
    const page = await device(city().cadre, { size, language })
    await goTo(page, '/products/new')
    await page.locator('#title').fill(`青年快线 ${size} ${language}`)
    await page.locator('#text').fill('周五晚上送大家回家。')
    await page.getByText(w.kind.transport).first().click()
    await page.locator('#day-0').fill('2099-05-01')
    await page.locator('#venue-0').fill('园区东门')
    await page.locator('aside').getByText(`青年快线 ${size} ${language}`).waitFor()
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
    await goTo(member, `/market?q=${encodeURIComponent(`青年快线 ${size} ${language}`)}`)
    await member.locator(`a.tile img[src="${second}"]`).waitFor()
    await page.getByRole('link', { name: w.work.copy }).click()
    await until(async () => (await page.locator('#title').inputValue()) === `青年快线 ${size} ${language}`, 'the copy has its words')
    await page.locator(`form .shot img[src="${second}"]`).waitFor()
  })

  it('registers a resident at the desk and gives them a way in', async () => {
    const page = await device(city().cadre, { size, language, theme: 'dark' })
    await goTo(page, '/people')
    await page.locator('#name').fill(`新来的人 ${size} ${language}`)
    await page.getByRole('button', { name: w.people.register }).click()
    await page.getByRole('button', { name: w.people.slip }).click()
    await page.locator('.code').waitFor()
    // On paper stands the slip alone, black on white.
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.code').isVisible()).toBe(true)
    for (const other of [page.locator('#name'), page.getByRole('button', { name: w.print.go })]) expect(await other.isVisible()).toBe(false)
    expect(await page.locator('dialog[open]').evaluate((d) => getComputedStyle(d).backgroundColor)).toBe('rgb(255, 255, 255)')
    await page.emulateMedia({ media: 'screen' })
    const link = await page.locator('dialog svg.qr').getAttribute('data-text')
    const phone = await device(undefined, { size: 'phone', language })
    await phone.goto(link!)
    await phone.getByText(`新来的人 ${size} ${language}`).waitFor()
  })

  it('finds a resident who is registered by their number, and gives them a new way in', async ({ task }) => {
    const number = `1111${size === 'phone' ? 1 : 2}${language === 'zh' ? 1 : 2}2${task.result?.retryCount ?? 0}` // told again, the first one's is taken
    await call(city(), city().cadre.token, 'members', { name: `丢了手机的人 ${size} ${language}`, phone: `139${number}`, organisation: city().community.id })
    const page = await device(city().cadre, { size, language })
    await goTo(page, '/people')
    await page.locator('#known-phone').fill('13911113333')
    await page.getByRole('button', { name: w.people.find }).click()
    await page.getByText(w.people.notFound).waitFor()
    await page.locator('#known-phone').fill(`139 ${number}`)
    await page.getByRole('button', { name: w.people.find }).click()
    await page.getByRole('heading', { name: `丢了手机的人 ${size} ${language}` }).waitFor()
    await page.getByRole('button', { name: w.people.slip }).click()
    await page.locator('.code').waitFor()
    const phone = await device(undefined, { size: 'phone', language })
    await phone.goto((await page.locator('dialog svg.qr').getAttribute('data-text'))!)
    await phone.getByText(`丢了手机的人 ${size} ${language}`).waitFor()
  })

  it('finds one of 1,351 organisations by a few letters', async () => {
    const page = await device(undefined, { size, language })
    await goTo(page, '/organisations')
    await page.locator('#organisation-words').fill(city().community.name.slice(0, 4))
    await page.locator('.pick', { hasText: city().community.name }).first().click()
    await page.getByRole('heading', { name: city().community.name }).first().waitFor()
  })
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

it('walks down to a large street and back: all of it is there, and the last of it by the keyboard alone', async () => {
  const large = await call<{ id: string; children: number }>(city(), city().administrator.token, 'organisations/320582100')
  const page = await device(undefined, { size: 'desktop' })
  await goTo(page, `/organisations/${large.id}`)
  const picks = page.locator('.pick')
  await until(async () => (await picks.count()) === large.children, 'all of them')
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
  await page.locator('#board-search').fill('旁边打开的卡片')
  const card = page.locator('.card-button', { hasText: '旁边打开的卡片' })
  const width = () => card.evaluate((e) => e.getBoundingClientRect().width)
  await until(async () => (await page.locator('.card-button').count()) === 1, 'only that one is left')
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
