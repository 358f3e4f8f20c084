// The words of each language: those of the screens first, those for what went wrong behind them; those for looking back
// come when somebody does.
export const catalogues = {
  zh: { screens: () => import('../words/zh'), errors: () => import('../words/errors_zh'), audit: () => import('../words/audit_zh') },
  en: { screens: () => import('../words/en'), errors: () => import('../words/errors_en'), audit: () => import('../words/audit_en') },
}
