// 650,420 organisations: a page of the cities, one level down, a search among all, on a processor slowed four times.
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterAll, beforeAll, it } from 'vitest'
import { openCity, type Stand } from '../../browser/city'
import { device, goTo, onStage, playIn } from '../../browser/stage'
import { timed } from './figures'

const cities = process.env.PIONEER_QUICK ? 34 : 340
let stand: Stand
let count = 0
const folder = mkdtempSync(join(tmpdir(), 'pioneer-organisations-'))

async function country(path: string): Promise<void> {
  const out = createWriteStream(path)
  const line = async (...cells: string[]) => {
    count++
    if (!out.write(`${cells.join(',')}\n`)) await once(out, 'drain')
  }
  out.write('code,name,parent,level\n')
  const two = (n: number) => String(n + 1).padStart(2, '0')
  for (let c = 0; c < cities; c++) {
    const city = String(6_000 + c)
    await line(city, `第${c + 1}市`, '', 'city')
    for (let d = 0; d < 8; d++) {
      const district = city + two(d)
      await line(district, `${c + 1} 市第${d + 1}区`, city, 'district')
      for (let s = 0; s < 14; s++) {
        const street = `${district}0${two(s)}`
        await line(street, `${c + 1}-${d + 1} 第${s + 1}街道`, district, 'street')
        for (let k = 0; k < 16; k++) await line(`${street}0${two(k)}`, `${c + 1}-${d + 1}-${s + 1} 第${k + 1}社区`, street, 'community')
      }
    }
  }
  out.end()
  await once(out, 'finish')
}

onStage()
beforeAll(async () => {
  await country(join(folder, 'country.csv'))
  stand = await openCity({ before: (run, data) => run('import', 'organisations', join(folder, 'country.csv'), '--data', data) })
  playIn(stand.city)
}, 1_800_000)
afterAll(async () => {
  await stand?.leave()
  rmSync(folder, { recursive: true })
})

it('organisations', async () => {
  const list = async (query: string): Promise<number> => {
    const all: number[] = []
    for (let i = 0; i < 7; i++) {
      const began = performance.now()
      await (await fetch(`${stand.city.url}/api/v1/organisations?${query}`)).json()
      all.push(performance.now() - began)
    }
    return Math.round(all.sort((a, b) => a - b)[3]!)
  }
  const asked = { cities: await list('level=city&limit=100'), 'a search': await list(`q=${encodeURIComponent('12-3-4 第5')}&limit=50`), 'nothing found': await list('q=nowhere&limit=50') }
  console.log('the server answers in ms:', asked)

  const page = await device(stand.city.cadre, { size: 'desktop' })
  const timer = await timed(page, 4)
  await goTo(page, '/organisations')
  const picks = page.locator('.pick')
  for (let i = 0; i < 3; i++) {
    await picks.nth(60).waitFor()
    await timer.of('down', () => page.locator('.down').nth(5 + i).click())
    await page.locator('.crumb').nth(1).waitFor()
    await timer.of('up', () => page.locator('.crumb').first().click())
    await picks.nth(60).waitFor()
    await page.locator('#organisation-words').click()
    for (const c of '12-3') await timer.of('search', () => page.keyboard.press(c))
    await page.locator('.pick', { hasText: '12-3' }).first().waitFor()
    for (let n = 0; n < 4; n++) await timer.of('search less', () => page.keyboard.press('Backspace'))
  }
  timer.tell('web-organisations', `${(count + 1_351).toLocaleString('en')} organisations; the server answers the cities in ${asked.cities} ms, a search in ${asked['a search']} ms, a search that finds nothing in ${asked['nothing found']} ms`)
})
