// The pure parts: tests/api/web, in milliseconds, without a browser.
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const path = (p: string) => fileURLToPath(new URL(p, import.meta.url))

export default defineConfig({
  root: path('../..'),
  plugins: [vue()],
  resolve: { alias: { '@': path('./src'), vitest: path('./node_modules/vitest'), vue: path('./node_modules/vue/index.mjs') } },
  server: { fs: { allow: [path('../..')] } },
  // A limit, no measure: a machine may have much else to do.
  test: { include: ['tests/api/web/*.test.ts'], testTimeout: 60_000, reporters: ['default', 'junit'], outputFile: { junit: process.env.PIONEER_WEB_REPORT ?? path('../../build/reports/web-unit.xml') } },
})
