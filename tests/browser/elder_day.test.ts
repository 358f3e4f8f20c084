// The day of a 90-year-old: in by a printed QR, help in at most five taps without a typed character, followed, confirmed, a place, large text.
import { expect, it } from 'vitest'
import { call, offer } from './city'
import { city, device, goTo, onStage, picture, until } from './stage'
import { said } from './words'

onStage()
const w = said('zh')

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
  await page.getByText(w.notice.undoFor.replace('{n}', '10')).waitFor()
  expect((await call<{ state: string }>(city(), city().elder.token, `requests/${id}`)).state).toBe('awaiting_confirmation')
  await page.getByRole('button', { name: w.notice.undo }).tap()
  await page.getByText(w.notice.undoFor.replace('{n}', '10')).waitFor({ state: 'detached' })

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
