// At the door: tickets are read in a cellar without a signal and go together, once, when there is one; what is no ticket of this day is told.
import { describe, expect, it } from 'vitest'
import { call, offer } from './city'
import { bomb, codeOf, noPhoto } from './pictures'
import { city, combinations, device, goTo, onStage, until } from './stage'
import { said } from './words'
import errorsEn from '@/words/errors_en'
import errorsZh from '@/words/errors_zh'

onStage()

describe.each(combinations())('at the door, %s, %s', (size, language) => {
  const w = said(language)
  const errors = language === 'zh' ? errorsZh : errorsEn
  const look = { size, language }

  it('tickets that were read without a signal are sent in one call, and each counts once', async () => {
    const id = await offer(city(), { title: '地下室的电影', starts: -1, ends: 2 })
    const pictures: Buffer[] = []
    for (const [i, who] of [city().member, city().neighbour].entries()) {
      await call(city(), who.token, `products/${id}/claims`, { places: 1 })
      const owner = await device(who, look)
      await goTo(owner, `/products/${id}/claims/${i + 1}`)
      await owner.locator('svg.qr').waitFor()
      pictures.push(await owner.locator('svg.qr').screenshot())
    }
    const page = await device(city().cadre, look)
    const calls: string[] = []
    page.on('response', (r) => {
      if (r.request().method() === 'POST' && r.url().endsWith(`/products/${id}/check-ins`)) calls.push(r.request().postData() ?? '')
    })
    await goTo(page, `/products/${id}/attendance`)
    await page.getByRole('button', { name: w.door.checkIn }).first().waitFor()
    await page.getByRole('button', { name: w.door.scan }).click()
    await page.locator('.pick input').waitFor()
    await page.context().setOffline(true)
    const read = (buffer: Buffer) => page.setInputFiles('.pick input', { name: 'ticket.png', mimeType: 'image/png', buffer })
    for (const [i, name] of ['詹水生', '陈明月'].entries()) {
      await read(pictures[i]!)
      await page.getByText(w.door.later.replace('{name}', name)).waitFor()
    }
    await read(pictures[0]!)
    await page.getByText(w.door.already.replace('{name}', '詹水生')).waitFor()
    await page.context().setOffline(false)
    const come = async () => (await call<{ items: { state: string }[] }>(city(), city().cadre.token, `products/${id}/claims`)).items.filter((c) => c.state === 'checked_in').length
    await until(async () => (await come()) === 2, 'both are checked in')
    await page.getByText(w.notice.waiting.replace('{n}', '2')).waitFor({ state: 'detached' })
    expect(calls.map((body) => (JSON.parse(body) as { tickets: unknown[] }).tickets.length)).toEqual([2])
  })

  it('a forged ticket, one for something else, and what is none are told apart, and nobody is let in by them', async () => {
    const [here, elsewhere] = [await offer(city(), { title: '这一场', starts: -1, ends: 2 }), await offer(city(), { title: '另一场', starts: -1, ends: 2 })]
    for (const id of [here, elsewhere]) await call(city(), city().member.token, `products/${id}/claims`, { places: 1 })
    const ticketOf = async (id: string) => (await call<{ ticket: string }>(city(), city().member.token, `products/${id}/claims/1`)).ticket
    const good = await ticketOf(here)
    // Another letter in the middle of its signature; all else is as it was.
    const at = good.indexOf('.') + 40
    const forged = good.slice(0, at) + (good[at] === 'A' ? 'B' : 'A') + good.slice(at + 1)
    const page = await device(city().cadre, look)
    const sent: string[] = []
    page.on('request', (r) => void (/check-in/.test(r.url()) && r.method() === 'POST' && sent.push(r.url())))
    await goTo(page, `/products/${here}/attendance`)
    await page.getByRole('button', { name: w.door.checkIn }).first().waitFor()
    await page.getByRole('button', { name: w.door.scan }).click()
    for (const [text, words] of [
      [forged, w.door.forged],
      [await ticketOf(elsewhere), w.door.otherProduct],
      [`${city().url}/products/${here}`, w.door.noTicket],
    ] as const) {
      await page.setInputFiles('.pick input', await codeOf(text))
      await page.getByText(words).waitFor()
    }
    expect(sent).toEqual([])
    await page.setInputFiles('.pick input', await codeOf(good))
    await page.getByText(w.door.welcome.replace('{name}', city().member.name)).waitFor()
    expect(sent.length).toBe(1)
    const { items } = await call<{ items: { state: string }[] }>(city(), city().cadre.token, `products/${elsewhere}/claims`)
    expect(items.map((c) => c.state)).toEqual(['confirmed'])
  })

  it('a picture that is none, is too large to open, or has no code in it is said so', async () => {
    const id = await offer(city(), { title: '只认票', starts: -1, ends: 2 })
    await call(city(), city().member.token, `products/${id}/claims`, { places: 1 })
    const { ticket } = await call<{ ticket: string }>(city(), city().member.token, `products/${id}/claims/1`)
    const page = await device(city().cadre, look)
    await goTo(page, `/products/${id}/attendance`)
    await page.getByRole('button', { name: w.door.scan }).click()
    await page.locator('.pick input').waitFor()
    const wrong = page.locator('.wrong')
    const nothing = { name: 'door.png', mimeType: 'image/png', buffer: await page.screenshot() }
    for (const [picture, words] of [[noPhoto, errors.not_a_photo], [bomb, errors.photo_too_large], [nothing, w.door.noCode]] as const) {
      await page.setInputFiles('.pick input', picture)
      await page.locator('.wrong', { hasText: words }).waitFor()
    }
    await page.setInputFiles('.pick input', await codeOf(ticket))
    await page.getByText(w.door.welcome.replace('{name}', city().member.name)).waitFor()
    expect(await wrong.count()).toBe(0)
  })
})
