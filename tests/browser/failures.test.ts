// What goes wrong in a day: the server dies, the session ends, two tabs are open, the phone's clock is wrong, a photo is none.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { askFor, call, offer, openCity } from './city'
import { bomb, codeOf, noPhoto } from './pictures'
import { city, device, goTo, onStage, playIn, signInLink, until } from './stage'
import { said } from './words'
import errors from '@/words/errors_zh'

onStage()
afterEach(() => playIn(undefined))
const folder = mkdtempSync(join(tmpdir(), 'pioneer-photos-'))
afterAll(() => rmSync(folder, { recursive: true }))
const w = said('zh')
const asked = async (title: string) => (await call<{ items: { title: string }[] }>(city(), city().member.token, 'me/requests?limit=100')).items.filter((r) => r.title === title).length
const stateOf = async (id: string) => (await call<{ state: string }>(city(), city().cadre.token, `requests/${id}`)).state

async function toWords(page: Page): Promise<void> {
  await goTo(page, '/ask')
  await page.locator('.kind').first().click()
  await page.getByRole('button', { name: w.ask.next }).click()
  await page.locator('#words').waitFor()
}

it('a server that dies and comes back: every screen stays, says so, recovers by itself and misses nothing', async () => {
  const stand = await openCity()
  playIn(stand.city)
  try {
    const id = await askFor(city(), city().member, '停电以前说的')
    const product = await offer(city(), { title: '停电以前的课', capacity: 9 })
    const follower = await device(city().member)
    await goTo(follower, `/requests/${id}`)
    const board = await device(city().cadre, { size: 'desktop' })
    await goTo(board, `/boards/${city().community.id}`)
    const market = await device(city().neighbour)
    await goTo(market, '/market')
    const tile = market.locator('a.tile', { hasText: '停电以前的课' })
    const card = board.locator(`[data-id="${id}"]`)
    await follower.getByText(w.state.submitted).first().waitFor()
    await card.waitFor()
    await tile.getByText('9 / 9').waitFor()
    const pages = [follower, board, market]

    await stand.die()
    for (const page of pages) await page.getByText(w.notice.server).waitFor()
    await follower.getByText('停电以前说的').first().waitFor()
    await card.waitFor()
    await tile.getByText('9 / 9').waitFor()
    // What is said meanwhile is kept, and sent later.
    await board.keyboard.press('a')
    await board.getByText(w.notice.waiting.replace('{n}', '1')).waitFor()

    await stand.start()
    await call(city(), city().elder.token, `products/${product}/claims`, { places: 2 })
    await until(async () => (await stateOf(id)) === 'accepted', 'what was said meanwhile has arrived')
    await call(city(), city().cadre2.token, `requests/${id}/progress`, { text: '来电了，师傅在路上' })
    for (const page of pages) await page.getByText(w.notice.server).waitFor({ state: 'detached' })
    await follower.getByText('来电了，师傅在路上').waitFor()
    await board.locator(`.column[aria-label="${w.state.in_progress}"] [data-id="${id}"]`).waitFor()
    await tile.getByText('7 / 9').waitFor()
    await board.getByText(w.notice.waiting.replace('{n}', '1')).waitFor({ state: 'detached' })
  } finally {
    await stand.leave()
  }
})

it('a session that ends while one writes loses nothing: it is sent after the next sign-in, once', async () => {
  const page = await device(city().member)
  await toWords(page)
  await page.locator('#words').fill('会话结束时写的')
  await page.setInputFiles('input[type=file]', { name: 'tap.png', mimeType: 'image/png', buffer: await page.screenshot() })
  await page.locator('.shot img').waitFor()
  const { id } = await page.evaluate(() => fetch('/api/v1/session').then((r) => r.json() as Promise<{ id: string }>))
  await call(city(), city().member.token, `me/sessions/${id}/revoke`, {})
  await page.getByRole('button', { name: w.ask.send }).click()
  await page.waitForURL(/\/in/)
  expect(await asked('会话结束时写的')).toBe(0)
  await page.locator('#code').fill((await signInLink(city().member)).split('#')[1]!)
  await page.getByRole('button', { name: w.in.go }).click()
  await page.waitForURL((u) => u.pathname !== '/in')
  await until(async () => (await asked('会话结束时写的')) === 1, 'it is sent')
  await until(async () => (await page.getByText(w.notice.waiting.replace('{n}', '1')).count()) === 0, 'nothing waits any more')
  expect(await asked('会话结束时写的')).toBe(1)
})

it('two tabs are one box: what one says the other shows, what one takes back the other does not send', async () => {
  const id = await askFor(city(), city().elder, '两个窗口')
  for (const [act, body] of [['accept', {}], ['resolve', { text: '好了' }]] as const) await call(city(), city().cadre.token, `requests/${id}/${act}`, body)
  const one = await device(city().elder, { mode: 'elder' })
  const two = await one.context().newPage()
  for (const page of [one, two]) {
    await page.clock.install()
    await goTo(page, `/requests/${id}`)
    await page.getByRole('button', { name: w.acts.confirm }).waitFor()
  }
  await one.getByRole('button', { name: w.acts.confirm }).tap()
  await two.getByRole('button', { name: w.notice.undo }).tap()
  await one.getByRole('button', { name: w.notice.undo }).waitFor({ state: 'detached' })
  for (const page of [one, two]) await page.clock.fastForward(11 * 60_000)
  // Whatever would be sent has been sent once this has been.
  await two.reload()
  await two.getByRole('button', { name: w.acts.confirm }).tap()
  await two.clock.fastForward(11 * 60_000)
  await until(async () => (await stateOf(id)) === 'closed_confirmed', 'the second confirmation is sent')
  const { items } = await call<{ items: { events: { type: string }[] }[] }>(city(), city().administrator.token, `streams/request/${id}?limit=100`)
  expect(items.flatMap((i) => i.events).filter((e) => e.type === 'RequestConfirmed').length).toBe(1)
})

it('the way back leads a step back, with what was chosen, and never twice through the same', async () => {
  for (let i = 0; i < 30; i++) await offer(city(), { title: `回来还在 ${i}`, kind: 'training', starts: 300 + i })
  const page = await device(city().member)
  await page.getByRole('heading', { name: city().member.name }).waitFor()
  await page.locator('nav.tabs a[href="/ask"]').tap()
  await page.locator('.kind').first().tap()
  await page.getByRole('button', { name: w.ask.next }).tap()
  await page.locator('#words').fill('退回去再来')
  await page.goBack()
  await page.getByText(w.ask.forWhom).waitFor()
  await page.goBack()
  await page.locator('.kind').first().waitFor()
  await page.goForward()
  await page.goForward()
  expect(await page.locator('#words').inputValue()).toBe('退回去再来')
  await page.getByRole('button', { name: w.ask.send }).tap()
  await page.waitForURL(/\/requests\//)
  await page.getByText(w.request.received).waitFor()
  await page.goBack()
  await page.waitForURL((u) => u.pathname === '/')

  await page.locator('nav.tabs a[href="/market"]').tap()
  await page.locator('.kinds label', { hasText: w.kind.training }).tap()
  await page.waitForURL(/kind=training/)
  await page.getByText('回来还在 3', { exact: true }).waitFor()
  const more = page.locator('.more')
  await more.tap()
  const far = page.locator('a.tile').getByText('回来还在 28', { exact: true })
  await far.scrollIntoViewIfNeeded()
  // Where it stood at the tap: what is above may still be drawn before it.
  await page.evaluate(() => addEventListener('click', () => sessionStorage.setItem('stood', String(scrollY)), { capture: true, once: true }))
  await far.tap()
  await page.waitForURL(/\/products\//)
  await page.getByRole('button', { name: w.product.claim, exact: true }).tap()
  await page.waitForURL(/\/claims\//)
  await page.goBack()
  await page.waitForURL(/\/products\/\w+$/)
  await page.goBack()
  await page.waitForURL(/\/market\?.*kind=training/)
  await far.waitFor()
  await until(() => page.evaluate(() => Math.abs(scrollY - Number(sessionStorage.getItem('stood'))) < 200), 'it stands where it stood')
})

it('the way back closes what lies over a page, and stays on the page', async () => {
  const page = await device(city().member)
  const sheet = page.locator('dialog[open]')
  await page.locator('nav.tabs a[href="/ask"]').tap()
  await page.locator('.kind').first().tap()
  const change = page.getByRole('button', { name: w.ask.other })
  await change.tap()
  await sheet.waitFor()
  await page.goBack()
  await sheet.waitFor({ state: 'detached' })
  await page.getByText(w.ask.forWhom).waitFor()
  // Closed in another way, it leaves nothing behind in the way back.
  await change.tap()
  await sheet.getByRole('button', { name: w.close }).tap()
  await sheet.waitFor({ state: 'detached' })
  await until(() => page.evaluate(() => !(history.state as { over?: number }).over), 'its entry is gone')
  await page.goBack()
  await page.locator('.kind').first().waitFor()

  const id = await askFor(city(), city().member, '手机上的看板')
  const cadre = await device(city().cadre)
  const [beside, act] = [cadre.locator('aside.beside'), cadre.locator('dialog[open]')]
  await cadre.locator('nav.rail a[href="/people"]').tap()
  await cadre.waitForURL(/\/people/)
  await cadre.locator('nav.rail a[href^="/boards"]').tap()
  await cadre.locator(`[data-id="${id}"]`).tap()
  await beside.locator('[data-act="progress"], [data-act="assign"]').first().tap()
  await act.waitFor()
  await cadre.goBack()
  await act.waitFor({ state: 'detached' })
  await beside.waitFor()
  await cadre.goBack()
  await beside.waitFor({ state: 'detached' })
  await cadre.locator(`[data-id="${id}"]`).tap()
  await beside.getByRole('link', { name: w.print.slip }).tap()
  await cadre.waitForURL(/\/print\//)
  await cadre.goBack()
  await cadre.locator(`[data-id="${id}"]`).waitFor()
  expect(await beside.count()).toBe(0)
  await cadre.goBack()
  await cadre.waitForURL(/\/people/)
})

it("a phone's wrong clock: the shop, the times and a claim are right all the same", async () => {
  const product = await offer(city(), { title: '钟走错了也能来', starts: 20 })
  const request = await askFor(city(), city().member, '钟走错了的求助')
  for (const years of [3, -3]) {
    const page = await device(city().member)
    await page.clock.install({ time: Date.now() + years * 365 * 86_400_000 })
    await goTo(page, '/market?q=钟走错了')
    await page.locator('a.tile', { hasText: '钟走错了也能来' }).first().waitFor()
    await goTo(page, `/requests/${request}`)
    await page.getByText('钟走错了的求助').first().waitFor()
    await page.getByText(new RegExp(w.due.left.replace('{time}', '.*'))).first().waitFor()
    await goTo(page, `/products/${product}`)
    await page.getByRole('button', { name: years > 0 ? w.product.claim : w.product.claimMore, exact: true }).tap()
    await page.waitForURL(/\/claims\//)
    await page.getByRole('button', { name: w.ticket.cancel }).waitFor()
  }
})

it.each([20_000, 3 * 3_600_000])('a clock that is %i ms fast: who comes is checked in, at once and with what waited, at the time that it was', async (fast) => {
  const id = await offer(city(), { title: `钟快了 ${fast}`, capacity: 9, starts: -1, ends: 2 })
  const tickets: string[] = []
  for (const who of [city().neighbour, city().neighbour, city().elder, city().elder, city().member, city().member]) {
    const { claimId } = await call<{ claimId: string }>(city(), who.token, `products/${id}/claims`, { places: 1 })
    tickets[Number(claimId)] = (await call<{ ticket: string }>(city(), who.token, `products/${id}/claims/${claimId}`)).ticket
  }
  const come = async () => (await call<{ items: { claimId: string; state: string }[] }>(city(), city().cadre.token, `products/${id}/claims`)).items.filter((c) => c.state === 'checked_in').map((c) => Number(c.claimId)).sort()
  const wrongly = async (who: Parameters<typeof device>[0], path: string) => {
    const page = await device(who)
    await page.clock.install({ time: Date.now() + fast })
    await goTo(page, path)
    return page
  }

  const door = await wrongly(city().cadre, `/products/${id}/attendance`)
  const tick = (claim: number) => door.locator('li', { hasText: w.door.number.replace('{n}', String(claim)) }).getByRole('button', { name: w.door.checkIn }).tap()
  const read = async (claim: number) => door.setInputFiles('.pick input', await codeOf(tickets[claim]!))
  await tick(1)
  await door.getByText(w.door.welcome.replace('{name}', city().neighbour.name)).waitFor()
  await door.getByRole('button', { name: w.door.scan }).tap()
  await read(2)
  await until(async () => (await come()).join() === '1,2', 'those who came while there was a signal')
  await door.context().setOffline(true)
  const before = Date.now()
  await tick(3)
  await door.getByText(w.door.later.replace('{name}', city().elder.name)).waitFor()
  await read(4)
  await door.getByText(w.notice.waiting.replace('{n}', '2')).waitFor()
  const after = Date.now()
  const cellar = 20 * 60_000
  await door.clock.fastForward(cellar)
  await door.context().setOffline(false)
  await until(async () => (await come()).join() === '1,2,3,4', 'those who came without a signal')
  expect(await door.locator('.note.in-late, .said.in-late').count()).toBe(0)

  const { checkInCode } = await call<{ checkInCode: string }>(city(), city().cadre.token, `products/${id}`)
  for (const claim of [5, 6]) {
    const own = await wrongly(city().member, `/products/${id}/claims/${claim}`)
    await own.locator('#door-code').fill(checkInCode)
    if (claim === 6) await own.context().setOffline(true)
    await own.getByRole('button', { name: w.ticket.checkIn }).tap()
    if (claim === 6) {
      await own.getByText(w.notice.waiting.replace('{n}', '1')).waitFor()
      await own.context().setOffline(false)
    }
    await until(async () => (await come()).includes(claim), `by oneself, ${claim}`)
  }

  const { items } = await call<{ items: { recordedAt: string; occurredAt?: string; events: { type: string; data: { ticket: number } }[] }[] }>(city(), city().administrator.token, `streams/product/${id}?limit=100`)
  const at = items.flatMap((i) => i.events.filter((e) => e.type === 'CheckedIn').map((e) => ({ claim: Number(e.data.ticket), recorded: Date.parse(i.recordedAt), occurred: Date.parse(i.occurredAt ?? i.recordedAt) })))
  expect(at.map((one) => one.claim).sort()).toEqual([1, 2, 3, 4, 5, 6])
  for (const { claim, recorded, occurred } of at) {
    expect(occurred, `claim ${claim} is not in the future`).toBeLessThanOrEqual(recorded)
    if (claim !== 3 && claim !== 4) continue
    expect(occurred + cellar, `claim ${claim} was in the cellar`).toBeLessThanOrEqual(after)
    expect(occurred + cellar).toBeGreaterThan(before - cellar)
  }
})

it('a photo that is too large, none at all, or a bomb is refused with words, and the rest stays', async () => {
  const page = await device(city().member)
  await toWords(page)
  await page.locator('#words').fill('照片不行')
  for (const [name, bytes, words] of [
    ['large.jpg', Buffer.alloc(31_000_000, 7), errors.photo_too_large],
    [noPhoto.name, noPhoto.buffer, errors.not_a_photo],
    [bomb.name, bomb.buffer, errors.photo_too_large],
  ] as const) {
    writeFileSync(join(folder, name), bytes)
    await page.setInputFiles('input[type=file]', join(folder, name))
    await page.locator('.wrong', { hasText: words }).waitFor()
    expect(await page.locator('.shot img').count()).toBe(0)
  }
  await page.setInputFiles('input[type=file]', { name: 'good.png', mimeType: 'image/png', buffer: await page.screenshot() })
  await page.locator('.shot img').waitFor()
  await page.locator('.wrong').waitFor({ state: 'detached' })
  expect(await page.locator('#words').inputValue()).toBe('照片不行')
})

it('who asks for less motion sees none', async () => {
  await offer(city(), { title: '不要动' })
  const page = await device(city().member, { motion: 'auto', calm: true })
  await goTo(page, '/market')
  await page.locator('a.tile').first().waitFor()
  const moving = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('*')]
      .filter((e) => {
        const s = getComputedStyle(e)
        return [s.transitionDuration, s.animationDuration].some((d) => d.split(',').some((one) => parseFloat(one) > 0)) || s.scrollBehavior === 'smooth'
      })
      .map((e) => e.outerHTML.slice(0, 100)),
  )
  expect(moving).toEqual([])
})

it('a picture that cannot be shown says so, and is there when the signal is', async () => {
  const page = await device(city().member)
  const pictures = '**/api/v1/blobs/*'
  await page.route(pictures, (r) => r.abort())
  await toWords(page)
  await page.locator('#words').fill('照片看不到')
  await page.setInputFiles('input[type=file]', { name: 'good.png', mimeType: 'image/png', buffer: await page.screenshot() })
  await page.locator('.shot img').waitFor()
  await page.getByRole('button', { name: w.ask.send }).tap()
  await page.waitForURL(/\/requests\//)
  await page.getByText(w.photo.lost).waitFor()
  expect(await page.locator('.open img').count()).toBe(0)
  await page.unroute(pictures)
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await until(() => page.locator('.open img').evaluate((img: HTMLImageElement) => img.naturalWidth > 0), 'the picture is seen')
})

it('who signs out without a signal is told that it could not be, and is signed in still', async () => {
  const page = await device(city().member)
  await goTo(page, '/settings')
  const leave = page.getByRole('button', { name: w.settings.signOut })
  await leave.waitFor()
  await page.context().setOffline(true)
  await leave.tap()
  await page.locator('.wrong', { hasText: errors.offline }).waitFor()
  await page.context().setOffline(false)
  await leave.tap()
  await page.waitForURL(/\/in/)
  await goTo(page, '/settings')
  await page.getByRole('heading', { name: w.nav.settings }).waitFor()
  expect(await leave.count()).toBe(0)
})
