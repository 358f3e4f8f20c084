// The README's ten pictures. With PIONEER_SCREENS=api/web/screens they are made anew there; otherwise they go to build/browser.
import { it } from 'vitest'
import type { Page } from 'playwright-core'
import { askFor, call, offer } from './city'
import { city, device, goTo, onStage, picture, until } from './stage'

onStage()

async function shown(page: Page, path: string, name: string): Promise<void> {
  await goTo(page, path)
  await page.locator('h1').first().waitFor()
  await until(async () => (await page.locator('[aria-busy=true]:visible').count()) === 0, `${name} is loaded`)
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  await picture(page, name, true)
}

it('ten screens for the README', async () => {
  const request = await askFor(city(), city().elder, '三号楼二单元的路灯坏了', 'street_light', '晚上回家看不清台阶，请来看看。')
  await call(city(), city().cadre.token, `requests/${request}/accept`, {})
  await call(city(), city().cadre.token, `requests/${request}/progress`, { text: '灯泡已领，电工师傅明早九点前来换。' })
  for (const [title, category] of [['厨房水龙头滴水', 'repair'], ['垃圾房味道大', 'sanitation'], ['电梯门关得太快', 'lift']] as const) await askFor(city(), city().neighbour, title, category)
  const pottery = await offer(city(), { title: '亲子陶艺课', capacity: 20, starts: 40 })
  await offer(city(), { title: '四点半课堂', kind: 'service', capacity: 12, starts: 20 })
  await offer(city(), { title: '青年快线', kind: 'transport', capacity: 40, starts: 60 })
  await call(city(), city().elder.token, `products/${pottery}/claims`, { places: 2 })

  const phone = await device(city().elder)
  await shown(phone, '/', 'home')
  await shown(phone, '/ask', 'ask')
  await shown(phone, `/requests/${request}`, 'request')
  await shown(phone, '/market', 'market')
  await shown(phone, `/products/${pottery}/claims/1`, 'ticket')
  await shown(await device(city().elder, { mode: 'elder' }), '/', 'elder')
  await shown(await device(city().elder, { theme: 'dark', language: 'en' }), '/market', 'dark')
  await shown(await device(city().cadre, { size: 'desktop', width: 1040, height: 640 }), `/boards/${city().community.id}`, 'board')
  const { items } = await call<{ items: { recordedAt: string }[] }>(city(), city().auditor.token, `streams/request/${request}`)
  const auditor = await device(city().auditor, { size: 'desktop', width: 1040, height: 640, language: 'en' })
  await shown(auditor, `/boards/${city().community.id}?at=${items[0]!.recordedAt}`, 'audit-board')
  await shown(auditor, `/audit/streams/request/${request}`, 'audit-stream')
})
