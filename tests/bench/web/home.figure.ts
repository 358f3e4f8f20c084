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
  environment: { benchmarkIndex: number }
  categories: Record<string, { score: number | null }>
  audits: Record<string, { id: string; title: string; score: number | null; scoreDisplayMode: string; displayValue?: string }>
}
const kinds = ['performance', 'accessibility', 'best-practices'] as const

/** The index of the machine's processor by which Lighthouse's slowing four times is meant: the middle of what it calls a high-end desktop. A
 * slower machine is slowed less, so that the phone it stands for is the same one (Lighthouse, docs/throttling.md, "Calibrating the CPU
 * slowdown"). */
const meantFor = 1_750
const slowdownUsual = 4

/** What Lighthouse says of a screen, in a browser of its own: another page's garbage would count as this one's work. */
async function judged(who: Person, path: string, slowdown: number): Promise<Report> {
  const profile = mkdtempSync(join(tmpdir(), 'pioneer-lighthouse-'))
  const port = await freePort()
  const context = await chromium.launchPersistentContext(profile, { executablePath: chromiumAt(), args: [...chromiumWords, `--remote-debugging-port=${port}`] })
  try {
    const page = await context.newPage()
    await page.goto(await signInLink(who))
    await page.waitForURL((u) => u.pathname !== '/in')
    await page.goto('about:blank')
    // Only who is signed in is known; Lighthouse itself would forget that too.
    const cleaning = await context.newCDPSession(page)
    await cleaning.send('Network.clearBrowserCache')
    await cleaning.send('Storage.clearDataForOrigin', { origin: stand.city.url, storageTypes: 'indexeddb,cache_storage,service_workers,local_storage' })
    const words = [lighthouse, stand.city.url + path, `--port=${port}`, '--disable-storage-reset', '--output=json', '--quiet', '--no-enable-error-reporting', `--only-categories=${kinds.join(',')}`, `--throttling.cpuSlowdownMultiplier=${slowdown}`]
    const { stdout } = await promisify(execFile)('node', words, { maxBuffer: 1 << 28 })
    return JSON.parse(stdout) as Report
  } finally {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  }
}

function tell(name: string, { audits }: Report): void {
  for (const a of Object.values(audits)) if (a.score !== null && a.score < 0.9 && a.scoreDisplayMode !== 'informative') console.log(`${name}: ${a.id} ${a.score} ${a.displayValue ?? ''}`)
  for (const id of ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index']) console.log(`${name}: ${id} ${audits[id]?.displayValue ?? ''}`)
}

it('lighthouse', async ({ skip }) => {
  if (!existsSync(lighthouse)) skip('npm ci --prefix tests/bench/web')
  const { member, cadre, community } = stand.city
  const screens = [
    { name: 'home', who: member, path: '/' },
    { name: 'market', who: member, path: '/market' },
    { name: 'ask', who: member, path: '/ask' },
    { name: 'board', who: cadre, path: `/boards/${community.id}` },
  ]
  const index = (await judged(member, '/', slowdownUsual)).environment.benchmarkIndex
  const slowdown = Math.round(10 * Math.min(slowdownUsual, (slowdownUsual * index) / meantFor)) / 10
  const least: Record<string, string[]> = {}
  const values: Record<string, number[]> = {}
  for (const { name, who, path } of screens) {
    const reports: Report[] = []
    for (let i = 0; i < rounds; i++) reports.push(await judged(who, path, slowdown))
    tell(name, reports[0]!)
    if (process.env.PIONEER_REPORTS) writeFileSync(join(process.env.PIONEER_REPORTS, `${name}.json`), JSON.stringify(reports[0]))
    for (const kind of kinds) {
      const points = middle(reports.map((r) => Math.round(100 * (r.categories[kind]?.score ?? 0))))
      ;(values[kind] ??= []).push(points)
      ;(least[kind] ??= []).push(`${name} ${points}`)
    }
  }
  const by = `processor ${slowdown} times slower, for an index of ${Math.round(index)}`
  for (const kind of kinds) figure({ name: `lighthouse-${kind}`, unit: 'points', value: Math.min(...values[kind]!), note: `the least of: ${least[kind]!.join(', ')}${kind === 'performance' ? `; ${by}` : ''}` })
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
