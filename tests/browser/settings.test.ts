// How one likes it: the size of the text by its slider, in each mode from its least to 30 px, kept on this device.
import { expect, it } from 'vitest'
import { city, device, goTo, onStage, until } from './stage'
import { said } from './words'

onStage()
const w = said('zh')

it('text is as large as the slider says, in each mode, and stays so', async () => {
  const page = await device(city().member)
  const textSize = () => page.evaluate(() => getComputedStyle(document.documentElement).fontSize)
  await goTo(page, '/settings')
  for (const [mode, least, usual] of [['normal', 14, 16], ['elder', 18, 20]] as const) {
    await page.locator('label', { hasText: w.settings[mode] }).tap()
    const slider = page.locator('#size')
    await until(async () => (await textSize()) === `${usual}px`, `${mode}: as usual`)
    for (const [key, px] of [['Home', least], ['ArrowRight', least + 1], ['End', 30]] as const) {
      await slider.press(key)
      await page.getByText(w.settings.size.replace('{n}', String(px)), { exact: true }).waitFor()
      expect([mode, key, await textSize()]).toEqual([mode, key, `${px}px`])
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0)
    await page.reload()
    await slider.waitFor()
    expect([mode, await textSize()]).toEqual([mode, '30px'])
  }
})
