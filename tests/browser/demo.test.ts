// The demo's start page: whose day to live, in which mode; and that there is none where its file is not served.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { openCity, web } from './city'
import { city, device, goTo, onStage, playIn, until } from './stage'
import { said } from './words'

onStage()
afterEach(() => playIn(undefined))

it("from one link a stranger lives a member's, a volunteer's, a cadre's and an auditor's day, in both modes", async () => {
  const pages = mkdtempSync(join(tmpdir(), 'pioneer-demo-'))
  cpSync(web, pages, { recursive: true })
  const stand = await openCity({ web: pages })
  try {
    const { member, cadre, auditor, community } = stand.city
    const roles = [['member', member], ['cadre', cadre], ['auditor', auditor]] as const
    writeFileSync(join(pages, 'demo.json'), JSON.stringify({ roles: roles.map(([role, who]) => ({ role, where: community.name, token: who.token })) }))
    await stand.die()
    await stand.start()
    playIn(stand.city)
    const page = await device(undefined)
    for (const [mode, language] of [['normal', 'zh'], ['elder', 'en']] as const) {
      const w = said(language)
      for (const [day, there] of [['member', /\/$/], ['volunteer', /\/check-in$/], ['cadre', /\/boards\//], ['auditor', /\/audit$/]] as const) {
        await goTo(page, '/demo')
        await page.locator('label', { hasText: language === 'zh' ? '中文' : 'English' }).tap()
        await page.locator('label', { hasText: w.settings[mode] }).tap()
        await page.locator(`[data-day=${day}]`, { hasText: community.name }).tap()
        await page.waitForURL(there)
        const { me } = await page.evaluate(() => fetch('/api/v1/session').then((r) => r.json() as Promise<{ me: { id: string } }>))
        expect(me.id).toBe((day === 'member' ? member : day === 'auditor' ? auditor : cadre).id)
        await until(() => page.evaluate((m) => document.documentElement.dataset.mode === m, mode), mode)
      }
    }
  } finally {
    await stand.leave()
    rmSync(pages, { recursive: true })
  }
})

it('is no page of any other server', async () => {
  const page = await device(undefined)
  await goTo(page, '/demo')
  await page.getByRole('heading', { name: said('zh').nowhere.title }).waitFor()
  expect(await page.locator('[data-day]').count()).toBe(0)
  expect((await fetch(`${city().url}/demo.json`)).status).toBe(404)
})
