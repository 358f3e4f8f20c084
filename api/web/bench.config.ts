// What ops/bench measures in a browser: tests/bench/web, beside a real pioneerd. Figures, no judgements.
import browser from './browser.config'

export default {
  ...browser,
  test: { ...browser.test, include: ['tests/bench/web/*.figure.ts'], globalSetup: [], testTimeout: 900_000, hookTimeout: 300_000, reporters: ['default'] },
}
