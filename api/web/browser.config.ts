// The stories in a real browser, beside a real pioneerd: tests/browser, one file after the other.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const path = (p: string) => fileURLToPath(new URL(p, import.meta.url))
const modules = (name: string) => path(`./node_modules/${name}`)

export default defineConfig({
  root: path('../..'),
  resolve: {
    alias: { '@': path('./src'), vitest: modules('vitest'), 'playwright-core': modules('playwright-core/index.mjs'), qrcode: modules('qrcode/lib/index.js'), 'zxing-wasm/reader': modules('zxing-wasm/dist/es/reader/index.js') },
  },
  server: { fs: { allow: [path('../..')] } },
  test: {
    include: ['tests/browser/*.test.ts'],
    globalSetup: [path('../../tests/browser/city.ts')],
    fileParallelism: false,
    pool: 'forks',
    testTimeout: 300_000,
    cache: false, // the order of files is everywhere the same, not that of the last run's failures
    retry: 1, // a machine that does much else may be too slow once; what passes only then is told by the report
    hookTimeout: 300_000,
    reporters: ['default', 'junit'],
    outputFile: { junit: process.env.PIONEER_WEB_REPORT ?? path('../../build/reports/browser.xml') },
  },
})
