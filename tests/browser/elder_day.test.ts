// The day of a 90-year-old: in by a printed QR, help in at most five taps without a typed character, followed, confirmed, a place, large text.
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { askFor, call, offer } from './city'
import { city, device, goTo, onStage, picture, until } from './stage'
import { said } from './words'

onStage()
const w = said('zh')

const undoable = new RegExp(w.notice.undoFor.replace('{n}', '\\d+'))

it('lives it', async () => {
  const page = await device(city().elder, { mode: 'elder' })
  let taps = 0
  const tap = async (target: ReturnType<typeof page.locator>) => {
    taps++
    await target.tap()
  }
  await page.getByText('林金花').first().waitFor()
  await tap(page.locator('.big.main'))
  await tap(page.locator('.kind').first())
  await tap(page.getByRole('button', { name: w.ask.next }))
  await picture(page, 'elder-ask')
  await tap(page.getByRole('button', { name: w.ask.send }))
  await page.waitForURL(/\/requests\//)
  expect(taps).toBeLessThanOrEqual(5)
  const id = new URL(page.url()).pathname.split('/')[2]!
  await page.getByText(w.request.received).waitFor()

  for (const [act, body] of [['accept', {}], ['resolve', { text: '修好了' }]] as const) await call(city(), city().cadre.token, `requests/${id}/${act}`, body)
  await page.getByRole('button', { name: w.acts.confirm }).tap()
  // Ten minutes to think again: nothing is sent yet, and one tap takes it back.
  await page.getByText(undoable).waitFor()
  expect((await call<{ state: string }>(city(), city().elder.token, `requests/${id}`)).state).toBe('awaiting_confirmation')
  await page.getByRole('button', { name: w.notice.undo }).tap()
  await page.getByText(undoable).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: w.acts.confirm }).waitFor()

  const product = await offer(city(), { title: '义诊量血压', kind: 'clinic' })
  await goTo(page, `/products/${product}`)
  await page.getByRole('button', { name: w.product.claim, exact: true }).tap()
  await page.locator('svg.qr').waitFor()
  for (const size of ['25px', '30px']) {
    await page.getByRole('button', { name: w.enlarge }).tap()
    await until(async () => (await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)) === size, size)
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
})

it('takes a claim back in one tap, on the ticket and on every other page', async () => {
  const id = await offer(city(), { title: '剪头发', capacity: 5 })
  const left = async () => (await call<{ placesLeft: number }>(city(), city().elder.token, `products/${id}`)).placesLeft
  const page = await device(city().elder, { mode: 'elder' })
  for (const from of ['ticket', 'home', 'opened anew']) {
    await goTo(page, `/products/${id}`)
    await page.getByRole('button', { name: w.product.claim, exact: true }).tap()
    await page.locator('svg.qr').waitFor()
    expect(await left()).toBe(4)
    if (from !== 'ticket') await page.locator('nav.tabs a[href="/"]').tap()
    if (from === 'opened anew') await page.reload()
    await page.getByRole('button', { name: w.notice.undo }).tap()
    await until(async () => (await left()) === 5, `given back, from: ${from}`)
    await page.getByRole('button', { name: w.notice.undo }).waitFor({ state: 'detached' })
  }
})

it('takes a rating back, of a request and of a product; what is left is sent when its time has come, once', async () => {
  const elder = city().elder
  const ratings = async (stream: string, type: string) => (await call<{ items: { events: { type: string }[] }[] }>(city(), city().administrator.token, `streams/${stream}?limit=100`)).items.flatMap((i) => i.events).filter((e) => e.type === type).length
  const request = await askFor(city(), elder, '评了又反悔')
  for (const [who, act, body] of [[city().cadre, 'accept', {}], [city().cadre, 'resolve', { text: '好了' }], [elder, 'confirm', {}]] as const) await call(city(), who.token, `requests/${request}/${act}`, body)
  const product = await offer(city(), { title: '评了又反悔的课', starts: -1, ends: 2 })
  await call(city(), elder.token, `products/${product}/claims`, { places: 1 })
  await call(city(), city().cadre.token, `products/${product}/claims/1/check-in`, {})

  const page = await device(elder, { mode: 'elder' })
  await page.clock.install()
  const ofRequest = async (stars: 1 | 5) => {
    await goTo(page, `/requests/${request}`)
    await page.getByRole('group', { name: w.acts.howWasIt }).getByRole('button', { name: w.stars[stars], exact: true }).tap()
  }
  const ofProduct = async (stars: 1 | 5) => {
    await goTo(page, `/products/${product}/claims/1`)
    await page.getByRole('link', { name: w.ticket.rate }).tap()
    await page.locator('label.one', { hasText: w.stars[stars] }).last().tap()
    await page.getByRole('button', { name: w.rate.send }).tap()
    await page.waitForURL(/\/claims\/1$/)
  }
  const starsOf = async (path: string) => (await call<{ rating?: { stars: number } }>(city(), elder.token, path)).rating?.stars
  for (const [rate, path, stream, type] of [
    [ofRequest, `requests/${request}`, `request/${request}`, 'RequestRated'],
    [ofProduct, `products/${product}/claims/1`, `product/${product}`, 'ClaimRated'],
  ] as const) {
    await rate(1)
    await page.getByRole('button', { name: w.notice.undo }).tap()
    await page.getByRole('button', { name: w.notice.undo }).waitFor({ state: 'detached' })
    await page.clock.fastForward(11 * 60_000)
    await rate(5)
    await page.getByRole('button', { name: w.notice.undo }).waitFor()
    expect(await starsOf(path)).toBeUndefined()
    await page.clock.fastForward(11 * 60_000)
    await until(async () => (await starsOf(path)) === 5, `sent: ${path}`)
    expect(await ratings(stream, type)).toBe(1)
  }
})

/** The slip of what is open: what it says, where its code leads, and back. */
async function slip(page: Page, path: string, words: string, link: string | RegExp): Promise<void> {
  await page.getByRole('link', { name: w.print.slip }).tap()
  await page.waitForURL(new RegExp(`/print/${path}`))
  await page.getByText(words).first().waitFor()
  const text = (await page.locator('svg.qr').getAttribute('data-text'))!
  if (typeof link === 'string') expect(text).toBe(city().url + link)
  else expect(text).toMatch(link)
  await page.goBack()
}

it('has a slip with a QR for each act: asked, confirmed, rated, claimed', async () => {
  const at = (path: string, words: string, link: string | RegExp) => slip(page, path, words, link)
  const id = await askFor(city(), city().elder, '纸条')
  const page = await device(city().elder, { mode: 'elder' })
  await goTo(page, `/requests/${id}`)
  await at('request', w.state.submitted, `/requests/${id}`)
  for (const [act, body] of [['accept', {}], ['resolve', { text: '好了' }]] as const) await call(city(), city().cadre.token, `requests/${id}/${act}`, body)
  await page.getByRole('button', { name: w.acts.confirm }).tap()
  await at('request', w.about.confirm, `/requests/${id}`)
  await call(city(), city().elder.token, `requests/${id}/confirm`, {})
  await page.getByRole('group', { name: w.acts.howWasIt }).getByRole('button', { name: w.stars[5], exact: true }).tap()
  await at('request', w.about.rate, `/requests/${id}`)

  const product = await offer(city(), { title: '量血压的票', starts: -1, ends: 2 })
  await call(city(), city().elder.token, `products/${product}/claims`, { places: 1 })
  await goTo(page, `/products/${product}/claims/1`)
  await at('ticket', '量血压的票', /^P1[\w-]+\.[\w-]+$/)
  await call(city(), city().cadre.token, `products/${product}/claims/1/check-in`, {})
  await page.getByRole('link', { name: w.ticket.rate }).tap()
  await page.getByRole('button', { name: w.rate.send }).tap()
  await page.waitForURL(/\/claims\/1$/)
  await at('ticket', w.about.rate, /^P1/)
})

// Without a service worker, for what opens where there is no signal has been fetched ahead then.
it('has one too for what was given back, withdrawn, found not solved, and for what waits for a signal', async () => {
  const product = await offer(city(), { title: '不去了的课' })
  await call(city(), city().elder.token, `products/${product}/claims`, { places: 1 })
  const page = await device(city().elder, { mode: 'elder', bare: true })
  await goTo(page, `/products/${product}/claims/1`)
  await page.getByRole('button', { name: w.notice.undo }).tap()
  await page.getByText(w.claim.cancelled).waitFor()
  await slip(page, 'ticket', w.claim.cancelled, `/products/${product}/claims/1`)

  const unsolved = await askFor(city(), city().elder, '没有修好的灯')
  for (const [act, body] of [['accept', {}], ['resolve', { text: '好了' }]] as const) await call(city(), city().cadre.token, `requests/${unsolved}/${act}`, body)
  await goTo(page, `/requests/${unsolved}`)
  await page.getByRole('button', { name: w.acts.dispute, exact: true }).tap()
  await slip(page, 'request', w.about.dispute, `/requests/${unsolved}`)
  await page.getByRole('button', { name: w.notice.undo }).tap()

  const withdrawn = await askFor(city(), city().elder, '不用来了')
  await goTo(page, `/requests/${withdrawn}`)
  await page.getByRole('button', { name: w.acts.withdraw }).tap()
  await page.locator('dialog[open] button[type=submit]').tap()
  await page.getByText(w.state.withdrawn).first().waitFor()
  await slip(page, 'request', w.state.withdrawn, `/requests/${withdrawn}`)

  await goTo(page, '/ask')
  await page.locator('.kind').first().tap()
  await page.getByRole('button', { name: w.ask.next }).tap()
  await page.locator('#words').fill('没有信号也要一张纸条')
  await until(() => page.evaluate(() => ['mine', 'print'].every((s) => performance.getEntriesByType('resource').some((r) => new RegExp(`${s}_screen[\\w-]*\\.js`).test(r.name)))), 'where it leads is here')
  await page.context().setOffline(true)
  await page.getByRole('button', { name: w.ask.send }).tap()
  await page.getByRole('heading', { name: w.mine.waiting }).waitFor()
  await slip(page, 'waiting', w.print.unsent.split('{at}')[1]!.trim(), '/mine')
  await page.getByRole('link', { name: w.print.slip }).tap()
  await page.getByText('没有信号也要一张纸条').waitFor()
  await page.context().setOffline(false)
  // It has its own page now, and the slip is that page's.
  await page.waitForURL(/\/print\/request\//)
  await page.getByText('没有信号也要一张纸条').waitFor()
})

it('leaves large text where it found it, and that is remembered', async () => {
  const page = await device(city().elder)
  for (const [button, mode] of [[w.home.elder, 'elder'], [w.home.normal, 'normal']] as const) {
    await goTo(page, '/')
    await page.getByRole('button', { name: button, exact: true }).tap()
    await page.reload()
    await until(async () => (await page.evaluate(() => document.documentElement.dataset.mode)) === mode, mode)
  }
})

it('a confirmation that was not taken back is sent when its time has come', async () => {
  const { id } = await call<{ id: string }>(city(), city().elder.token, 'requests', { title: '灯', description: '灯不亮', category: 'repair', organisation: city().community.id })
  for (const [act, body] of [['accept', {}], ['resolve', { text: '好了' }]] as const) await call(city(), city().cadre.token, `requests/${id}/${act}`, body)
  const page = await device(city().elder, { mode: 'elder' })
  await page.clock.install()
  await goTo(page, `/requests/${id}`)
  await page.getByRole('button', { name: w.acts.confirm }).tap()
  await page.getByRole('button', { name: w.notice.undo }).waitFor()
  await page.clock.fastForward(11 * 60_000)
  await until(async () => (await call<{ state: string }>(city(), city().elder.token, `requests/${id}`)).state === 'closed_confirmed', 'sent')
})
