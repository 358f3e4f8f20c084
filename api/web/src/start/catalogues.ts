// The words of each language: those of the screens first, those for what went wrong behind them.
export const catalogues = {
  zh: { screens: () => import('../words/zh'), errors: () => import('../words/errors_zh') },
  en: { screens: () => import('../words/en'), errors: () => import('../words/errors_en') },
}
