// What was unusual: every kind of it in words, in both languages; and a log that lost what it had signed, told by a real witness.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { Incidents } from '@/client/contract'
import { expectNoBarriers } from './barriers'
import { call, freePort, offer, openCity, program, run } from './city'
import { everything, nothing, tell } from './incidents'
import { city, device, goTo, onStage, picture, playIn, press, until, type Language } from './stage'
import { said, saidOfPast } from './words'

onStage()
const [stands, over] = everything.contradictions

async function open(language: Language, theme: 'light' | 'dark' = 'light', told: Incidents = everything): Promise<Page> {
  const page = await device(city().auditor, { language, theme, mode: theme === 'dark' ? 'elder' : 'normal' })
  await tell(page, told)
  await goTo(page, '/audit/incidents')
  await page.locator('h2').first().waitFor()
  return page
}
async function saved(page: Page, button: ReturnType<Page['getByRole']>, how: () => Promise<void> = () => press(button)): Promise<{ name: string; text: string }> {
  const [file] = await Promise.all([page.waitForEvent('download'), how()])
  return { name: file.suggestedFilename(), text: readFileSync((await file.path())!, 'utf8') }
}

it.each([['zh', 'light'], ['en', 'dark'], ['zh', 'dark'], ['en', 'light']] as const)('all that can go wrong is told in words: %s, %s', async (language, theme) => {
  const w = saidOfPast(language).incidents
  const page = await open(language, theme)
  const cards = page.locator('section.card')
  const card = (title: string) => cards.filter({ has: page.getByRole('heading', { level: 2, name: title, exact: true }) })
  const filled = (text: string, values: Record<string, string | number>) => Object.entries(values).reduce((s, [k, v]) => s.replace(`{${k}}`, String(v)), text)
  expect(await page.getByText(w.quiet).count()).toBe(0)

  const standing = page.locator('[data-contradiction=stands]')
  await standing.getByRole('heading', { name: w.contradiction }).waitFor()
  await standing.getByRole('heading', { name: filled(w.theirs, { witness: stands.witness }) }).waitFor()
  await standing.getByText(filled(w.covers, { n: stands.size })).waitFor()
  await standing.getByRole('heading', { name: w.ours }).waitFor()
  await standing.getByText(filled(w.covers, { n: stands.ourSize })).waitFor()
  await standing.getByText(w.seen.split('{at}')[0] || w.seen.split('{at}')[1]!.trim()).waitFor()
  for (const root of [stands.root, stands.ourRoot]) await standing.getByText(root).first().waitFor()
  await standing.getByText(w.whole).first().click()
  await standing.locator('pre:visible', { hasText: stands.root }).waitFor()
  const past = page.locator('[data-contradiction=over]')
  await past.getByRole('heading', { name: w.over }).waitFor()
  await past.getByRole('heading', { name: w.theirsUnknown }).waitFor()
  await past.getByText(w.oursNone).waitFor()
  expect(await past.getByRole('button', { name: w.saveOurs }).count()).toBe(0)

  const old = page.locator('[data-continues]')
  await old.getByText(filled(w.continuesText, { n: everything.continues.size })).waitFor()
  for (const exact of [everything.continues.logId, everything.continues.root]) await old.getByText(exact).waitFor()

  await card(w.fork).getByText(everything.fork).waitFor()
  await cards.filter({ hasText: w.stoppedText }).waitFor()
  const late = card(filled(w.late, { n: 130 }))
  await late.getByText(filled(w.newest, { n: 2 })).waitFor()
  expect(await late.locator('li').allTextContents()).toEqual([expect.stringContaining('1380'), expect.stringContaining(w.because.not_running)])
  await cards.filter({ hasText: filled(w.failed, { n: 3 }) }).waitFor()
  await card(filled(w.rebuilt, { n: 1 })).waitFor()
  await card(w.void).getByText(filled(w.voidCount, { n: 7 })).waitFor()
  expect(await page.getByText(w.forkNone).count()).toBe(0)
  await expectNoBarriers(page, `incidents, ${language}, ${theme}`)
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 'nothing is lost sideways').toBe(0)
  await page.evaluate(() => scrollTo(0, 0))
  await picture(page, `incidents-${language}-${theme}`)
})

it('each of them alone ends the quiet, and none of them leaves it', async () => {
  const w = saidOfPast('en')
  const page = await device(city().auditor, { language: 'en' })
  const alone: Partial<Incidents>[] = [
    { late: 1, gaps: everything.gaps.slice(1) }, { checkpointsFailed: 1 }, { treeRebuilt: 1 }, { stopped: 'disk_full' }, { voidRecords: 1 }, { fork: everything.fork }, { contradictions: [stands] }, { contradictions: [over] }, { continues: everything.continues },
  ]
  for (const [i, one] of alone.entries()) {
    await page.unrouteAll()
    await tell(page, { ...nothing, checkpointsSigned: 1_300 + i, ...one })
    await goTo(page, '/audit/incidents')
    // What this device had from the one before comes first.
    await page.getByText(w.incidents.signed.replace('{n}', String(1_300 + i))).waitFor()
    expect([one, await page.getByText(w.incidents.quiet).count()]).toEqual([one, 0])
  }
  await page.unrouteAll()
  await tell(page, nothing)
  await goTo(page, '/audit/incidents')
  await page.getByText(w.incidents.quiet).waitFor()
  await page.getByText(w.incidents.voidNone).waitFor()
  await page.getByText(w.incidents.forkNone).waitFor()
})

it('both notes are saved by the keyboard alone, byte for byte', async () => {
  const w = saidOfPast('en').incidents
  const page = await open('en')
  for (const [name, file, note] of [[w.saveTheirs, 'theirs', stands.note], [w.saveOurs, 'ours', stands.ourNote]] as const) {
    const button = page.locator('[data-contradiction=stands]').getByRole('button', { name })
    await until(async () => (await page.keyboard.press('Tab'), button.evaluate((b) => b === document.activeElement)), `${name} is reached`)
    expect(await button.evaluate((b) => parseFloat(getComputedStyle(b).outlineWidth)), 'the focus is seen').toBeGreaterThanOrEqual(2)
    expect(await saved(page, button, () => page.keyboard.press('Enter'))).toEqual({ name: `pioneer-1405-abcdef0123456789.${file}`, text: note })
  }
})

it('a log that was put back to yesterday is told by its witness, proven by what the screen saves, and goes on under another name', async () => {
  const w = saidOfPast('zh').incidents
  const folder = mkdtempSync(join(tmpdir(), 'pioneer-back-'))
  const state = join(folder, 'witness')
  const witnessKey = run('witness', '--state', state, '--name', 'witness.example/library', 'key').trim().split(/\s+/).at(-1)!
  const listen = `127.0.0.1:${await freePort()}`
  let log = ''
  let witness: ChildProcess | undefined
  const watch = () => void (witness = spawn(program('pioneer'), ['witness', '--state', state, '--listen', listen, '--log', log], { stdio: ['ignore', 'ignore', 'inherit'] }))
  const away = async () => void (witness && (await new Promise((ended) => (witness!.once('exit', ended), witness!.kill()))))
  const stand = await openCity({
    config: (data) => {
      log = run('keys', 'show', '--verifier', '--data', data).trim()
      watch()
      return Promise.resolve(`witnesses:\n  - {url: "http://${listen}", key: ${witnessKey}}\nwitness_policy: {need: 1}\n`)
    },
  })
  playIn(stand.city)
  const logState = () => call<{ size: string; witnessed?: { size: string } }>(city(), city().auditor.token, 'log/state')
  const covered = async (size: number) => Number((await logState()).witnessed?.size ?? 0) >= size
  const contradicted = async () => ((await (await fetch(`${city().url}/readyz`)).json()) as { witnessed?: { reason?: string } }).witnessed?.reason === 'contradicted'
  try {
    await offer(city(), { title: '昨天的课' })
    await until(() => covered(1), 'the witness has signed')
    await stand.die()
    cpSync(stand.data, join(folder, 'yesterday'), { recursive: true })
    await stand.start()
    for (let i = 1; i <= 12; i++) await offer(city(), { title: `今天的第 ${i} 课` })
    const today = Number((await logState()).size)
    await until(() => covered(today), 'the witness has signed what came today')
    await stand.die()
    await away()
    rmSync(stand.data, { recursive: true })
    renameSync(join(folder, 'yesterday'), stand.data)
    await stand.start() // the witness is not there, and nothing else tells
    watch()
    await until(contradicted, 'the witness tells', 100_000)

    const page = await device(city().auditor)
    await goTo(page, '/audit/incidents')
    const card = page.locator('[data-contradiction=stands]')
    await card.getByRole('heading', { name: w.theirs.replace('{witness}', 'witness.example/library') }).waitFor()
    expect(await page.getByText(w.quiet).count()).toBe(0)
    const theirs = await saved(page, card.getByRole('button', { name: w.saveTheirs }))
    const ours = await saved(page, card.getByRole('button', { name: w.saveOurs }))
    for (const { text } of [theirs, ours]) expect(text.split('\n')[0]).toBe(log.split('+')[0])
    expect(theirs.text).not.toBe(ours.text)
    // The command that the screen names judges it, with a copy of the log as it is now.
    await card.getByText(w.how).click()
    const words = (await card.locator('.command').textContent())!.trim().split(' ')
    await stand.die()
    run('audit', 'mirror', '--data', stand.data, '--to', join(folder, 'mirror'))
    writeFileSync(join(folder, theirs.name), theirs.text)
    const judged = spawnSync(program('pioneer'), words.slice(1), { cwd: folder, encoding: 'utf8' })
    expect([words[0], judged.status, judged.stdout.split(':')[0]]).toEqual(['pioneer', 1, 'BAD'])

    // With the witness there no server goes on under the old name. The operator owns up: another log, which names this one.
    await expect(stand.start()).rejects.toThrow('pioneerd ended')
    run('log', 'continue', '--data', stand.data)
    await stand.start()
    await goTo(page, '/audit/incidents')
    const old = page.locator('[data-continues]')
    await old.getByRole('heading', { name: w.continues }).waitFor()
    await old.getByText(log.split('+')[0]!.split('/')[1]!).waitFor()
    expect(await page.getByText(w.quiet).count()).toBe(0)
    await picture(page, 'incidents-continued')
  } finally {
    playIn(undefined)
    await stand.leave()
    await away()
    rmSync(folder, { recursive: true, force: true })
  }
})
