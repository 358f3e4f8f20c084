// What home weighs, what may run, and that nothing old is served for new.
import { expect, it } from 'vitest'
import { city, device, goTo, onStage } from './stage'

onStage()
const limitBytes = 170 * 1024

it("home's script and style are at most 170 KB compressed", async () => {
  const page = await device(undefined)
  // What is fetched ahead three seconds later, when all is quiet, is no part of home, however long that takes to be there.
  await page.addInitScript(() => {
    const own = window.setTimeout
    window.setTimeout = ((then: () => void, ms?: number) => (ms === 3_000 ? 0 : own(then, ms))) as typeof setTimeout
  })
  const sizes = new Map<string, number>()
  page.on('response', (r) => {
    if (/\.(js|css)$/.test(new URL(r.url()).pathname)) sizes.set(r.url(), Number(r.headers()['content-length'] ?? 1e9))
  })
  await goTo(page, '/')
  await page.locator('a.tile, .empty').first().waitFor()
  const sum = [...sizes.values()].reduce((a, b) => a + b, 0)
  console.log(`home: ${sizes.size} files, ${Math.round(sum / 1024)} KB compressed`)
  expect(sizes.size).toBeGreaterThan(1)
  expect(sum).toBeLessThanOrEqual(limitBytes)
})

it('home is one step: what it shows is asked for together, each once, beside the script', async () => {
  const page = await device(city().member)
  await page.locator('a.tile, .empty').first().waitFor()
  const asked: string[] = []
  page.on('request', (r) => void (/\/api\/v1\/(?!events|session)/.test(r.url()) && asked.push(new URL(r.url()).pathname)))
  await goTo(page, '/')
  await page.locator('a.tile, .empty').first().waitFor()
  expect(asked.sort()).toEqual(['/api/v1/categories', '/api/v1/me', '/api/v1/me/claims', '/api/v1/me/requests', '/api/v1/products'])
  const html = await fetch(city().url + '/').then((r) => r.text())
  expect(html.match(/rel="modulepreload"/g)?.length).toBe(2)
  expect(html).toContain('class="first"')
  const near = await fetch(`${city().url}/api/v1/organisations?limit=50`)
  expect(near.headers.get('content-encoding')).toBe('gzip')
})

it('what home shows is asked for once, too, where the answers are slower than the script', async () => {
  const page = await device(city().member)
  await page.locator('a.tile, .empty').first().waitFor()
  await page.route((u) => u.pathname === '/api/v1/me', (r) => new Promise((done) => setTimeout(done, 2_000)).then(() => r.continue()))
  const asked: string[] = []
  page.on('request', (r) => void (/\/api\/v1\/(?!events|session)/.test(r.url()) && asked.push(new URL(r.url()).pathname)))
  const known = page.waitForResponse((r) => new URL(r.url()).pathname === '/api/v1/me')
  await goTo(page, '/')
  await known
  // What that answer would have the page ask has been asked once this has.
  await page.evaluate(() => fetch('/api/v1/session').then((r) => r.text()))
  expect(asked.sort()).toEqual(['/api/v1/categories', '/api/v1/me', '/api/v1/me/claims', '/api/v1/me/requests', '/api/v1/products'])
})

it('assets last for ever, the page is asked for again, and only our own script may run', async () => {
  const html = await fetch(city().url + '/')
  const policy = html.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'self'")
  expect(policy).not.toMatch(/unsafe-(inline|eval)/)
  expect(html.headers.get('cache-control')).toContain('no-cache')
  const text = await html.text()
  expect(text).not.toMatch(/<script(?![^>]*\bsrc=)/)
  expect(text).not.toMatch(/\sstyle=|<style/)
  const asset = /\/assets\/[\w.-]+\.js/.exec(text)![0]
  expect((await fetch(city().url + asset)).headers.get('cache-control')).toContain('immutable')
  expect((await fetch(city().url + '/assets/none.js')).status).toBe(404)
})
