// A member's day: asks, follows, confirms, rates; claims a place, keeps a ticket, gives it back.
import { describe, expect, it } from 'vitest'
import { askFor, call, offer } from './city'
import { city, device, everything, goTo, onStage, until, type Language, type Size } from './stage'
import { said } from './words'

onStage()
const all: [Size, Language][] = [['phone', 'zh'], ['desktop', 'en'], ['phone', 'en'], ['desktop', 'zh']]

describe.each(everything ? all : all.slice(0, 2))("a member's day, %s, %s", (size, language) => {
  const w = said(language)

  it('asks for help in under a minute, follows it live, confirms and rates', async () => {
    const page = await device(city().member, { size, language })
    await goTo(page, '/ask')
    await page.locator('.kind').first().waitFor()
    for (const number of ['110', '119', '120']) expect(await page.locator(`a[href="tel:${number}"]`).count()).toBe(1)
    await page.locator('.kind').first().click()
    await page.getByRole('button', { name: w.ask.next }).click()
    await page.locator('#words').fill(language === 'zh' ? '厨房水龙头一直滴水。麻烦来看看' : 'The kitchen tap keeps dripping. Please come')
    await page.setInputFiles('input[type=file]', { name: 'tap.png', mimeType: 'image/png', buffer: await page.screenshot() })
    await page.locator('.shot img').waitFor()
    await page.getByRole('button', { name: w.ask.send }).click()
    await page.waitForURL(/\/requests\/\w+/)
    const id = new URL(page.url()).pathname.split('/')[2]!
    await page.getByText(w.request.received).waitFor()
    await page.getByText(city().community.name).first().waitFor()
    await page.locator('.open img').first().waitFor()

    await call(city(), city().cadre.token, `requests/${id}/accept`, {})
    await page.getByText(w.state.accepted).first().waitFor()
    await call(city(), city().cadre.token, `requests/${id}/progress`, { text: '师傅明早来' })
    await page.getByText('师傅明早来').waitFor()
    await call(city(), city().cadre.token, `requests/${id}/resolve`, { text: '换了新的' })
    await page.getByRole('button', { name: w.acts.confirm }).click()
    await page.getByText(w.state.closed_confirmed).first().waitFor()
    await page.getByRole('group', { name: w.acts.howWasIt }).getByRole('button', { name: w.stars[4], exact: true }).click()
    await page.getByText(w.request.rated.replace('{n}', '4')).waitFor()
    expect((await call<{ rating: { stars: number } }>(city(), city().member.token, `requests/${id}`)).rating.stars).toBe(4)
  })

  it('claims once with two taps, keeps a ticket, and gives it back', async () => {
    const id = await offer(city(), { title: `陶艺课 ${size} ${language}`, capacity: 7 })
    const page = await device(city().member, { size, language })
    await goTo(page, '/market')
    await page.getByText(`陶艺课 ${size} ${language}`).click()
    const button = page.getByRole('button', { name: w.product.claim, exact: true })
    await button.dblclick()
    await page.waitForURL(/\/claims\/1/)
    await page.locator('svg.qr').waitFor()
    expect(await page.locator('svg.qr').getAttribute('data-text')).toMatch(/^P1[\w-]+\.[\w-]+$/)
    expect((await call<{ placesLeft: number }>(city(), city().member.token, `products/${id}`)).placesLeft).toBe(6)
    const calendar = await page.evaluate((href) => fetch(href).then((r) => r.text()), await page.locator('a.calendar').getAttribute('href') as string)
    expect(calendar).toContain('BEGIN:VCALENDAR')
    await page.getByRole('button', { name: w.ticket.cancel }).click()
    await page.getByRole('button', { name: w.ticket.giveBack }).click()
    await page.getByText(w.claim.cancelled).waitFor()
    await until(async () => (await call<{ placesLeft: number }>(city(), city().member.token, `products/${id}`)).placesLeft === 7, 'the place is free again')
  })
})

it('says in one tap that it is not solved, or in its own words', async () => {
  const w = said('zh')
  const page = await device(city().member)
  for (const [name, own] of [['一按就说', ''], ['写一句再说', '开关也坏了']] as const) {
    const id = await askFor(city(), city().member, name)
    for (const [act, body] of [['accept', {}], ['resolve', { text: '好了' }]] as const) await call(city(), city().cadre.token, `requests/${id}/${act}`, body)
    await goTo(page, `/requests/${id}`)
    if (own) {
      await page.getByRole('button', { name: w.acts.disputeWords }).click()
      await page.locator('#act-text').fill(own)
      await page.locator('dialog[open] button[type=submit]').click()
    } else await page.getByRole('button', { name: w.acts.dispute, exact: true }).click()
    await page.getByText(own || w.acts.notYet).waitFor()
    expect((await call<{ state: string }>(city(), city().cadre.token, `requests/${id}`)).state).toBe('in_progress')
  }
})

it('looks at one day of the market, and comes back from a ticket to the tickets', async () => {
  const w = said('zh')
  const hour = new Date(Date.now() + 8 * 3_600_000).getUTCHours() // in Shanghai, as on the phone
  const ids = [await offer(city(), { title: '后天的课', starts: 48 + 12 - hour }), await offer(city(), { title: '大后天的课', starts: 72 + 12 - hour })]
  await call(city(), city().member.token, `products/${ids[0]}/claims`, { places: 1 })
  const page = await device(city().member)
  await goTo(page, '/market')
  await page.getByText('大后天的课', { exact: true }).waitFor()
  await page.locator('#market-day').selectOption({ index: 3 })
  await page.waitForURL(/day=\d{4}-\d{2}-\d{2}/)
  await page.getByText('大后天的课', { exact: true }).waitFor({ state: 'detached' })
  await page.getByText('后天的课', { exact: true }).click()
  await page.waitForURL(/\/products\//)
  await page.goBack()
  await page.getByText('后天的课', { exact: true }).waitFor()
  expect(await page.getByText('大后天的课', { exact: true }).count()).toBe(0)

  await page.locator('nav.tabs a[href="/mine"]').click()
  await page.getByText(w.mine.tickets, { exact: true }).click()
  await page.getByText('后天的课', { exact: true }).click()
  await page.locator('svg.qr').waitFor()
  await page.goBack()
  await page.getByText('后天的课', { exact: true }).waitFor()
})

it('a place lost between seeing and tapping says so and offers the queue', async () => {
  const w = said('zh')
  const id = await offer(city(), { title: '最后一席', capacity: 1 })
  const page = await device(city().member)
  // The other one is quicker by a breath: live news does not reach this phone.
  await page.route(/\/api\/v1\/events/, (r) => r.abort())
  await goTo(page, `/products/${id}`)
  const button = page.getByRole('button', { name: w.product.claim, exact: true })
  await button.waitFor()
  await call(city(), city().neighbour.token, `products/${id}/claims`, { places: 1 })
  await button.click()
  await page.getByText(w.product.lost).waitFor()
  const { items } = await call<{ items: { product: string }[] }>(city(), city().member.token, 'me/claims')
  expect(items.some((c) => c.product === id)).toBe(false)
  await page.getByRole('button', { name: w.product.queue.replace('{n}', '0') }).click()
  await page.waitForURL(/\/claims\//)
  await page.getByText(w.claim.ahead.replace('{n}', '0')).waitFor()
})

it('waits for a place: sees how many are ahead, moves up as others go, and gets the place', async () => {
  const w = said('zh')
  const id = await offer(city(), { title: '等一个位置', capacity: 1 })
  for (const who of [city().neighbour, city().elder]) await call(city(), who.token, `products/${id}/claims`, { places: 1 })
  const page = await device(city().member)
  await goTo(page, `/products/${id}`)
  await page.getByRole('button', { name: w.product.queue.replace('{n}', '1') }).tap()
  await page.waitForURL(/\/claims\/3/)
  await page.getByText(w.claim.waitlisted).waitFor()
  await page.getByText(w.claim.ahead.replace('{n}', '1')).waitFor()
  expect(await page.locator('svg.qr').count()).toBe(0)
  await call(city(), city().neighbour.token, `products/${id}/claims/1/cancel`, {})
  await page.getByText(w.claim.ahead.replace('{n}', '0')).waitFor()
  await call(city(), city().elder.token, `products/${id}/claims/2/cancel`, {})
  await page.locator('svg.qr').waitFor()
  await page.getByText(w.claim.confirmed).waitFor()
  expect(await page.getByText(w.claim.waitlisted).count()).toBe(0)
  await goTo(page, `/products/${id}`)
  await page.locator('a[href$="/claims/3"]', { hasText: w.claim.confirmed }).waitFor()
})

it('looks at the market week by week, opens what is on, and comes back to that week', async () => {
  const w = said('zh')
  // Noon on a day of this week and of the next, in Shanghai, as on the phone; on a Sunday evening this week has nothing more.
  const shanghai = new Date(Date.now() + 8 * 3_600_000)
  const noon = (days: number) => days * 24 + 12 - shanghai.getUTCHours()
  const left = 6 - ((shanghai.getUTCDay() + 6) % 7) // days of this week after today
  await offer(city(), { title: '这一周的', starts: left > 0 ? noon(left) : 0.5, ends: left > 0 ? noon(left) + 1 : 0.6 })
  const id = await offer(city(), { title: '下一周的', starts: noon(left + 3) })
  const page = await device(city().member)
  await goTo(page, '/market')
  await page.getByRole('button', { name: w.market.week }).tap()
  const day = (n: number) => page.locator('.week .day').nth(n)
  await day(6).waitFor()
  expect(await page.locator('.week .day h3').allInnerTexts()).toHaveLength(7)
  await day(6).locator('a', { hasText: '这一周的' }).waitFor()
  expect(await page.getByText('下一周的').count()).toBe(0)
  await page.getByRole('button', { name: w.market.after }).tap()
  const next = day(2).locator('a', { hasText: '下一周的' })
  await next.waitFor()
  expect(await page.getByText('这一周的').count()).toBe(0)
  await next.tap()
  await page.waitForURL((u) => u.pathname === `/products/${id}`)
  await page.goBack()
  await next.waitFor()
  await page.getByRole('button', { name: w.market.before }).tap()
  await day(6).locator('a', { hasText: '这一周的' }).waitFor()
  await page.getByRole('button', { name: w.market.list }).tap()
  await page.locator('a.tile').first().waitFor()
  expect(await page.locator('.week').count()).toBe(0)
})

it('rates what it attended, and sees the request that its problem became', async () => {
  const w = said('zh')
  const id = await offer(city(), { title: '理发', starts: -1, ends: 2 })
  await call(city(), city().member.token, `products/${id}/claims`, { places: 1 })
  await call(city(), city().cadre.token, `products/${id}/claims/1/check-in`, {})
  const page = await device(city().member)
  await goTo(page, `/products/${id}/claims/1`)
  await page.getByRole('link', { name: w.ticket.rate }).click()
  await page.locator('.one').nth(4).click()
  await page.locator('#problem').fill('门口的水池下水很慢')
  await page.getByRole('button', { name: w.rate.send }).click()
  await page.getByText(w.ticket.told).waitFor()
  await page.getByRole('link', { name: w.ticket.follow }).click()
  await page.waitForURL(/\/requests\//)
  await page.getByText('门口的水池下水很慢').first().waitFor()
})

it('asks for a neighbour only by name, and those who help see for whom', async () => {
  const w = said('zh')
  const page = await device(city().member)
  await goTo(page, '/ask')
  await page.locator('.kind').first().click()
  await page.getByText(w.ask.forNeighbour).click()
  await page.getByRole('button', { name: w.ask.next }).click()
  await page.getByText(w.ask.needNeighbour).waitFor()
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('neighbour')
  await page.locator('#neighbour').fill('王奶奶')
  await page.getByRole('button', { name: w.ask.next }).click()
  await page.locator('#words').fill('王奶奶家的灯不亮')
  await page.getByRole('button', { name: w.ask.send }).click()
  await page.waitForURL(/\/requests\//)
  const marked = w.request.onBehalf.replace('{name}', '王奶奶')
  await page.locator('.chip', { hasText: marked }).waitFor()
  const path = new URL(page.url()).pathname
  const cadre = await device(city().cadre, { size: 'desktop' })
  await goTo(cadre, path)
  await cadre.locator('.chip', { hasText: marked }).waitFor()
  // Cards tell that it is for somebody else, not for whom.
  await goTo(cadre, `/boards/${city().community.id}`)
  await cadre.locator('#board-search').fill('王奶奶家的灯')
  await cadre.locator(`[data-id="${path.split('/')[2]}"]`, { hasText: w.request.forNeighbour }).waitFor()
  await goTo(page, '/mine')
  await page.locator(`a[href="${path}"]`, { hasText: w.request.forNeighbour }).waitFor()
})

it('checks in by itself with the code that is shown at the door', async () => {
  const w = said('zh')
  const id = await offer(city(), { title: '自己签到', starts: 1 })
  await call(city(), city().member.token, `products/${id}/claims`, { places: 1 })
  const cadre = await device(city().cadre)
  await goTo(cadre, `/products/${id}/attendance`)
  const code = (await cadre.locator('.shown').textContent())!
  // At the desk a ticket is also known by its own code.
  const own = (await call<{ code: string }>(city(), city().member.token, `products/${id}/claims/1`)).code
  await cadre.locator('#who').fill(own.toLowerCase())
  await cadre.locator('li', { hasText: own }).waitFor()
  await cadre.locator('#who').fill('')
  const page = await device(city().member)
  await goTo(page, `/products/${id}/claims/1`)
  await page.locator('#door-code').fill('000000')
  await page.getByRole('button', { name: w.ticket.checkIn }).click()
  await page.locator('.wrong').waitFor()
  await page.locator('#door-code').fill(code)
  await page.getByRole('button', { name: w.ticket.checkIn }).click()
  await page.getByText(w.claim.checked_in).waitFor()
  await cadre.getByText(w.door.come.replace('{n}', '1').replace('{all}', '1')).waitFor()
})

it('a market that is looked at shows places left as they go', async () => {
  const id = await offer(city(), { title: '看着变的余位', capacity: 9 })
  const page = await device(city().member)
  await goTo(page, '/market')
  const tile = page.locator('a.tile', { hasText: '看着变的余位' })
  await tile.getByText('9 / 9').waitFor()
  await call(city(), city().neighbour.token, `products/${id}/claims`, { places: 2 })
  await tile.getByText('7 / 9').waitFor()
})

it('a title that means harm is only text', async () => {
  const title = '<img src=x onerror="document.title=\'harm\'"><script>document.title="harm"</script>{{7*7}}'
  const id = await offer(city(), { title })
  const page = await device(city().member, { size: 'desktop' })
  for (const path of ['/market', `/products/${id}`, `/print/product/${id}`]) {
    await goTo(page, path)
    await page.getByText('{{7*7}}').first().waitFor()
    expect(await page.title()).not.toBe('harm')
    expect(await page.locator('img[src="x"]').count()).toBe(0)
  }
})
