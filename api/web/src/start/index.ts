// The first piece of script. The application, the words, this address' screen and its first answers come side by side.
import '../design/tokens.css'
import '../design/base.css'
import { askEarly } from './early'
import { remembered } from './remembered'
import { screenOf } from './screens'
import { catalogues } from './catalogues'

const { language, theme, mode } = remembered()
const root = document.documentElement
// The ground has its colour and size at once; the rest is the application's.
root.dataset.theme = theme === 'auto' ? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light') : theme
root.dataset.mode = mode
askEarly(language, location.pathname)
void import('../main')
void catalogues[language].screens()
void screenOf(location.pathname)?.().catch(() => undefined)
