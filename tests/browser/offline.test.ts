// Without a signal: the shell, what was read, a ticket, a draft, a check-in; and a server that goes and comes back.
import { describe, expect, it } from 'vitest'
import { askFor, call, offer } from './city'
import { city, combinations, device, goTo, onStage, until } from './stage'
import { said } from './words'

onStage()

describe.each(combinations())('without a signal, %s, %s', (size, language) => {
  const w = said(language)
  const look = { size, language }

  it('a ticket opens in a dead zone, after a restart of the phone', async () => {
    const id = await offer(city(), { title: '地下室里的课' })
    await call(city(), city().member.token, `products/${id}/claims`, { places: 1 })
    const page = await device(city().member, { ...look, serviceWorker: true })
    await goTo(page, `/products/${id}/claims/1`)
    await page.locator('svg.qr').waitFor()
    const text = await page.locator('svg.qr').getAttribute('data-text')
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await until(() => page.evaluate(() => !!navigator.serviceWorker.controller), 'the service worker is in charge')
    await page.context().setOffline(true)
    await page.goto(page.url())
    await page.locator('svg.qr').waitFor()
    expect(await page.locator('svg.qr').getAttribute('data-text')).toBe(text)
    await page.getByText(w.notice.offline).waitFor()
    await goTo(page, '/')
    await page.getByText('詹水生').first().waitFor()
  })

  it('a request that is asked without a signal is sent once when there is one', async () => {
    const title = `没有信号时说的事 ${size} ${language}`
    const page = await device(city().member, look)
    await goTo(page, '/ask')
    await page.locator('.kind').nth(1).click()
    await page.getByRole('button', { name: w.ask.next }).click()
    await page.locator('#words').fill(title)
    await until(() => page.evaluate(() => performance.getEntriesByType('resource').some((r) => /mine_screen[\w-]*\.js/.test(r.name))), 'where it leads is here')
    await page.context().setOffline(true)
    await page.getByRole('button', { name: w.ask.send }).click()
    await page.getByRole('heading', { name: w.mine.waiting }).waitFor()
    const mine = async () => (await call<{ items: { title: string }[] }>(city(), city().member.token, 'me/requests?limit=100')).items.filter((r) => r.title === title).length
    expect(await mine()).toBe(0)
    await page.context().setOffline(false)
    await until(async () => (await mine()) === 1, 'it is sent')
    await page.getByRole('heading', { name: w.mine.waiting }).waitFor({ state: 'detached' })
    expect(await mine()).toBe(1)
  })

  it('a draft outlives the page and the end of the session', async () => {
    const page = await device(city().member, look)
    await goTo(page, '/ask')
    await page.locator('.kind').first().click()
    await page.getByRole('button', { name: w.ask.next }).click()
    await page.locator('#words').fill('写了一半')
    await until(() => page.evaluate(() => new Promise<boolean>((done) => {
      const open = indexedDB.open('pioneer')
      open.onsuccess = () => {
        const all = open.result.transaction('drafts').objectStore('drafts').getAll()
        all.onsuccess = () => done(JSON.stringify(all.result).includes('写了一半'))
      }
    })), 'the draft is kept')
    await page.context().clearCookies()
    await goTo(page, '/ask')
    await page.waitForURL(/\/in/)
    const again = await call<{ code: string }>(city(), city().administrator.token, `members/${city().member.id}/sign-in-links`, {})
    await page.locator('#code').fill(again.code)
    await page.getByRole('button', { name: w.in.go }).click()
    await page.waitForURL(/\/ask/)
    await page.getByRole('button', { name: w.ask.goOn }).click()
    await page.getByRole('button', { name: w.ask.next }).click()
    expect(await page.locator('#words').inputValue()).toBe('写了一半')
  })

  it("a volunteer's day: names ticked and tickets read without a signal arrive once", async () => {
    const id = await offer(city(), { title: '到场', starts: -1, ends: 2 })
    for (const who of [city().member, city().neighbour, city().elder]) await call(city(), who.token, `products/${id}/claims`, { places: 1 })
    const owner = await device(city().member, look)
    await goTo(owner, `/products/${id}/claims/1`)
    const png = await owner.locator('svg.qr').screenshot()

    const page = await device(city().cadre, look)
    await goTo(page, `/products/${id}/attendance`)
    await page.getByRole('button', { name: w.door.checkIn }).first().waitFor()
    await page.getByRole('button', { name: w.door.scan }).click()
    await page.setInputFiles('input[type=file]', { name: 'ticket.png', mimeType: 'image/png', buffer: png })
    await page.getByText(w.door.welcome.replace('{name}', '詹水生')).waitFor()
    await page.setInputFiles('input[type=file]', { name: 'ticket.png', mimeType: 'image/png', buffer: png })
    // Read to its end: what it says would come over what the next tick says.
    await until(() => page.locator('input[type=file]').evaluate((input: HTMLInputElement) => input.value === ''), 'the second reading is over')

    await page.context().setOffline(true)
    await page.locator('li', { hasText: '陈明月' }).getByRole('button', { name: w.door.checkIn }).click()
    await page.getByText(w.door.later.replace('{name}', '陈明月')).waitFor()
    await page.context().setOffline(false)
    const come = async () => (await call<{ items: { state: string }[] }>(city(), city().cadre.token, `products/${id}/claims`)).items.filter((c) => c.state === 'checked_in').length
    await until(async () => (await come()) === 2, 'both are checked in')
    await page.getByText(w.door.come.replace('{n}', '2').replace('{all}', '3')).waitFor()
  })

  it('when the server goes, the screen stays, says so, and misses nothing afterwards', async () => {
    const id = await askFor(city(), city().member, '服务器走了又来')
    const page = await device(city().member, look)
    await goTo(page, `/requests/${id}`)
    await page.getByText(w.state.submitted).first().waitFor()
    await page.context().setOffline(true)
    await call(city(), city().cadre.token, `requests/${id}/accept`, {})
    await page.getByText(w.notice.offline).waitFor()
    await page.getByText('服务器走了又来').first().waitFor()
    await page.context().setOffline(false)
    await page.getByText(w.state.accepted).first().waitFor()
  })

  it('what is no photo is refused with words', async () => {
    const page = await device(city().member, look)
    await goTo(page, '/ask')
    await page.locator('.kind').first().click()
    await page.getByRole('button', { name: w.ask.next }).click()
    await page.setInputFiles('input[type=file]', { name: 'x.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no photo at all') })
    await page.getByText(w.photo.add).first().waitFor()
    await page.locator('.wrong').waitFor()
  })
})
