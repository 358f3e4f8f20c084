// What was done a moment ago and is undone by its opposite: a place that an elder claimed is given back in one tap, for ten minutes.
import { reactive } from 'vue'
import { undoMs } from '@/logic/waiting'
import { me } from './session'
import { keep, kept } from './store'

type Undoing = `/api/v1/products/${string}/claims/${string}/cancel`

export interface Undo {
  who: string // member
  about: string // a message key: what was done
  name: string
  path: Undoing // of the call that undoes it
  sent: string // a message key: what that call is
  link: string // where it is seen
  notBefore: number // until then, by this device, as the outbox has it
}

export const undos = reactive<Undo[]>([])
const place = 'undos'
const save = () => keep('drafts', place, JSON.parse(JSON.stringify(undos)))

export async function openUndos(): Promise<void> {
  const before = ((await kept<Undo[]>('drafts', place)) ?? []).filter((u) => u.notBefore > Date.now())
  undos.push(...before.filter((b) => !undos.some((u) => u.path === b.path)))
}

export function offerUndo(what: Omit<Undo, 'who' | 'notBefore'>): void {
  undos.push({ ...what, who: me.value?.id ?? '', notBefore: Date.now() + undoMs })
  void save()
}

/** It was undone, or cannot be any more. */
export function dropUndo(path: string): void {
  const i = undos.findIndex((u) => u.path === path)
  if (i < 0) return
  undos.splice(i, 1)
  void save()
}
