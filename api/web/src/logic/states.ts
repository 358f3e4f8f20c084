// How each state is shown: tone, icon; its word stands in the catalogue under the same name. Pure.
import type { ClaimState, RequestState } from '@/client/contract'

export type Tone = 'ok' | 'wait' | 'late' | 'info' | 'calm'
export interface Look {
  tone: Tone
  icon: string
}

export const requestLooks: Record<RequestState, Look> = {
  submitted: { tone: 'info', icon: 'send' },
  accepted: { tone: 'info', icon: 'check' },
  in_progress: { tone: 'wait', icon: 'wrench' },
  awaiting_confirmation: { tone: 'wait', icon: 'hourglass' },
  closed_confirmed: { tone: 'ok', icon: 'check' },
  closed_unconfirmed: { tone: 'calm', icon: 'check' },
  withdrawn: { tone: 'calm', icon: 'undo' },
}

export const claimLooks: Record<ClaimState, Look> = {
  confirmed: { tone: 'ok', icon: 'ticket' },
  waitlisted: { tone: 'wait', icon: 'hourglass' },
  cancelled: { tone: 'calm', icon: 'undo' },
  checked_in: { tone: 'ok', icon: 'check' },
  completed: { tone: 'ok', icon: 'check' },
  no_show: { tone: 'calm', icon: 'close' },
}

const calm: Look = { tone: 'calm', icon: 'dots' }
export const requestLook = (state: string): Look => requestLooks[state as RequestState] ?? calm
export const claimLook = (state: string): Look => claimLooks[state as ClaimState] ?? calm

export const isOpen = (state: string) => ['submitted', 'accepted', 'in_progress', 'awaiting_confirmation'].includes(state)
export const holdsPlace = (state: string) => state === 'confirmed' || state === 'waitlisted' || state === 'checked_in'
