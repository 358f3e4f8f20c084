// Words that mean harm stay words: no script runs, no markup is made, nothing turns the direction of what follows.
import { expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { askFor, call, offer } from './city'
import { city, device, goTo, onStage } from './stage'
import { said } from './words'

onStage()
const title = (what: string) => `${what}<img src=x onerror="document.title='harm'"><script>document.title="harm"</script><b id="harm">{{7*7}}`

async function onlyText(page: Page, path: string): Promise<void> {
  await goTo(page, path)
  if (path.startsWith('/boards/')) await page.locator('#board-search').fill('{{7*7}}')
  await page.getByText('{{7*7}}').first().waitFor()
  expect([await page.title(), await page.locator('img[src="x"], #harm').count()].map(String)).toEqual([expect.not.stringContaining('harm'), '0'])
}

it('a title that means harm is only text: of a product', async () => {
  const id = await offer(city(), { title: title('课') })
  const page = await device(city().member, { size: 'desktop' })
  for (const path of ['/market?q=onerror', `/products/${id}`, `/print/product/${id}`]) await onlyText(page, path)
})

it('a title that means harm is only text: of a request, on its page, in print, in Mine and on the board', async () => {
  const words = title('事')
  const id = await askFor(city(), city().member, words, 'repair', `${words}\n第二行`)
  const page = await device(city().member)
  for (const path of [`/requests/${id}`, `/print/request/${id}`, '/mine']) await onlyText(page, path)
  const cadre = await device(city().cadre, { size: 'desktop' })
  await onlyText(cadre, `/boards/${city().community.id}`)
  await cadre.locator(`[data-id="${id}"]`, { hasText: words }).click()
  await cadre.locator('.beside').getByText(words).first().waitFor()
  await cadre.locator('.beside [data-act=accept]').click()
  await cadre.locator('.beside [data-act=progress]').click()
  await cadre.locator('#act-text').fill(words)
  await cadre.locator('dialog[open] button[type=submit]').click()
  await cadre.locator('.beside .course').getByText(words).waitFor()
  expect([await cadre.title(), await cadre.locator('img[src="x"], #harm').count()]).toEqual([expect.not.stringContaining('harm'), 0])
})

it('what turns the direction of the words after it is taken out before it is sent', async () => {
  const w = said('zh')
  const page = await device(city().member)
  await goTo(page, '/ask')
  await page.locator('.kind').first().click()
  await page.getByRole('button', { name: w.ask.next }).click()
  await page.locator('#words').fill('门牌\u202E倒着\u2066的')
  await page.getByRole('button', { name: w.ask.send }).click()
  await page.waitForURL(/\/requests\//)
  const { title: kept } = await call<{ title: string }>(city(), city().cadre.token, `requests/${new URL(page.url()).pathname.split('/')[2]}`)
  expect(kept).toBe('门牌倒着的')
  await page.getByRole('heading', { name: '门牌倒着的' }).first().waitFor()
})
