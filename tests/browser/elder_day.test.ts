// The day of a 90-year-old: in by a printed QR, help in at most five taps without a typed character, followed, confirmed, a place, large text.
import { describe, expect, it } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import { askFor, call, offer } from './city'
import { city, combinations, device, goTo, onStage, picture, press, readQr, until } from './stage'
import { said } from './words'

onStage()

interface Followed {
  state: string
  description: string
}

describe.each(combinations())('a 90-year-old, %s, %s', (size, language) => {
  const w = said(language)
  const undoable = new RegExp(w.notice.undoFor.replace('{n}', '\\d+'))
  const look = { mode: 'elder', size, language } as const

  /** The slip as it comes out of the printer: a cadre makes it on screen, for somebody who has no e-mail. */
  async function printedSlip(name: string): Promise<Buffer> {
    const desk = await device(city().cadre, { size: 'desktop', language })
    await goTo(desk, '/people')
    await desk.locator('#name').fill(name)
    await desk.getByRole('button', { name: w.people.register }).click()
    await desk.getByRole('button', { name: w.people.slip }).click()
    await desk.locator('dialog[open] svg.qr').waitFor()
    await desk.emulateMedia({ media: 'print' })
    return desk.screenshot()
  }

  it('lives it', async () => {
    const name = `林奶奶 ${size} ${language}`
    const slip = await printedSlip(name)
    const page = await device(undefined, look)
    await page.clock.install()
    const typed = await typing(page)
    let taps = 0
    const tap = async (target: Locator) => {
      taps++
      await press(target)
    }
    // She holds the phone over the paper.
    await page.goto(await readQr(slip))
    await page.getByText(name).first().waitFor()
    await tap(page.locator('.big.main'))
    await tap(page.locator('.kind').first())
    await tap(page.getByRole('button', { name: w.ask.next }))
    await picture(page, 'elder-ask')
    await tap(page.getByRole('button', { name: w.ask.send }))
    await page.waitForURL(/\/requests\//)
    expect(taps).toBeLessThanOrEqual(5)
    const id = new URL(page.url()).pathname.split('/')[2]!
    await page.getByText(w.request.received).waitFor()
    const is = () => call<Followed>(city(), city().cadre.token, `requests/${id}`)

    // She follows it, without doing anything.
    await call(city(), city().cadre.token, `requests/${id}/accept`, {})
    await page.getByText(w.state.accepted).first().waitFor()
    await call(city(), city().cadre.token, `requests/${id}/resolve`, { text: '修好了' })
    await press(page.getByRole('button', { name: w.acts.confirm }))
    // Ten minutes to think again: nothing is sent yet, and one tap takes it back.
    await page.getByText(undoable).waitFor()
    expect((await is()).state).toBe('awaiting_confirmation')
    await press(page.getByRole('button', { name: w.notice.undo }))
    await page.getByText(undoable).waitFor({ state: 'detached' })
    await press(page.getByRole('button', { name: w.acts.confirm }))
    await page.getByText(undoable).waitFor()
    await page.clock.fastForward(11 * 60_000)
    await until(async () => (await is()).state === 'closed_confirmed', 'her confirmation is sent')
    await page.getByText(w.state.closed_confirmed).first().waitFor()

    const title = `义诊量血压 ${size} ${language}`
    // She is shown two, those that begin first: each time this is told it begins before those of the other times.
    const nth = combinations().findIndex(([s, l]) => s === size && l === language)
    await offer(city(), { title, kind: 'clinic', starts: 3 - nth / 2 })
    await press(page.locator('nav.tabs a[href="/market"]'))
    await press(page.locator('.kinds label', { hasText: w.kind.clinic }))
    await press(page.locator('a.tile', { hasText: title }))
    await press(page.getByRole('button', { name: w.product.claim, exact: true }))
    await page.locator('svg.qr').waitFor()
    const ticket = new URL(page.url()).pathname
    for (const px of ['25px', '30px']) {
      await press(page.getByRole('button', { name: w.enlarge }))
      await until(async () => (await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)) === px, px)
    }
    // What she made large stays large, on every page, and nothing is lost at the side.
    for (const [path, there] of [[ticket, 'svg.qr'], ['/', '.big.main'], [`/requests/${id}`, 'ol.course']] as const) {
      if (path !== ticket) await goTo(page, path)
      await page.locator(there).first().waitFor()
      expect([path, await page.evaluate(() => [getComputedStyle(document.documentElement).fontSize, document.documentElement.scrollWidth > innerWidth])]).toEqual([path, ['30px', false]])
    }
    expect(await typed()).toBe(0)
  })

  it('takes a claim back in one tap, on the ticket and on every other page', async () => {
    const id = await offer(city(), { title: '剪头发', capacity: 5 })
    const left = async () => (await call<{ placesLeft: number }>(city(), city().elder.token, `products/${id}`)).placesLeft
    const page = await device(city().elder, look)
    for (const from of ['ticket', 'home', 'opened anew']) {
      await goTo(page, `/products/${id}`)
      await press(page.getByRole('button', { name: w.product.claim, exact: true }))
      await page.locator('svg.qr').waitFor()
      expect(await left()).toBe(4)
      if (from !== 'ticket') await press(page.locator('nav.tabs a[href="/"]'))
      if (from === 'opened anew') await page.reload()
      await press(page.getByRole('button', { name: w.notice.undo }))
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

    const page = await device(elder, look)
    await page.clock.install()
    const ofRequest = async (stars: 1 | 5) => {
      await goTo(page, `/requests/${request}`)
      await press(page.getByRole('group', { name: w.acts.howWasIt }).getByRole('button', { name: w.stars[stars], exact: true }))
    }
    const ofProduct = async (stars: 1 | 5) => {
      await goTo(page, `/products/${product}/claims/1`)
      await press(page.getByRole('link', { name: w.ticket.rate }))
      await press(page.locator('label.one', { hasText: w.stars[stars] }).last())
      await press(page.getByRole('button', { name: w.rate.send }))
      await page.waitForURL(/\/claims\/1$/)
    }
    const starsOf = async (path: string) => (await call<{ rating?: { stars: number } }>(city(), elder.token, path)).rating?.stars
    for (const [rate, path, stream, type] of [
      [ofRequest, `requests/${request}`, `request/${request}`, 'RequestRated'],
      [ofProduct, `products/${product}/claims/1`, `product/${product}`, 'ClaimRated'],
    ] as const) {
      await rate(1)
      await press(page.getByRole('button', { name: w.notice.undo }))
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
    await press(page.getByRole('link', { name: w.print.slip }))
    await page.waitForURL(new RegExp(`/print/${path}`))
    await page.getByText(words).first().waitFor()
    // What this device had of it comes first, and the page before may have the same words.
    const text = () => page.locator('article svg.qr').getAttribute('data-text')
    await until(async () => (typeof link === 'string' ? (await text()) === city().url + link : link.test((await text())!)), `the code leads to ${link}`)
    await page.goBack()
  }

  it('has a slip with a QR for each act: asked, confirmed, rated, claimed', async () => {
    const at = (path: string, words: string, link: string | RegExp) => slip(page, path, words, link)
    const id = await askFor(city(), city().elder, '纸条')
    const page = await device(city().elder, look)
    await goTo(page, `/requests/${id}`)
    await at('request', w.state.submitted, `/requests/${id}`)
    for (const [act, body] of [['accept', {}], ['resolve', { text: '好了' }]] as const) await call(city(), city().cadre.token, `requests/${id}/${act}`, body)
    await press(page.getByRole('button', { name: w.acts.confirm }))
    await at('request', w.about.confirm, `/requests/${id}`)
    await call(city(), city().elder.token, `requests/${id}/confirm`, {})
    await press(page.getByRole('group', { name: w.acts.howWasIt }).getByRole('button', { name: w.stars[5], exact: true }))
    await at('request', w.about.rate, `/requests/${id}`)

    const product = await offer(city(), { title: '量血压的票', starts: -1, ends: 2 })
    await call(city(), city().elder.token, `products/${product}/claims`, { places: 1 })
    await goTo(page, `/products/${product}/claims/1`)
    await at('ticket', '量血压的票', /^P1[\w-]+\.[\w-]+$/)
    await call(city(), city().cadre.token, `products/${product}/claims/1/check-in`, {})
    await press(page.getByRole('link', { name: w.ticket.rate }))
    await press(page.getByRole('button', { name: w.rate.send }))
    await page.waitForURL(/\/claims\/1$/)
    await at('ticket', w.about.rate, /^P1/)
  })

  // Without a service worker, for what opens where there is no signal has been fetched ahead then.
  it('has one too for what was given back, withdrawn, found not solved, and for what waits for a signal', async () => {
    const product = await offer(city(), { title: '不去了的课' })
    await call(city(), city().elder.token, `products/${product}/claims`, { places: 1 })
    const page = await device(city().elder, { ...look, bare: true })
    await goTo(page, `/products/${product}/claims/1`)
    await press(page.getByRole('button', { name: w.notice.undo }))
    await page.getByText(w.claim.cancelled).waitFor()
    await slip(page, 'ticket', w.claim.cancelled, `/products/${product}/claims/1`)

    const unsolved = await askFor(city(), city().elder, '没有修好的灯')
    for (const [act, body] of [['accept', {}], ['resolve', { text: '好了' }]] as const) await call(city(), city().cadre.token, `requests/${unsolved}/${act}`, body)
    await goTo(page, `/requests/${unsolved}`)
    await press(page.getByRole('button', { name: w.acts.dispute, exact: true }))
    await slip(page, 'request', w.about.dispute, `/requests/${unsolved}`)
    await press(page.getByRole('button', { name: w.notice.undo }))
    await page.getByText(undoable).waitFor({ state: 'detached' })

    const withdrawn = await askFor(city(), city().elder, '不用来了')
    await goTo(page, `/requests/${withdrawn}`)
    await press(page.getByRole('button', { name: w.acts.withdraw }))
    await press(page.locator('dialog[open] button[type=submit]'))
    await page.getByText(w.state.withdrawn).first().waitFor()
    await slip(page, 'request', w.state.withdrawn, `/requests/${withdrawn}`)

    await goTo(page, '/ask')
    await press(page.locator('.kind').first())
    await press(page.getByRole('button', { name: w.ask.next }))
    await page.locator('#words').fill('没有信号也要一张纸条')
    await until(() => page.evaluate(() => ['mine', 'print'].every((s) => performance.getEntriesByType('resource').some((r) => new RegExp(`${s}_screen[\\w-]*\\.js`).test(r.name)))), 'where it leads is here')
    await page.context().setOffline(true)
    await press(page.getByRole('button', { name: w.ask.send }))
    await page.getByRole('heading', { name: w.mine.waiting }).waitFor()
    await slip(page, 'waiting', w.print.unsent.split('{at}')[1]!.trim(), '/mine')
    await press(page.getByRole('link', { name: w.print.slip }))
    await page.getByText('没有信号也要一张纸条').waitFor()
    await page.context().setOffline(false)
    // It has its own page now, and the slip is that page's.
    await page.waitForURL(/\/print\/request\//)
    await page.getByText('没有信号也要一张纸条').waitFor()
  })

  it('leaves large text where it found it, and that is remembered', async () => {
    const page = await device(city().elder, { size, language })
    for (const [button, mode] of [[w.home.elder, 'elder'], [w.home.normal, 'normal']] as const) {
      await goTo(page, '/')
      await press(page.getByRole('button', { name: button, exact: true }))
      await page.reload()
      await until(async () => (await page.evaluate(() => document.documentElement.dataset.mode)) === mode, mode)
    }
  })

  it('a confirmation that was not taken back is sent when its time has come', async () => {
    const { id } = await call<{ id: string }>(city(), city().elder.token, 'requests', { title: '灯', description: '灯不亮', category: 'repair', organisation: city().community.id })
    for (const [act, body] of [['accept', {}], ['resolve', { text: '好了' }]] as const) await call(city(), city().cadre.token, `requests/${id}/${act}`, body)
    const page = await device(city().elder, look)
    await page.clock.install()
    await goTo(page, `/requests/${id}`)
    await press(page.getByRole('button', { name: w.acts.confirm }))
    await page.getByRole('button', { name: w.notice.undo }).waitFor()
    await page.clock.fastForward(11 * 60_000)
    await until(async () => (await call<{ state: string }>(city(), city().elder.token, `requests/${id}`)).state === 'closed_confirmed', 'sent')
  })
})

/** How many characters were typed or filled in; she has no need of any. */
async function typing(page: Page): Promise<() => Promise<number>> {
  await page.context().addInitScript(() => addEventListener('input', (e) => sessionStorage.setItem('typed', String(Number(sessionStorage.getItem('typed')) + ((e.target as HTMLElement).matches('input:not([type=radio]), textarea') ? 1 : 0))), true))
  return () => page.evaluate(() => Number(sessionStorage.getItem('typed')))
}
