// What home weighs, what may run, and that nothing old is served for new.
import { expect, it } from 'vitest'
import { city, device, goTo, onStage } from './stage'

onStage()
const limitBytes = 170 * 1024

it("home's script and style are at most 170 KB compressed", async () => {
  const page = await device(undefined)
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
