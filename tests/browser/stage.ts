// A browser on the stage: who comes in, with which device and which preferences. Console errors and foreign requests fail the story.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { call, changed, settle, type City, type Person } from './city'

let elsewhere: City | undefined
let another: City | undefined
/** The city of all stories, or the one that a story has to itself. A story that is told again happens in another district, to other people. */
export const city = (): City => elsewhere ?? another ?? inject('city')
export const playIn = (own: City | undefined): void => void (elsewhere = own)
/** All combinations at night, each story once otherwise. */
export const everything = process.env.PIONEER_BROWSER_ALL === '1'

/** How long a story waits for what must come, in ms: a limit, not a measure; a machine may have much else to do. */
export const patience = 60_000

export type Size = 'phone' | 'desktop'
export type Language = 'zh' | 'en'
/** Every size in every language at night; by day the one that is used most. */
export const combinations = (first: Size = 'phone'): [Size, Language][] => {
  const [one, other] = first === 'phone' ? (['phone', 'desktop'] as const) : (['desktop', 'phone'] as const)
  return everything ? [[one, 'zh'], [other, 'en'], [one, 'en'], [other, 'zh']] : [[one, 'zh']]
}
export const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } }

export interface Look {
  size?: Size
  language?: Language
  mode?: 'normal' | 'elder'
  theme?: 'light' | 'dark'
  textSize?: number
  serviceWorker?: boolean
  width?: number
  height?: number
  camera?: boolean
  microphone?: boolean
  place?: { latitude: number; longitude: number } | 'refused'
  motion?: 'auto' | 'less'
  calm?: boolean // the device asks for less motion
  bare?: boolean // an old phone: no service worker, speech, camera, microphone, place, or push
}

/** By a finger where there is a screen to touch, else by the mouse. */
export const press = (target: Locator): Promise<void> => (touched.has(target.page().context()) ? target.tap() : target.click())
const touched = new WeakSet<BrowserContext>()

let browser: Browser
const contexts: BrowserContext[] = []
const wrong: string[] = []
const expected = [/Failed to load resource/, /net::ERR_/, /Service Worker registration blocked/]

export const chromiumAt = (): string => process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((p) => existsSync(p)) ?? 'chromium'
export const chromiumWords = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-quic']

/** A browser for the stories of a file; `words` is asked once, when the file begins. `stays`: they go on from what was made for all of them. */
export function onStage({ words = () => Promise.resolve([]), stays = false }: { words?: () => Promise<string[]>; stays?: boolean } = {}): void {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumAt(), args: [...chromiumWords, ...(await words())] })
  })
  beforeEach(async ({ task }) => {
    another = undefined
    if (!task.result?.retryCount || stays || elsewhere) return
    another = await settle(city(), city().administrator.token, 1)
  })
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await Promise.all(contexts.flatMap((c) => c.pages()).map((p, i) => picture(p, `failed-${task.name.slice(0, 40).replace(/\W+/g, '-')}-${i}`).catch(() => undefined)))
    await Promise.all(contexts.splice(0).map((c) => c.close()))
    const found = wrong.splice(0)
    expect(found, 'what the console said').toEqual([])
    if (process.env.PIONEER_BROWSER_TWICE) expect(task.result?.retryCount ?? 0, 'told a second time, to see that it can be').toBe(1)
  })
  afterAll(() => browser.close())
}

export async function signInLink(who: Person): Promise<string> {
  const made = await call<{ code: string }>(city(), city().administrator.token, `members/${who.id}/sign-in-links`, {})
  return `${city().url}/in#${made.code}`
}

/** An old phone, or one whose owner allows nothing. */
function bare(): void {
  const without = (of: object, name: string) => Object.defineProperty(of, name, { value: undefined, configurable: true })
  for (const name of ['serviceWorker', 'mediaDevices', 'geolocation', 'vibrate', 'locks']) {
    delete (Navigator.prototype as unknown as Record<string, unknown>)[name]
  }
  for (const name of ['speechSynthesis', 'SpeechSynthesisUtterance', 'MediaRecorder', 'PushManager', 'Notification', 'BroadcastChannel']) {
    delete (window as unknown as Record<string, unknown>)[name]
    if (name in window) without(window, name)
  }
}

/** A device in somebody's hand; without `who`, nobody is signed in. */
export async function device(who: Person | undefined, look: Look = {}): Promise<Page> {
  const { size = 'phone', language = 'zh', mode = 'normal', theme = 'light', textSize = 0, serviceWorker = false, camera = false, microphone = false, place, motion = 'less' } = look
  const at = city().url
  const context = await browser.newContext({
    viewport: { width: look.width ?? sizes[size].width, height: look.height ?? sizes[size].height },
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    colorScheme: theme,
    reducedMotion: look.calm ? 'reduce' : 'no-preference',
    timezoneId: 'Asia/Shanghai',
    hasTouch: size === 'phone',
    serviceWorkers: serviceWorker ? 'allow' : 'block',
    acceptDownloads: true,
    permissions: [...(camera ? ['camera'] : []), ...(microphone ? ['microphone'] : []), ...(place && place !== 'refused' ? ['geolocation'] : [])],
    ...(place && place !== 'refused' ? { geolocation: place } : {}),
  })
  contexts.push(context)
  if (size === 'phone') touched.add(context)
  await context.addInitScript((p) => {
    if (!localStorage.getItem('pioneer-preferences')) localStorage.setItem('pioneer-preferences', JSON.stringify(p))
  }, { language, mode, theme: 'auto', textSize, motion })
  // A story about a camera, a voice, a place or the service worker has its own; all others are told with nothing of the kind too.
  if (look.bare ?? (process.env.PIONEER_BROWSER_BARE === '1' && !serviceWorker && !camera && !microphone && !place)) await context.addInitScript(bare)
  const page = await context.newPage()
  page.on('console', (m) => {
    if (m.type() === 'error' && !expected.some((e) => e.test(m.text()))) wrong.push(m.text())
  })
  page.on('pageerror', (e) => wrong.push(String(e.stack ?? e)))
  page.on('request', (r) => {
    if (!r.url().startsWith(at) && !/^(blob|data|file):/.test(r.url())) wrong.push(`asked elsewhere: ${r.url()}`)
  })
  // A story that asks the server afterwards is told what this device did, too.
  page.on('response', (r) => r.request().method() === 'POST' && r.url().startsWith(`${at}/api/`) && changed(at, r.headers()['pioneer-position']))
  page.setDefaultTimeout(patience)
  if (who) {
    await page.goto(await signInLink(who))
    await page.waitForURL((u) => u.pathname !== '/in')
  }
  return page
}

export const goTo = (page: Page, path: string) => page.goto(city().url + path)

/** Looks at it as a picture: into build/browser, and the README's into their folder when asked. */
export async function picture(page: Page, name: string, kept = false): Promise<void> {
  const folder = kept && process.env.PIONEER_SCREENS ? resolve(process.env.PIONEER_SCREENS) : resolve(import.meta.dirname, '../../build/browser')
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: `${folder}/${name}.png` })
}

/** Waits until `read` gives what is wanted; no sleeping on a guess. */
export async function until(read: () => Promise<boolean>, what: string, ms = patience): Promise<void> {
  const end = Date.now() + ms
  while (Date.now() < end) {
    if (await read()) return
    await new Promise((done) => setTimeout(done, 20))
  }
  throw new Error(`not in ${ms} ms: ${what}`)
}

/** What a page of proofs found is drawn once more when it has been checked again: then the focus stands on it. */
export const checkedAgain = (page: Page): Promise<void> => until(() => page.evaluate(() => document.activeElement?.tagName === 'H2'), 'checked again')

// The program comes with the package; nothing is fetched.
prepareZXingModule({ overrides: { wasmBinary: readFileSync(resolve(import.meta.dirname, '../../api/web/node_modules/zxing-wasm/dist/reader/zxing_reader.wasm')).buffer as ArrayBuffer } })

/** What the QR code in a picture says. ZXing is what many phones read with; a code of any size is read. */
export async function readQr(png: Buffer): Promise<string> {
  const [found] = await readBarcodes(new Uint8Array(png), { formats: ['QRCode'] })
  if (!found?.isValid) throw new Error('no QR code is seen')
  return found.text
}
