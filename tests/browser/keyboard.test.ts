// By keyboard alone: five tasks that people come for, and what stands around them. The focus is always seen.
import { expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { askFor, call, newcomer, offer } from './city'
import { city, device, goTo, onStage, until } from './stage'
import { said } from './words'

onStage()
const w = said('en')

/** Tab, until what has the focus is called so; it has a ring then. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab')
    const text = await page.evaluate(() => {
      const e = document.activeElement as HTMLElement | null
      if (!e || e === document.body) return ''
      const label = e.id ? document.querySelector(`label[for="${e.id}"]`)?.textContent : ''
      return `${e.getAttribute('aria-label') ?? ''} ${e.textContent ?? ''} ${e.closest('label')?.textContent ?? ''} ${label ?? ''}`
    })
    if (!name.test(text)) continue
    const ring = await page.evaluate(() => {
      const e = document.activeElement!
      const seen = (x: Element | null) => !!x && getComputedStyle(x).outlineStyle !== 'none' && parseFloat(getComputedStyle(x).outlineWidth) >= 2
      return seen(e) || seen(e.closest('label'))
    })
    expect(ring, `focus is visible on ${name}`).toBe(true)
    return
  }
  throw new Error(`Tab does not reach ${name}`)
}
const called = (words: string) => new RegExp(`^\\s*${words}\\s*$`)
async function enter(page: Page, name: RegExp): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.press('Enter')
}
const stateOf = async (id: string) => (await call<{ state: string }>(city(), city().cadre.token, `requests/${id}`)).state

it('asks for help, follows it, says that it is solved, and rates', async () => {
  // Of somebody who has asked for much, home shows a part.
  const page = await device(await newcomer(city(), city().administrator.token, 'Keys', city().community.id, 'member'), { size: 'desktop', language: 'en' })
  await goTo(page, '/ask')
  await page.locator('.kind').first().waitFor()
  await enter(page, /Repairs/)
  await enter(page, called(w.ask.next))
  await tabTo(page, /what happened/)
  await page.keyboard.type('The door does not close')
  await enter(page, called(w.ask.send))
  await page.waitForURL(/\/requests\//)
  const id = new URL(page.url()).pathname.split('/')[2]!

  await goTo(page, '/')
  await page.locator(`a[href="/requests/${id}"]`).waitFor()
  await enter(page, /The door does not close/)
  await page.waitForURL(/\/requests\//)
  for (const [act, body] of [['accept', {}], ['resolve', { text: 'Done' }]] as const) await call(city(), city().cadre.token, `requests/${id}/${act}`, body)
  await page.getByRole('button', { name: w.acts.confirm }).waitFor()
  await enter(page, called(w.acts.confirm))
  await page.getByRole('group', { name: w.acts.howWasIt }).waitFor()
  await enter(page, called(w.stars[4]))
  await page.getByText(w.request.rated.replace('{n}', '4')).waitFor()
  expect(await stateOf(id)).toBe('closed_confirmed')
})

it('claims, changes the language, searches an organisation, and leaves', async () => {
  const product = await offer(city(), { title: 'Keys only' })
  const page = await device(city().member, { size: 'desktop', language: 'en' })
  await goTo(page, `/products/${product}`)
  await page.getByRole('button', { name: w.product.claim, exact: true }).waitFor()
  await enter(page, called(w.product.claim))
  await page.waitForURL(/\/claims\//)

  await goTo(page, '/organisations')
  await page.locator('.pick').first().waitFor()
  await tabTo(page, new RegExp(w.organisations.search))
  // The list changes while one types: Tab goes through the one for the whole name.
  const answered = page.waitForResponse((r) => new URL(r.url()).searchParams.get('q') === city().community.name)
  await page.keyboard.type(city().community.name)
  await answered
  await until(() => page.locator('.pick').evaluateAll((all, name) => all.length > 0 && all.every((e) => e.textContent!.includes(name)), city().community.name), 'only those of that name')
  await enter(page, new RegExp(city().community.name))
  await page.getByRole('heading', { name: city().community.name }).first().waitFor()

  await goTo(page, '/settings')
  await page.getByText(w.settings.thisOne).waitFor()
  await tabTo(page, /English/)
  await page.keyboard.press('ArrowLeft')
  await page.getByRole('heading', { name: said('zh').nav.settings }).waitFor()
  await enter(page, new RegExp(said('zh').settings.signOut))
  await page.waitForURL(/\/in/)
})

it('checks people in from the list', async () => {
  const id = await offer(city(), { title: 'By name and key', starts: -1, ends: 2 })
  for (const who of [city().member, city().neighbour]) await call(city(), who.token, `products/${id}/claims`, { places: 1 })
  const page = await device(city().cadre, { size: 'desktop', language: 'en' })
  await goTo(page, '/check-in')
  await page.getByText('By name and key').waitFor()
  await enter(page, /By name and key/)
  await page.waitForURL(/\/attendance/)
  await page.getByRole('button', { name: w.door.checkIn }).first().waitFor()
  await tabTo(page, new RegExp(w.door.search))
  await page.keyboard.type(city().neighbour.name)
  await until(async () => (await page.getByRole('button', { name: w.door.checkIn, exact: true }).count()) === 1, 'one is found')
  await enter(page, called(w.door.checkIn))
  await page.getByText(w.door.welcome.replace('{name}', city().neighbour.name)).waitFor()
  const { items } = await call<{ items: { memberName: string; state: string }[] }>(city(), city().cadre.token, `products/${id}/claims`)
  expect(items.filter((c) => c.state === 'checked_in').map((c) => c.memberName)).toEqual([city().neighbour.name])
})

it('at the board: accepts, tells news, and solves', async () => {
  const id = await askFor(city(), city().member, 'Wholly by keys')
  const page = await device(city().cadre, { size: 'desktop', language: 'en' })
  await goTo(page, `/boards/${city().community.id}`)
  await page.locator('.card-button').first().waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('Wholly by keys')
  await page.keyboard.press('Enter')
  await page.locator(`.card-button.current[data-id="${id}"]`).waitFor()
  await page.keyboard.press('a')
  await page.locator(`.column[aria-label="${w.state.accepted}"] .card-button[data-id="${id}"]`).waitFor()
  await page.keyboard.press('l')
  await page.locator(`.card-button.current[data-id="${id}"]`).waitFor()
  for (const [key, words, act] of [['p', 'The electrician comes at two', w.acts.progress], ['r', 'A new lamp', w.acts.resolve]] as const) {
    await page.keyboard.press(key)
    await until(() => page.evaluate(() => document.activeElement?.id === 'act-text'), 'one may write')
    await page.keyboard.type(words)
    await enter(page, called(act))
    await page.locator('dialog[open]').waitFor({ state: 'detached' })
    await page.locator('.beside').getByText(words).waitFor()
  }
  expect(await stateOf(id)).toBe('awaiting_confirmation')
  await page.keyboard.press('Escape')
  await page.locator('.beside').waitFor({ state: 'detached' })
})
