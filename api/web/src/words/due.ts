// The clock that runs on a request, in words.
import { preferences } from '@/client/preferences'
import { length, short } from '@/logic/time'
import { isOpen, type Tone } from '@/logic/states'
import { words } from '.'

interface Running {
  state: string
  overdue: boolean
  due?: { kind: string; at?: string }
}

export interface DueWords {
  tone: Tone
  icon: string
  text: string
}

export function dueWords(r: Running, now: number, brief = false): DueWords | undefined {
  if (!r.due?.at || !isOpen(r.state)) return undefined
  const left = new Date(r.due.at).getTime() - now
  const late = r.overdue || left < 0
  const language = preferences.language
  const time = brief ? short(left, language) : length(Math.abs(left), language)
  return { tone: late ? 'late' : left < 2 * 3_600_000 ? 'wait' : 'calm', icon: late ? 'late' : 'clock', text: words(late ? 'due.late' : 'due.left', { time }) }
}
