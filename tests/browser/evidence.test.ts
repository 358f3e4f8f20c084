// An evidence archive of a running city: made by the command line, unpacked, its page opened from a disk without a network, and caught when changed.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { proofWords } from '@/words/proofs'
import { expectNoBarriers } from './barriers'
import { askFor, call, run, web } from './city'
import { checkedAgain, city, device, onStage, picture } from './stage'

onStage()
let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'pioneer-evidence-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('its page checks itself; one changed letter of one proof is refused', async () => {
  const w = proofWords.zh
  const id = await askFor(city(), city().member, '楼梯扶手松了')
  for (const [act, body] of [['accept', {}], ['resolve', { text: '拧紧了' }]] as const) await call(city(), city().cadre.token, `requests/${id}/${act}`, body)
  await call(city(), city().member.token, `requests/${id}/confirm`, {})
  const { verifier } = await call<{ verifier: string }>(city(), city().member.token, 'tickets/key')
  const stick = join(folder, 'stick')
  const last = Number((await call<{ items: { position: string }[] }>(city(), city().auditor.token, `streams/request/${id}`)).items.at(-1)!.position)
  // The log is signed each second: until what was confirmed is.
  for (let size = 0; size <= last; size = Number(readFileSync(join(stick, 'checkpoint'), 'utf8').split('\n')[1])) run('audit', 'mirror', '--server', city().url, '--token', city().auditor.token, '--to', stick, '--verifier', verifier)
  run('audit', 'evidence', stick, '--stream', `request/${id}`, '--out', join(folder, 'e.zip'), '--verifier', verifier, '--page', join(web, 'verify.html'))
  execFileSync('python3', ['-m', 'zipfile', '-e', join(folder, 'e.zip'), join(folder, 'e')])

  const page = await device(undefined)
  await page.context().setOffline(true)
  const open = (name: string) => page.goto(pathToFileURL(join(folder, 'e', name)).href)
  await open('index.html')
  // It holds together; whether the key is the log's, a person says who compares it.
  await page.locator('div.result.ownWord').waitFor()
  expect(await page.locator('.result.bad').count()).toBe(0)
  const all = await page.locator('details.result').count()
  const counted = (text: string, n: number) => text.replace('{n}', String(n)).replace('{all}', String(all))
  expect(await page.locator('.result h2').allTextContents()).toEqual([counted(w.page.many.fits, all), w.page.left])
  await expectNoBarriers(page, 'evidence')
  await page.getByText(verifier.split('+')[1]!).first().waitFor()
  await page.locator('div.result').getByRole('button', { name: w.page.compared }).click()
  await page.locator('div.result.good').waitFor()
  await page.getByRole('heading', { name: counted(w.page.many.good, all) }).waitFor()
  expect(await page.locator('details.result.good').count()).toBe(all)
  expect(all).toBeGreaterThanOrEqual(4) // asked, accepted, solved, confirmed
  await checkedAgain(page)
  await page.locator('details.result').last().locator('summary').first().click()
  await picture(page, 'evidence')

  // One letter of the last record, in the page that holds it.
  const own = readFileSync(join(folder, 'e/index.html'), 'utf8')
  const at = own.lastIndexOf('extra ', own.indexOf('</script>', own.indexOf('id="embedded"'))) + 150
  const changed = own.slice(0, at) + (own[at] === 'A' ? 'B' : 'A') + own.slice(at + 1)
  writeFileSync(join(folder, 'e/changed.html'), changed)
  await open('changed.html')
  await page.locator('div.result.bad').waitFor()
  expect(await page.locator('.result h2').first().textContent()).toBe(counted(w.page.many.bad, 1))
  expect(await page.locator('details.result.bad').count()).toBe(1)
  await page.locator('details.result.bad').getByText(w.why.not_in_tree).first().waitFor({ state: 'attached' })

  // The archive itself, where a receipt is asked for: it leads to its page.
  writeFileSync(join(folder, 'verify.html'), readFileSync(join(web, 'verify.html')))
  await page.goto(pathToFileURL(join(folder, 'verify.html')).href)
  await page.setInputFiles('#file', join(folder, 'e.zip'))
  await page.getByRole('heading', { name: w.file.evidence }).waitFor()
  expect(await page.locator('.result.bad').count()).toBe(0)
})
