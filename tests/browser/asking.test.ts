// What asking promises: danger first, few taps, a place from the list or from the device, photos made small before they leave it.
import { expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { call } from './city'
import { city, device, goTo, onStage, press, until } from './stage'
import { said } from './words'

onStage()
const w = said('zh')
interface Asked {
  organisation: { id: string }
  location?: { lat: number; lon: number }
  photos: { blob: string }[]
}
const asked = (page: Page) => call<Asked>(city(), city().member.token, `requests/${new URL(page.url()).pathname.split('/')[2]}`)

it('110, 119 and 120 stand above everything else, and three taps and a sentence are enough', async () => {
  for (const [mode, height] of [['normal', 568], ['elder', 844]] as const) {
    const page = await device(city().member, { mode, height, width: mode === 'normal' ? 320 : 390 })
    await goTo(page, '/ask')
    await page.locator('.kind').first().waitFor()
    const top = (selector: string) => page.locator(selector).evaluateAll((all) => all.map((e) => e.getBoundingClientRect().toJSON() as DOMRect))
    const numbers = await top('a[href^="tel:"]')
    expect(await page.locator('a[href^="tel:"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')))).toEqual(['tel:110', 'tel:119', 'tel:120'])
    const others = await top('main button, main input, main a:not([href^="tel:"])')
    const below = others.filter((r) => r.top >= numbers[0]!.top)
    expect(Math.max(...numbers.map((r) => r.bottom))).toBeLessThanOrEqual(Math.min(...below.map((r) => r.top)))
    // What is above is the title bar with its tools alone; all of it is seen without scrolling.
    expect(await page.locator('main header ~ * button').evaluateAll((all, y) => all.filter((e) => e.getBoundingClientRect().top < y).length, numbers[0]!.top)).toBe(0)
    expect(Math.max(...numbers.map((r) => r.bottom))).toBeLessThanOrEqual(height)
  }
  const page = await device(city().member)
  await page.getByRole('heading', { name: city().member.name }).waitFor()
  let taps = 0
  const tap = async (target: Parameters<typeof press>[0]) => {
    taps++
    await press(target)
  }
  await tap(page.locator('nav.tabs a[href="/ask"]'))
  await tap(page.locator('.kind').first())
  await tap(page.getByRole('button', { name: w.ask.next }))
  await page.locator('#words').fill('水龙头滴水')
  await tap(page.getByRole('button', { name: w.ask.send }))
  await page.waitForURL(/\/requests\//)
  expect(taps).toBeLessThanOrEqual(4)
})

/** As far as the second step of asking. */
async function whereToAsk(page: Page): Promise<void> {
  await goTo(page, '/ask')
  await press(page.locator('.kind').first())
  await page.getByText(w.ask.forWhom).waitFor()
}
async function send(page: Page, words: string): Promise<void> {
  await press(page.getByRole('button', { name: w.ask.next }))
  await page.locator('#words').fill(words)
  await press(page.getByRole('button', { name: w.ask.send }))
  await page.waitForURL(/\/requests\//)
}

it('a community from the list is who acts, and the place of the device goes with it', async () => {
  const { items } = await call<{ items: { id: string; name: string }[] }>(city(), city().administrator.token, `organisations?parent=${city().street.id}&limit=4`)
  const other = items[3]!
  const page = await device(city().member, { place: { latitude: 24.481234, longitude: 118.091234 } })
  await whereToAsk(page)
  await press(page.getByRole('button', { name: w.ask.other }))
  await page.locator('#organisation-words').fill(other.name)
  await press(page.locator('dialog[open] .pick', { hasText: other.name }).filter({ hasText: city().street.name }).first())
  await page.locator('main').getByText(other.name).waitFor()
  await press(page.getByRole('button', { name: w.ask.locate }))
  await page.getByText(w.ask.located).waitFor()
  await press(page.getByRole('button', { name: w.ask.unlocate }))
  await press(page.getByRole('button', { name: w.ask.locate }))
  await page.getByText(w.ask.located).waitFor()
  await send(page, '在这里')
  const is = await asked(page)
  expect([is.organisation.id, is.location?.lat, is.location?.lon]).toEqual([other.id, 24.48123, 118.09123])
})

it('where the place is refused, words say what to do instead, and asking goes on', async () => {
  const page = await device(city().member, { place: 'refused' })
  await whereToAsk(page)
  await press(page.getByRole('button', { name: w.ask.locate }))
  await page.getByRole('alert').filter({ hasText: w.ask.noPlace }).waitFor()
  await page.locator('#address').fill('三号楼')
  await send(page, '不给位置')
  expect((await asked(page)).location).toBeUndefined()
})

it('a photo of 12 million pixels leaves the phone small', async () => {
  const page = await device(city().member)
  await whereToAsk(page)
  const large = Buffer.from(
    await page.evaluate(async () => {
      const canvas = document.createElement('canvas')
      canvas.width = 4000
      canvas.height = 3000
      const to = canvas.getContext('2d')!
      // Some life in it, as a camera's picture has: a plain one is small anyway.
      for (let i = 0; i < 4000; i++) {
        to.fillStyle = `hsl(${(i * 37) % 360} 70% ${30 + (i % 50)}%)`
        to.fillRect((i * 613) % 4000, (i * 389) % 3000, 90, 70)
      }
      const blob = await new Promise<Blob>((done) => canvas.toBlob((b) => done(b!), 'image/jpeg', 0.98))
      let text = ''
      for (const byte of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(byte)
      return btoa(text)
    }),
    'base64',
  )
  const sent: number[] = []
  page.on('request', (r) => void (r.method() === 'POST' && r.url().endsWith('/api/v1/blobs') && r.allHeaders().then((h) => sent.push(Number(h['content-length'])))))
  await press(page.getByRole('button', { name: w.ask.next }))
  await page.setInputFiles('input[type=file]', { name: 'large.jpg', mimeType: 'image/jpeg', buffer: large })
  await page.locator('.shot img').waitFor()
  await page.locator('#words').fill('很大的照片')
  await press(page.getByRole('button', { name: w.ask.send }))
  await page.waitForURL(/\/requests\//)
  const kept = page.locator('.open img').first()
  await until(() => kept.evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth > 0), 'the photo is seen')
  // The server makes none smaller than 2,048 pixels: what it shows is as large as what was sent.
  expect(await kept.evaluate((img: HTMLImageElement) => [img.naturalWidth, img.naturalHeight])).toEqual([1600, 1200])
  await until(async () => sent.length > 0, 'the browser tells what was sent')
  expect(sent.length).toBe(1)
  expect(sent[0]).toBeLessThan(Math.min(large.length / 3, 1_000_000))
  expect(sent[0]).toBeGreaterThan(1_000)
})
