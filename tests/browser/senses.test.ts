// Camera and microphone, played by Chromium: a ticket held before the one, a voice into the other; and phones that have neither.
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import QRCode from 'qrcode'
import type { Page } from 'playwright-core'
import { afterAll, expect, it } from 'vitest'
import { askFor, call, offer } from './city'
import { city, device, goTo, onStage, until } from './stage'
import { said } from './words'

const w = said('zh')
const film = join(tmpdir(), `pioneer-ticket-${process.pid}.y4m`)
let product = ''

/** A film of one frame in which the text stands as a QR code, black on white (YUV4MPEG2, 4:2:0). */
function filmOf(text: string): Buffer {
  const [width, height] = [640, 480]
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'L' })
  const scale = Math.floor((height - 40) / modules.size)
  const [left, top] = [Math.floor((width - modules.size * scale) / 2), Math.floor((height - modules.size * scale) / 2)]
  const light = Buffer.alloc(width * height, 235)
  for (let y = 0; y < modules.size * scale; y++)
    for (let x = 0; x < modules.size * scale; x++) if (modules.get(Math.floor(y / scale), Math.floor(x / scale))) light[(top + y) * width + left + x] = 16
  const frame = Buffer.concat([Buffer.from('FRAME\n'), light, Buffer.alloc((width * height) / 2, 128)])
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), frame, frame])
}

onStage({ stays: true, words: async () => {
  product = await offer(city(), { title: '扫码进场', starts: -1, ends: 2 })
  await call(city(), city().member.token, `products/${product}/claims`, { places: 1 })
  const { ticket } = await call<{ ticket: string }>(city(), city().member.token, `products/${product}/claims/1`)
  writeFileSync(film, filmOf(ticket))
  return ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`]
} })
afterAll(() => rmSync(film, { force: true }))

it('a ticket held before the camera checks in, once', async () => {
  const page = await device(city().cadre, { camera: true })
  await goTo(page, `/products/${product}/attendance`)
  await page.getByText(w.door.come.replace('{n}', '0').replace('{all}', '1')).waitFor()
  await page.getByRole('button', { name: w.door.scan }).click()
  await page.getByText(w.door.welcome.replace('{name}', city().member.name)).waitFor()
  await page.getByText(w.door.come.replace('{n}', '1').replace('{all}', '1')).waitFor()
  // It is still held there.
  await page.getByText(w.door.already.replace('{name}', city().member.name)).waitFor()
  const { items } = await call<{ items: { state: string }[] }>(city(), city().cadre.token, `products/${product}/claims`)
  expect(items.map((i) => i.state)).toEqual(['checked_in'])
})

/** The button that ends it, when something has been said: less than the whole minute is left. */
const spoken = (page: Page) => page.getByText(new RegExp(`^${w.voice.stop.replace('{n}', '[1-5]?[0-9]').replace(/[()]/g, '\\$&')}$`))

it('a voice message is said, heard again, sent, and ends by itself after a minute', async () => {
  const page = await device(city().elder, { mode: 'elder', microphone: true })
  await goTo(page, '/ask')
  await page.locator('.kind').first().tap()
  await page.getByRole('button', { name: w.ask.next }).tap()
  await page.getByRole('button', { name: w.voice.begin }).tap()
  await spoken(page).tap()
  await page.locator('audio').waitFor()
  await page.getByRole('button', { name: w.voice.remove }).tap()

  await page.clock.install()
  await page.getByRole('button', { name: w.voice.begin }).tap()
  await spoken(page).waitFor()
  await page.clock.runFor(61_000)
  await page.locator('audio').waitFor()
  await page.clock.resume()
  // A step back and forth does not lose it.
  await page.goBack()
  await page.getByText(w.ask.forWhom).waitFor()
  await page.goForward()
  await page.locator('audio').waitFor()
  await page.getByRole('button', { name: w.ask.send }).tap()
  await page.waitForURL(/\/requests\//)
  const id = new URL(page.url()).pathname.split('/')[2]!
  await page.locator('audio').first().waitFor()
  const { photos } = await call<{ photos: { mediaType: string }[] }>(city(), city().cadre.token, `requests/${id}`)
  expect(photos.map((p) => p.mediaType.split('/')[0])).toEqual(['audio'])
})

it('a page is read aloud in its language, until it ends, is stopped, or is left', async () => {
  interface Spoken {
    text: string
    lang: string
    onend: (() => void) | null
  }
  const voice = () => {
    const heard: Spoken[] = []
    let silences = 0
    class SpeechSynthesisUtterance {
      lang = ''
      onend = null
      constructor(readonly text: string) {}
    }
    const speechSynthesis = { speak: (words: Spoken) => heard.push(words), cancel: () => silences++ }
    for (const [name, value] of Object.entries({ SpeechSynthesisUtterance, speechSynthesis, heard, silences: () => silences })) Object.defineProperty(window, name, { value, configurable: true })
  }
  const id = await askFor(city(), city().elder, '念给我听的灯', 'repair', '楼道里的灯不亮。')
  for (const language of ['zh', 'en'] as const) {
    const words = said(language)
    const page = await device(city().elder, { mode: 'elder', language, bare: false })
    await page.addInitScript(voice)
    await goTo(page, `/requests/${id}`)
    await page.getByText('楼道里的灯不亮。').waitFor()
    const heard = () => page.evaluate(() => (window as unknown as { heard: Spoken[] }).heard.map(({ text, lang }) => ({ text, lang })))
    const silences = () => page.evaluate(() => (window as unknown as { silences: () => number }).silences())
    const [speak, stop] = [words.readAloud, words.stopReading].map((name) => page.getByRole('button', { name, exact: true }))
    await speak!.tap()
    await stop!.waitFor()
    const [first] = await heard()
    expect(first!.lang).toBe(language === 'zh' ? 'zh-CN' : 'en-GB')
    for (const part of ['念给我听的灯', '楼道里的灯不亮。', words.state.submitted]) expect(first!.text).toContain(part)
    await page.evaluate(() => (window as unknown as { heard: Spoken[] }).heard[0]!.onend!())
    await speak!.tap()
    const before = await silences()
    await stop!.tap()
    await speak!.waitFor()
    expect(await silences()).toBe(before + 1)
    await speak!.tap()
    await stop!.waitFor()
    await page.locator('nav.tabs a[href="/"]').tap()
    await page.locator('.big.main').waitFor()
    expect(await silences()).toBe(before + 3) // what would still be read, before the third; and that, when the page was left
    expect(await heard()).toHaveLength(3)
  }
})

it('a phone without service worker, voice, camera, microphone, place and push does all the same', async () => {
  const page = await device(city().neighbour, { bare: true, mode: 'elder' })
  expect(await page.evaluate(() => [navigator.serviceWorker, navigator.mediaDevices, window.speechSynthesis, window.PushManager].every((x) => x === undefined))).toBe(true)
  await page.locator('.big.main').tap()
  await page.locator('.kind').first().tap()
  await page.getByRole('button', { name: w.ask.next }).waitFor()
  expect(await page.getByRole('button', { name: w.ask.locate }).count()).toBe(0)
  await page.getByRole('button', { name: w.ask.next }).tap()
  await page.locator('#words').waitFor()
  expect(await page.getByRole('button', { name: w.voice.begin }).count()).toBe(0)
  await page.getByRole('button', { name: w.ask.send }).tap()
  await page.waitForURL(/\/requests\//)
  const id = await offer(city(), { title: '没有相机也能去' })
  await goTo(page, `/products/${id}`)
  await page.getByRole('button', { name: w.product.claim, exact: true }).tap()
  await page.locator('svg.qr').waitFor()

  const door = await device(city().cadre, { bare: true })
  const now = await offer(city(), { title: '没有相机也能签到', starts: -1, ends: 2 })
  await call(city(), city().neighbour.token, `products/${now}/claims`, { places: 1 })
  await goTo(door, `/products/${now}/attendance`)
  await door.getByRole('button', { name: w.door.scan }).click()
  await door.getByText(w.door.noCamera).waitFor()
  await door.locator('li', { hasText: city().neighbour.name }).getByRole('button', { name: w.door.checkIn }).click()
  await until(async () => (await call<{ items: { state: string }[] }>(city(), city().cadre.token, `products/${now}/claims`)).items[0]!.state === 'checked_in', 'checked in')
})
