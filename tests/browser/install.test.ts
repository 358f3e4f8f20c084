// A phone takes the application onto its first page: the browser itself finds nothing missing.
import { expect, it } from 'vitest'
import { city, device, goTo, onStage, until } from './stage'

onStage()

it('can be installed, with icons as pictures in the sizes that phones want', async () => {
  const page = await device(undefined, { serviceWorker: true })
  await goTo(page, '/')
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  const chromium = await page.context().newCDPSession(page)
  const { errors, url } = await chromium.send('Page.getAppManifest')
  expect([errors, url]).toEqual([[], `${city().url}/manifest.webmanifest`])
  // A context of a test is like a private window; nothing else may stand in the way.
  const missing = async () => (await chromium.send('Page.getInstallabilityErrors')).installabilityErrors.map((e) => e.errorId).filter((id) => id !== 'in-incognito')
  await until(async () => (await missing()).length === 0, `nothing is missing: ${(await missing()).join()}`)
  const { icons } = (await (await fetch(`${city().url}/manifest.webmanifest`)).json()) as { icons: { src: string; sizes: string; type: string; purpose: string }[] }
  const found: string[] = []
  for (const icon of icons.filter((i) => i.type === 'image/png')) {
    expect((await fetch(city().url + icon.src)).headers.get('content-type')).toBe('image/png')
    const edges = await page.evaluate(async (src) => {
      const picture = new Image()
      picture.src = src
      await picture.decode()
      return `${picture.naturalWidth}x${picture.naturalHeight}`
    }, icon.src)
    expect(edges).toBe(icon.sizes)
    found.push(`${icon.purpose} ${icon.sizes}`)
  }
  expect(found).toEqual(['any 192x192', 'any 512x512', 'maskable 512x512'])
})
