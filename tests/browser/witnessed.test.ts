// Those outside: an auditor sees who has signed and what it means; a member's receipt counts their keys, and earlier ones of the log.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { proofWords } from '@/words/proofs'
import { call, freePort, offer, openCity, program, run, type Stand } from './city'
import { howQuiet } from './incidents'
import { city, device, goTo, onStage, picture, playIn, press, until } from './stage'
import { said, saidOfPast } from './words'

onStage()
const w = said('zh')
const p = proofWords.zh
const name = 'witness.example/library'
const folder = mkdtempSync(join(tmpdir(), 'pioneer-witness-'))
let stand: Stand
let witness: ChildProcess
let witnessKey = ''
beforeAll(async () => {
  witnessKey = run('witness', '--state', folder, '--name', name, 'key').trim().split(/\s+/).at(-1)!
  const listen = `127.0.0.1:${await freePort()}`
  stand = await openCity({
    config: async (data) => {
      const log = run('keys', 'show', '--verifier', '--data', data).trim()
      witness = spawn(program('pioneer'), ['witness', '--state', folder, '--listen', listen, '--log', log], { stdio: ['ignore', 'ignore', 'inherit'] })
      return `witnesses:\n  - {url: "http://${listen}", key: ${witnessKey}}\nwitness_policy: {need: 1}\n`
    },
  })
  playIn(stand.city)
})
afterAll(async () => {
  playIn(undefined)
  await stand?.leave()
  witness?.kill()
  rmSync(folder, { recursive: true, force: true })
})

interface LogState {
  checkpoint?: { signatures: string[] }
  witnessed?: { size: string; have: number }
}
const logState = () => call<LogState>(city(), city().auditor.token, 'log/state')
async function checked(page: Page): Promise<void> {
  await press(page.getByRole('button', { name: w.receipt.check }))
  await page.getByRole('heading', { name: p.verdict.good }).waitFor()
}

it('an auditor sees who outside has signed, when, and what that means', async () => {
  const past = saidOfPast('en')
  await offer(city(), { title: '有人作证' })
  await until(async () => Number((await logState()).witnessed?.size ?? 0) > 0, 'the witness has signed')
  const page = await device(city().auditor, { size: 'desktop', language: 'en' })
  await goTo(page, '/audit')
  await page.getByText(past.home.witnessed.replace('{n}', '1')).waitFor()
  await page.getByText(past.home.witnessedText.split('{size}')[0]!).waitFor()
  expect(await page.getByText(past.home.alone).count()).toBe(0)
  await page.locator('dd').getByText(name).waitFor()
  await picture(page, 'audit-witnessed')
  await goTo(page, '/audit/incidents')
  await page.getByText(await howQuiet()).waitFor()
})

it('a receipt counts a witness whose key a person gave', async () => {
  const id = await offer(city(), { title: '外面也签了' })
  const { claimId } = await call<{ claimId: string }>(city(), city().member.token, `products/${id}/claims`, { places: 1 })
  const { position } = await call<{ position: string }>(city(), city().member.token, `products/${id}/claims/${claimId}`)
  await until(async () => Number((await logState()).witnessed?.size ?? 0) > Number(position), 'a witness has signed what covers it')
  // From a device that claimed nothing: the ticket leads to the receipt.
  const page = await device(city().member)
  await goTo(page, `/products/${id}/claims/${claimId}`)
  await press(page.getByRole('link', { name: w.receipt.link, exact: true }))
  await page.waitForURL(`**/receipt/${position}`)
  await checked(page)
  await page.getByText(p.notWitnessed).waitFor()
  await page.getByText(w.receipt.strangers.replace('{names}', name)).waitFor()

  await goTo(page, '/verify.html')
  await page.locator('#keys-part summary').click()
  await page.locator('#keys').fill(witnessKey)
  await press(page.getByRole('button', { name: p.page.keep }))
  await page.waitForURL(/#k=/)
  await goTo(page, `/receipt/${position}`)
  await checked(page)
  await page.getByText(p.witnessed.split('{at}')[0]!.replace('{names}', name)).waitFor()
  expect(await page.getByText(p.notWitnessed).count()).toBe(0)
})

it('a receipt that this device keeps counts by the key that the log had then', async () => {
  const own = await openCity()
  playIn(own.city)
  try {
    const { verifier: before } = await call<{ verifier: string }>(city(), city().member.token, 'tickets/key')
    const id = await offer(city(), { title: '换了钥匙也认' })
    const { claimId } = await call<{ claimId: string }>(city(), city().member.token, `products/${id}/claims`, { places: 1 })
    const { position } = await call<{ position: string }>(city(), city().member.token, `products/${id}/claims/${claimId}`)
    const page = await device(city().member)
    await goTo(page, `/receipt/${position}`)
    await checked(page)
    await own.die()
    run('keys', 'rotate', '--data', own.data)
    run('keys', 'rotate', '--end', '--data', own.data)
    await own.start()
    const { verifier } = await call<{ verifier: string }>(city(), city().member.token, 'tickets/key')
    expect(verifier).not.toBe(before)
    await goTo(page, `/receipt/${position}`)
    await checked(page)
    await page.locator('details summary').first().click()
    await page.getByText(before.split('+')[1]!).waitFor()
  } finally {
    playIn(stand.city)
    await own.leave()
  }
})
