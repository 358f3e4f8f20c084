// The day of a 90-year-old: in by a printed QR, help in at most five taps without a typed character, followed, confirmed, a place, large text.
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

it('has a slip with a QR for each act: asked, confirmed, rated, claimed', async () => {
  const at = async (path: string, words: string, link: string | RegExp) => {
    await page.getByRole('link', { name: w.print.slip }).tap()
    await page.waitForURL(new RegExp(`/print/${path}`))
    await page.getByText(words).first().waitFor()
    const text = (await page.locator('svg.qr').getAttribute('data-text'))!
    if (typeof link === 'string') expect(text).toBe(city().url + link)
    else expect(text).toMatch(link)
    await page.goBack()
  }
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
