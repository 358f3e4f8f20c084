// The keys of the board. They rest while somebody types.
import { onScopeDispose } from 'vue'

export interface BoardActs {
  move: (key: string) => void
  accept: () => void
  assign: () => void
  choose: (n: number) => void // 0: oneself
  open: (act?: 'progress' | 'resolve') => void
  search: () => void
  help: () => void
  close: () => void
}

const moves = new Set(['j', 'k', 'h', 'l', 'g', 'G', 'ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight'])

export function useBoardKeys(acts: BoardActs): void {
  function press(event: KeyboardEvent): void {
    const target = event.target as HTMLElement
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return
    const arrow = event.key.startsWith('Arrow')
    if (arrow && target.closest('dialog')) return
    if (moves.has(event.key)) acts.move(event.key)
    else if (event.key === 'a') acts.accept()
    else if (event.key === 's') acts.assign()
    else if (/^[0-9]$/.test(event.key)) acts.choose(Number(event.key))
    else if (event.key === 'p') acts.open('progress')
    else if (event.key === 'r') acts.open('resolve')
    else if (event.key === 'Enter' && target.tagName !== 'BUTTON' && target.tagName !== 'A') acts.open()
    else if (event.key === 'o') acts.open()
    else if (event.key === '/') acts.search()
    else if (event.key === '?') acts.help()
    else if (event.key === 'Escape') acts.close()
    else return
    event.preventDefault()
  }
  addEventListener('keydown', press)
  onScopeDispose(() => removeEventListener('keydown', press))
}
