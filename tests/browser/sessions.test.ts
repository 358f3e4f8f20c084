// Where one is signed in: seen, ended, another phone let in by a QR, and a cookie that is changed after a day.
import { expect, it } from 'vitest'
import { call, newcomer } from './city'
import { city, device, goTo, onStage, readQr, until } from './stage'
import { said } from './words'

onStage()
const w = said('zh')
const cookieName = '__Host-pioneer'

it('sees its devices, lets another phone in by a QR, and ends it from here', async () => {
  const who = await newcomer(city(), city().administrator.token, '两台手机', city().community.id)
  const page = await device(who)
  await goTo(page, '/settings')
  const entries = page.locator('ul .card', { has: page.getByText(new RegExp(Object.values(w.device).join('|'))) })
  await page.getByText(w.settings.thisOne).waitFor()
  const before = await entries.count()
  await page.getByRole('button', { name: w.settings.another }).click()
  await page.locator('dialog[open] svg.qr').waitFor()
  const link = await readQr(await page.screenshot())
  expect(link).toBe(await page.locator('dialog[open] svg.qr').getAttribute('data-text'))
  await page.keyboard.press('Escape')

  const other = await device(undefined)
  await other.goto(link)
  await other.getByRole('heading', { name: who.name }).waitFor()
  await goTo(other, '/mine')
  await page.reload()
  await until(async () => (await entries.count()) === before + 1, 'two devices')
  await entries.filter({ hasNotText: w.device.token }).getByRole('button', { name: w.settings.end }).click()
  // The one that has ended goes to the door by itself, or at its next question.
  await until(async () => (await entries.count()) === before, 'one device again')
  await other.reload()
  await other.waitForURL(/\/in/)
  await page.reload()
  await page.getByText(w.settings.thisOne).waitFor()
})

it('changes its cookie when it is older than a day, and goes on with the new one', async () => {
  const page = await device(city().neighbour)
  const cookie = async () => (await page.context().cookies()).find((c) => c.name === cookieName)!.value
  const first = await cookie()
  await page.reload()
  await page.getByText(city().neighbour.name).first().waitFor()
  expect(await cookie()).toBe(first)
  // As the page is told a day later: made long ago.
  await page.route('**/api/v1/session', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), madeAt: new Date(Date.now() - 25 * 3_600_000).toISOString() } })
  })
  await page.reload()
  await until(async () => (await cookie()) !== first, 'another cookie')
  await page.unroute('**/api/v1/session')
  await page.reload()
  await page.getByText(city().neighbour.name).first().waitFor()
  await goTo(page, '/mine')
  expect(new URL(page.url()).pathname).toBe('/mine')
  // The old one opens nothing any more.
  expect((await fetch(`${city().url}/api/v1/me`, { headers: { Cookie: `${cookieName}=${first}` } })).status).toBe(401)
  expect((await call<{ id: string }>(city(), city().neighbour.token, 'me')).id).toBe(city().neighbour.id)
})
