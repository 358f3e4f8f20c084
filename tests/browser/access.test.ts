// Everybody can use it: axe on every screen, targets and text as large as promised, nothing sideways, everything by keyboard.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { askFor, call, offer } from './city'
import { city, device, everything, goTo, onStage, picture, until } from './stage'
import { said } from './words'

onStage()
const axe = readFileSync(resolve(import.meta.dirname, '../../api/web/node_modules/axe-core/axe.min.js'), 'utf8')

interface Finding {
  id: string
  nodes: { html: string; failureSummary: string }[]
}
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const found = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as { violations: Finding[] }
  return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)} ${n.failureSummary.slice(0, 200)}`))
}

/** What can be tapped and is smaller than promised. Links within a sentence follow the text's size, as the guidelines allow. */
const smallTargets = (page: Page, least: number) =>
  page.evaluate((px) => {
    const small: string[] = []
    for (const e of document.querySelectorAll<HTMLElement>('a[href], button, input:not([type=hidden]), select, textarea, label:has(input)')) {
      const style = getComputedStyle(e)
      const r = e.getBoundingClientRect()
      if (r.width < 2 || r.height < 2 || style.visibility === 'hidden' || e.closest('[inert], .only-read, .skip, dialog:not([open])')) continue
      if (e.matches('input[type=checkbox], input[type=radio]') && e.closest('label')) continue
      if (e.matches('.van-stepper__input')) continue
      if (style.display === 'inline') continue
      if (r.height < px - 0.5 || r.width < px - 0.5) small.push(`${Math.round(r.width)}x${Math.round(r.height)} ${e.outerHTML.slice(0, 120)}`)
    }
    return small
  }, least)

const smallText = (page: Page, least: number) =>
  page.evaluate((px) => {
    const small = new Set<string>()
    const walker = document.createTreeWalker(document.querySelector('#app')!, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement!
      if (!walker.currentNode.textContent?.trim() || parent.closest('.only-read, svg, dialog:not([open])')) continue
      const style = getComputedStyle(parent)
      if (parseFloat(style.fontSize) < px - 0.1) small.add(`${style.fontSize} ${parent.textContent!.slice(0, 40)}`)
      if (parseFloat(style.lineHeight) / parseFloat(style.fontSize) < 1.295) small.add(`line ${style.lineHeight} of ${style.fontSize} ${parent.textContent!.slice(0, 40)}`)
    }
    return [...small]
  }, least)

const wide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

let paths: { name: string; path: string; cadre?: boolean; open?: boolean }[] = []
beforeAll(async () => {
  const request = await askFor(city(), city().member, '三号楼二单元门口的路灯坏了，晚上老人回家看不清台阶，请早一点来看一看好不好')
  await call(city(), city().cadre.token, `requests/${request}/accept`, {})
  const product = await offer(city(), { title: 'Staff refuelling station: electrician’s course for everybody in the park' })
  await call(city(), city().member.token, `products/${product}/claims`, { places: 1 })
  paths = [
    { name: 'home', path: '/' },
    { name: 'ask', path: '/ask' },
    { name: 'request', path: `/requests/${request}` },
    { name: 'market', path: '/market' },
    { name: 'product', path: `/products/${product}` },
    { name: 'ticket', path: `/products/${product}/claims/1` },
    { name: 'rate', path: `/products/${product}/claims/1/rate` },
    { name: 'mine', path: '/mine' },
    { name: 'settings', path: '/settings' },
    { name: 'organisations', path: '/organisations' },
    { name: 'print', path: `/print/request/${request}` },
    { name: 'nowhere', path: '/nowhere' },
    { name: 'style', path: '/style' },
    { name: 'sign-in', path: '/in', open: true },
    { name: 'board', path: `/boards/${city().community.id}`, cadre: true },
    { name: 'shelves', path: '/shelves', cadre: true },
    { name: 'attendance', path: `/products/${product}/attendance`, cadre: true },
    { name: 'editor', path: '/products/new', cadre: true },
    { name: 'people', path: '/people', cadre: true },
    { name: 'figures', path: '/figures', cadre: true },
  ]
})

const modes = (['normal', 'elder'] as const).flatMap((mode) => (['light', 'dark'] as const).map((theme) => [mode, theme] as const))
describe.each(everything ? modes : [modes[0]!, modes[3]!])('%s mode, %s', (mode, theme) => {
  const least = mode === 'elder' ? 60 : 44

  it('every screen is free of violations, with targets and text as large as promised, nothing sideways', async () => {
    const member = await device(city().member, { mode, theme })
    const cadre = await device(city().cadre, { mode, theme })
    const nobody = await device(undefined, { mode, theme })
    const found: string[] = []
    for (const { name, path, cadre: work, open } of paths) {
      const page = open ? nobody : work ? cadre : member
      await goTo(page, path)
      await page.locator('h1').first().waitFor()
      await until(async () => (await page.locator('[aria-busy=true]:visible').count()) === (name === 'style' ? 2 : 0), `${name} is loaded`)
      await page.evaluate(() => document.fonts.ready.then(() => undefined))
      if (mode === 'normal' || !work) await picture(page, `${name}-${mode}-${theme}`)
      for (const f of [...(await findings(page)), ...(await smallTargets(page, least)), ...(mode === 'elder' ? await smallText(page, 18) : [])]) found.push(`${name}: ${f}`)
      if ((await wide(page)) > 0) found.push(`${name}: ${await wide(page)} px sideways`)
    }
    expect(found).toEqual([])
  })

  // 320 px wide is a phone, or a small window, at 200%; 30 px is the largest text.
  const large = { '200%': { width: 320, height: 640 }, ...(mode === 'elder' ? { 'the largest text': { textSize: 30 } } : {}) }
  it.each(Object.entries(large))('at %s nothing is lost sideways', async (what, look) => {
    const [member, cadre] = [await device(city().member, { mode, theme, ...look }), await device(city().cadre, { mode, theme, ...look })]
    const found: string[] = []
    for (const { name, path, cadre: work, open } of paths.filter((p) => p.name !== 'print')) {
      if (open) continue
      const page = work ? cadre : member
      await goTo(page, path)
      await page.locator('h1').first().waitFor()
      await until(async () => (await page.locator('[aria-busy=true]:visible').count()) === (name === 'style' ? 2 : 0), `${name} is loaded`)
      if ((await wide(page)) > 0) found.push(`${name}: ${await wide(page)} px sideways at ${what}`)
    }
    expect(found).toEqual([])
  })
})

describe('by keyboard alone', () => {
  const w = said('en')
  const tabTo = async (page: Page, name: RegExp) => {
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press('Tab')
      const text = await page.evaluate(() => {
        const e = document.activeElement as HTMLElement | null
        if (!e || e === document.body) return ''
        const label = e?.id ? document.querySelector(`label[for="${e.id}"]`)?.textContent : ''
        return `${e?.getAttribute('aria-label') ?? ''} ${e?.textContent ?? ''} ${e?.closest('label')?.textContent ?? ''} ${label ?? ''}`
      })
      if (name.test(text)) {
        const ring = await page.evaluate(() => {
          const e = document.activeElement!
          const seen = (x: Element | null) => !!x && getComputedStyle(x).outlineStyle !== 'none' && parseFloat(getComputedStyle(x).outlineWidth) >= 2
          return seen(e) || seen(e.closest('label'))
        })
        expect(ring, `focus is visible on ${name}`).toBe(true)
        return
      }
    }
    throw new Error(`Tab does not reach ${name}`)
  }

  it('asks, claims, changes the language, searches an organisation, and leaves', async () => {
    const product = await offer(city(), { title: 'Keys only' })
    const page = await device(city().member, { size: 'desktop', language: 'en' })
    await goTo(page, '/ask')
    await page.locator('.kind').first().waitFor()
    await tabTo(page, /Repairs/)
    await page.keyboard.press('Enter')
    await tabTo(page, new RegExp(`^\\s*${w.ask.next}`))
    await page.keyboard.press('Enter')
    await tabTo(page, /what happened/)
    await page.keyboard.type('The door does not close')
    await tabTo(page, new RegExp(`^\\s*${w.ask.send}`))
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/requests\//)

    await goTo(page, `/products/${product}`)
    await page.getByRole('button', { name: w.product.claim, exact: true }).waitFor()
    await tabTo(page, new RegExp(`^\\s*${w.product.claim}\\s*$`))
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/claims\//)

    await goTo(page, '/organisations')
    await page.locator('.pick').first().waitFor()
    await tabTo(page, new RegExp(w.organisations.search))
    await page.keyboard.type(city().community.name)
    await page.locator('.pick', { hasText: city().community.name }).first().waitFor()
    await tabTo(page, new RegExp(city().community.name))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: city().community.name }).first().waitFor()

    await goTo(page, '/settings')
    await tabTo(page, /English/)
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('heading', { name: said('zh').nav.settings }).waitFor()
    await tabTo(page, new RegExp(said('zh').settings.signOut))
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/in/)
  })
})
