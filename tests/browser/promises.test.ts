// What the log promises when it takes something in: kept, one line says so; broken, the screen has the proof, and the command line agrees.
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { proofWords } from '@/words/proofs'
import { expectNoBarriers } from './barriers'
import { call, offer, openCity, program } from './city'
import { city, device, goTo, onStage, picture, playIn, press } from './stage'
import { said } from './words'

onStage()
const w = said('zh')

/** Its place, and the promise as it stands in the answer's header. */
async function claim(page: Page, product: string): Promise<[string, string]> {
  await goTo(page, `/products/${product}`)
  const [answer] = await Promise.all([page.waitForResponse((r) => r.url().endsWith('/claims') && r.request().method() === 'POST'), press(page.getByRole('button', { name: w.product.claim, exact: true }))])
  await page.waitForURL(/\/claims\/\d+/)
  expect(answer.headers()['pioneer-promise']).toBeTruthy()
  return [answer.headers()['pioneer-position']!, answer.headers()['pioneer-promise']!]
}

it('a promise that was kept is told in a line', async () => {
  const id = await offer(city(), { title: '说到做到' })
  const page = await device(city().member)
  const [position, promise] = await claim(page, id)
  await goTo(page, `/receipt/${position}`)
  await page.getByText(w.receipt.promise.kept).waitFor()
  expect(await page.getByText(w.receipt.promise.broken).count()).toBe(0)
  // Another device was promised nothing, and says nothing of it.
  const other = await device(city().member)
  await goTo(other, `/receipt/${position}`)
  await other.getByRole('button', { name: w.receipt.save }).waitFor()
  expect(await other.getByText(w.receipt.promise.kept).count()).toBe(0)
  // Where a receipt is asked for it is told apart from one.
  const p = proofWords.zh
  await goTo(other, '/verify.html')
  await other.setInputFiles('#file', { name: 'a.promise', mimeType: 'text/plain', buffer: Buffer.from(promise, 'base64') })
  await other.getByRole('heading', { name: p.file.promise }).waitFor()
  expect(await other.locator('.result.bad').count()).toBe(0)
})

it('a log that gives one place to two claims is found out, by the one who was promised both', async () => {
  const stand = await openCity()
  playIn(stand.city)
  const folder = mkdtempSync(join(tmpdir(), 'pioneer-fork-'))
  try {
    const { verifier } = await call<{ verifier: string }>(city(), city().member.token, 'tickets/key')
    const id = await offer(city(), { title: '记了两回' })
    const page = await device(city().member)
    await goTo(page, `/products/${id}`)
    await page.getByRole('button', { name: w.product.claim, exact: true }).waitFor()
    // The operator puts yesterday's copy back, and goes on as if nothing had been.
    await stand.die()
    cpSync(stand.data, join(folder, 'copy'), { recursive: true })
    await stand.start()
    const [first] = await claim(page, id)
    await stand.die()
    rmSync(stand.data, { recursive: true })
    renameSync(join(folder, 'copy'), stand.data)
    await stand.start()
    const [second] = await claim(page, id)
    expect(second).toBe(first)

    await goTo(page, `/receipt/${first}`)
    await page.getByRole('heading', { name: w.receipt.promise.broken }).waitFor()
    await page.getByText(w.receipt.promise.twice.replace('{n}', first)).waitFor()
    await expectNoBarriers(page, 'a broken promise')
    await picture(page, 'promise-broken')
    for (const [button, file] of [[w.receipt.promise.savePromise, 'promise'], [w.receipt.promise.saveEvidence, 'evidence']] as const) {
      const [saved] = await Promise.all([page.waitForEvent('download'), press(page.getByRole('button', { name: button }))])
      expect(saved.suggestedFilename()).toBe(`pioneer-${first}.${file}`)
      await saved.saveAs(join(folder, saved.suggestedFilename()))
    }
    await page.locator('summary', { hasText: w.receipt.promise.how }).click()
    const words = (await page.locator('.command').textContent())!.trim().split(' ').map((word) => word.replaceAll("'", ''))
    expect(words.slice(0, 3).concat(words.at(-1)!)).toEqual(['pioneer', 'receipt', 'breach', verifier])
    const judged = spawnSync(program('pioneer'), words.slice(1), { cwd: folder, encoding: 'utf8' })
    expect([judged.status, judged.stdout.split(':')[0]]).toEqual([1, 'BREACH'])
    // A log that gives no receipt any more is judged in the same way.
    await page.route('**/api/v1/receipts/**', (r) => r.fulfill({ status: 404, contentType: 'application/problem+json', body: '{"code":"not_found","status":404}' }))
    await page.reload()
    await page.locator('summary', { hasText: w.receipt.promise.how }).click()
    expect((await page.locator('.command').textContent())!.trim().split(' ').map((word) => word.replaceAll("'", ''))).toEqual(words)
  } finally {
    playIn(undefined)
    await stand.leave()
    rmSync(folder, { recursive: true, force: true })
  }
})
