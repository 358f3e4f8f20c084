// Maps without the internet: a place chosen under the cross, seen again with the request, a part of the city chosen in the market; all of
// it also by keys, in elder mode and in the dark, without a signal, and above the operator's own map.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { call, openCity } from './city'
import { city, device, goTo, onStage, picture, playIn, until } from './stage'
import { mapFile } from './map_file'
import { said } from './words'

onStage({ stays: true })
const axe = readFileSync(resolve(import.meta.dirname, '../../api/web/node_modules/axe-core/axe.min.js'), 'utf8')
const violations = async (page: Page) => {
  await page.evaluate(axe)
  return (await page.evaluate('axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations.map((v) => v.id + " " + v.nodes[0].html))')) as string[]
}
const small = (page: Page, least: number) =>
  page.evaluate((px) => [...document.querySelectorAll<HTMLElement>('dialog[open] button')].filter((b) => b.getBoundingClientRect().height < px - 0.5).map((b) => b.outerHTML.slice(0, 80)), least)
const wide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** As far as the second step of asking. */
async function whereToAsk(page: Page): Promise<void> {
  await goTo(page, '/ask')
  await page.locator('.kind').first().click()
}

describe.each([['normal', 'light', 'en'], ['elder', 'dark', 'zh']] as const)('%s mode, %s, %s', (mode, theme, language) => {
  const w = said(language)

  it('a place is chosen by moving the map by keys, and found again with the request', async () => {
    const page = await device(city().member, { mode, theme, language })
    await whereToAsk(page)
    await page.getByRole('button', { name: w.map.choose }).click()
    await page.locator('.map-area').first().waitFor({ state: 'attached' })
    const there = page.locator('dialog[open] [role=status]')
    await there.filter({ hasText: '思明区' }).waitFor()
    const before = await there.textContent()
    await picture(page, `map-ask-${mode}-${theme}`)
    expect([await violations(page), await small(page, mode === 'elder' ? 60 : 44), await wide(page)]).toEqual([[], [], 0])
    await page.locator('[role=application]').focus()
    // Far enough to the north to lie at another name.
    for (let i = 0; i < 60 && (await there.textContent()) === before; i++) await page.keyboard.press('ArrowUp')
    await until(async () => (await there.textContent()) !== before, 'the cross lies elsewhere')
    await page.getByRole('button', { name: w.map.here }).click()
    await page.getByText(w.ask.located).waitFor()
    await page.getByRole('button', { name: w.ask.next }).click()
    await page.locator('#words').fill(`在十字那里 ${mode}`)
    await page.getByRole('button', { name: w.ask.send }).click()
    await page.waitForURL(/\/requests\/\w+/)
    const id = new URL(page.url()).pathname.split('/')[2]!
    const { location } = await call<{ location: { lat: number; lon: number } }>(city(), city().member.token, `requests/${id}`)
    expect([Math.round(location.lat), Math.round(location.lon)]).toEqual([24, 118])
    await page.getByRole('button', { name: w.map.show }).click()
    await page.locator('.map-pin').waitFor()
    await picture(page, `map-request-${mode}-${theme}`)
    expect(await violations(page)).toEqual([])
  })

  it('a part of the city is chosen in the market, on the map and in the list below it', async () => {
    const page = await device(city().member, { mode, theme, language, size: 'desktop' })
    await goTo(page, '/market')
    for (const name of ['思明区', '集美区']) {
      await page.locator('.filters button').first().click()
      if (name === '思明区') await page.getByText(w.map.map, { exact: true }).click()
      await page.locator('.map-area.choice').first().waitFor({ state: 'attached' })
      await page.getByRole('button', { name }).waitFor()
      await picture(page, `map-market-${mode}-${theme}`)
      if (name === '思明区') await page.locator('.map-name', { hasText: name }).click({ force: true })
      else await page.getByRole('button', { name }).click()
      await page.locator('.filters').getByRole('button', { name }).waitFor()
    }
  })
})

it('without a signal the outlines are there, once the map was opened', async () => {
  const w = said('zh')
  const page = await device(city().member, { serviceWorker: true })
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await until(() => page.evaluate(() => !!navigator.serviceWorker.controller), 'the service worker is in charge')
  await goTo(page, '/ask')
  await page.locator('.kind').first().waitFor()
  await page.context().setOffline(true)
  await page.locator('.kind').first().click()
  await page.getByRole('button', { name: w.map.choose }).click()
  await page.locator('.map-area').first().waitFor({ state: 'attached' })
})

it("the operator's map lies beneath ours, read in parts from pioneerd itself, and names whom it comes from", async () => {
  const w = said('zh')
  const folder = mkdtempSync(join(tmpdir(), 'pioneer-map-'))
  const file = mapFile(await (await device(undefined)).screenshot({ clip: { x: 0, y: 0, width: 256, height: 256 } }), '<a href="https://example.org">The town</a>')
  writeFileSync(join(folder, 'town.pmtiles'), file)
  const stand = await openCity({ config: `map: ${join(folder, 'town.pmtiles')}\n` })
  try {
    playIn(stand.city)
    const page = await device(stand.city.member)
    const parts: [status: number, range: string][] = []
    page.on('response', (r) => void (r.url().endsWith('/map.pmtiles') && parts.push([r.status(), r.headers()['content-range'] ?? ''])))
    await whereToAsk(page)
    await page.getByRole('button', { name: w.map.choose }).click()
    await page.locator('.leaflet-tile-loaded').first().waitFor()
    await page.getByText(w.map.credit.replace('{name}', 'The town')).waitFor()
    expect(await page.locator('img.leaflet-tile-loaded').first().evaluate((i) => (i as HTMLImageElement).naturalWidth)).toBe(256)
    expect(parts.length).toBeGreaterThan(1)
    for (const [status, range] of parts) expect([status, range]).toEqual([206, expect.stringMatching(new RegExp(`^bytes \\d+-\\d+/${file.length}$`))])
    await picture(page, 'map-operator')
  } finally {
    playIn(undefined)
    await stand.leave()
    rmSync(folder, { recursive: true })
  }
})
