// What Lighthouse says of four screens on a phone, and how soon home is there on a slow phone in a bad network.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, it } from 'vitest'
import { freePort, openCity, type Person, type Stand } from '../../browser/city'
import { chromiumAt, chromiumWords, device, goTo, onStage, playIn, signInLink } from '../../browser/stage'
import { figure, manyProducts, manyRequests } from './figures'

const rounds = process.env.PIONEER_QUICK ? 1 : 3
const lighthouse = resolve(import.meta.dirname, 'node_modules/lighthouse/cli/index.js')
let stand: Stand
onStage()
beforeAll(async () => {
  stand = await openCity()
  playIn(stand.city)
  await manyRequests(stand.city, 60)
  await manyProducts(stand.city, 30)
})
afterAll(() => stand?.leave())
const middle = (all: number[]) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)]!

interface Report {
  categories: Record<string, { score: number | null }>
  audits: Record<string, { id: string; title: string; score: number | null; scoreDisplayMode: string; displayValue?: string }>
}
const kinds = ['performance', 'accessibility', 'best-practices'] as const

/** A browser with one person signed in, which Lighthouse enters by its port. */
async function judged(who: Person, paths: { name: string; path: string }[], told: Map<string, Record<string, number>>): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'pioneer-lighthouse-'))
  const port = await freePort()
  const context = await chromium.launchPersistentContext(profile, { executablePath: chromiumAt(), args: [...chromiumWords, `--remote-debugging-port=${port}`] })
  try {
    const page = await context.newPage()
    await page.goto(await signInLink(who))
    await page.waitForURL((u) => u.pathname !== '/in')
    await page.goto('about:blank')
    const cleaning = await context.newCDPSession(page)
    for (const { name, path } of paths) {
      const scores: Record<string, number[]> = { performance: [], accessibility: [], 'best-practices': [] }
      for (let i = 0; i < rounds; i++) {
        // Only who is signed in is known; Lighthouse itself would forget that too.
        await cleaning.send('Network.clearBrowserCache')
        await cleaning.send('Storage.clearDataForOrigin', { origin: stand.city.url, storageTypes: 'indexeddb,cache_storage,service_workers,local_storage' })
        const words = [lighthouse, stand.city.url + path, `--port=${port}`, '--disable-storage-reset', '--output=json', '--quiet', '--no-enable-error-reporting', `--only-categories=${kinds.join(',')}`]
        const { stdout } = await promisify(execFile)('node', words, { maxBuffer: 1 << 28 })
        const report = JSON.parse(stdout) as Report
        for (const kind of kinds) scores[kind]!.push(Math.round(100 * (report.categories[kind]?.score ?? 0)))
        if (process.env.PIONEER_REPORTS) writeFileSync(join(process.env.PIONEER_REPORTS, `${name}.json`), stdout)
        if (i > 0) continue
        for (const a of Object.values(report.audits)) if (a.score !== null && a.score < 0.9 && a.scoreDisplayMode !== 'informative') console.log(`${name}: ${a.id} ${a.score} ${a.displayValue ?? ''}`)
        for (const id of ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index']) console.log(`${name}: ${id} ${report.audits[id]?.displayValue ?? ''}`)
      }
      told.set(name, Object.fromEntries(kinds.map((k) => [k, middle(scores[k]!)])))
    }
  } finally {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  }
}

it('lighthouse', async ({ skip }) => {
  if (!existsSync(lighthouse)) skip('npm ci --prefix tests/bench/web')
  const told = new Map<string, Record<string, number>>()
  await judged(stand.city.member, [{ name: 'home', path: '/' }, { name: 'market', path: '/market' }, { name: 'ask', path: '/ask' }], told)
  await judged(stand.city.cadre, [{ name: 'board', path: `/boards/${stand.city.community.id}` }], told)
  for (const kind of kinds) {
    const each = [...told].map(([name, scores]) => `${name} ${scores[kind]}`)
    figure({ name: `lighthouse-${kind}`, unit: 'points', value: Math.min(...[...told.values()].map((s) => s[kind]!)), note: `the least of: ${each.join(', ')}` })
  }
})

it('home', async () => {
  const networks = { 'slow 4G': { latency: 150, kbits: 1_600 }, '3G': { latency: 400, kbits: 400 } }
  const took: Record<string, number> = {}
  for (const [name, network] of Object.entries(networks)) {
    const all: number[] = []
    for (let i = 0; i < rounds; i++) {
      // Signed in, with nothing of ours kept: what a phone has that was cleaned, or a browser that keeps nothing.
      const page = await device(stand.city.member)
      await goTo(page, '/version') // where nothing of ours holds open what is cleared
      const session = await page.context().newCDPSession(page)
      await session.send('Network.enable')
      await session.send('Network.clearBrowserCache')
      await session.send('Storage.clearDataForOrigin', { origin: stand.city.url, storageTypes: 'indexeddb,cache_storage,service_workers' })
      const bytes = (network.kbits * 1_000) / 8
      await session.send('Network.emulateNetworkConditions', { offline: false, latency: network.latency, downloadThroughput: bytes, uploadThroughput: bytes })
      await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
      const began = Date.now()
      await goTo(page, '/')
      await page.locator('a.tile').first().waitFor({ timeout: 60_000 })
      all.push(Date.now() - began)
      await page.context().close()
    }
    took[name] = middle(all)
  }
  figure({ name: 'web-home', unit: 'ms', value: took['slow 4G']!, note: `from the address to the first product, nothing kept, processor 4 times slower, 150 ms and 1.6 Mbit/s; with 400 ms and 0.4 Mbit/s: ${took['3G']} ms` })
})
