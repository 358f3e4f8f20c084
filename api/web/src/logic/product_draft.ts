// A product while it is being made: days and clocks as people write them, turned into instants at the end. Pure.
import type { CreateProduct, OrganisationName, ProductCard, ProductView } from '@/client/contract'

export interface SessionDraft {
  day: string // YYYY-MM-DD, this device's
  from: string // HH:MM
  to: string
  venue: string
}

export interface ProductDraft {
  title: string
  description: string
  kind: string
  sessions: SessionDraft[]
  capacity: number
  maxPerMember: number
  waitlist: boolean
  pictures?: string[] // of the product it is copied from
}

const two = (n: number) => String(n).padStart(2, '0')
const dayOf = (t: Date) => `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())}`
const clockOf = (t: Date) => `${two(t.getHours())}:${two(t.getMinutes())}`

export function nextSession(last?: SessionDraft): SessionDraft {
  if (!last) return { day: '', from: '09:00', to: '11:00', venue: '' }
  if (!last.day) return { ...last }
  const t = new Date(`${last.day}T12:00`)
  return { ...last, day: dayOf(new Date(t.getFullYear(), t.getMonth(), t.getDate() + 7, 12)) }
}

export const emptyDraft = (): ProductDraft => ({ title: '', description: '', kind: 'activity', sessions: [nextSession()], capacity: 20, maxPerMember: 2, waitlist: true })

export const instant = (day: string, clock: string): string => new Date(`${day}T${clock}`).toISOString()

/** The words of another product, its first day moved to the same weekday after `now`. */
export function copied(p: ProductView, now: Date): ProductDraft {
  const first = p.sessions[0]?.starts ? new Date(p.sessions[0].starts) : now
  const weeks = Math.max(1, Math.ceil((now.getTime() - first.getTime()) / (7 * 86_400_000)))
  const later = (iso: string) => {
    const t = new Date(iso)
    return new Date(t.getFullYear(), t.getMonth(), t.getDate() + 7 * weeks, t.getHours(), t.getMinutes())
  }
  return {
    title: p.title,
    description: p.description,
    kind: p.kind,
    sessions: p.sessions.map((s) => ({ day: dayOf(later(s.starts!)), from: clockOf(later(s.starts!)), to: clockOf(later(s.ends!)), venue: s.venue })),
    capacity: p.capacity,
    maxPerMember: p.maxPerMember,
    waitlist: p.waitlist,
    pictures: p.pictures.map((picture) => picture.blob),
  }
}

export type Fault = 'title' | 'text' | 'session' | 'past' | 'order' | 'capacity'

export function firstFault(d: ProductDraft, now: Date): Fault | undefined {
  if (!d.title.trim()) return 'title'
  if (!d.description.trim()) return 'text'
  if (d.sessions.length === 0 || d.sessions.some((s) => !s.day || !s.from || !s.to || !s.venue.trim())) return 'session'
  if (d.sessions.some((s) => s.to <= s.from)) return 'order'
  if (d.sessions.every((s) => new Date(`${s.day}T${s.to}`) <= now)) return 'past'
  if (!(d.capacity >= 1) || !(d.maxPerMember >= 1)) return 'capacity'
  return undefined
}

export function bodyOf(d: ProductDraft, organisation: string): CreateProduct {
  return {
    title: d.title.trim(),
    description: d.description.trim(),
    kind: d.kind,
    organisation,
    sessions: d.sessions.map((s) => ({ starts: instant(s.day, s.from), ends: instant(s.day, s.to), venue: s.venue.trim() })),
    capacity: d.capacity,
    maxPerMember: d.maxPerMember,
    waitlist: d.waitlist,
    ...(d.pictures?.length ? { pictures: d.pictures } : {}),
  }
}

export function cardOf(d: ProductDraft, organisation: OrganisationName, noTitle: string, local = ''): ProductCard {
  const picture = d.pictures?.[0] ?? local // an address on this device, of one that is not sent yet
  const s = d.sessions[0]
  return {
    id: 'preview',
    state: 'draft',
    revision: '0',
    title: d.title || noTitle,
    kind: d.kind,
    organisation,
    ...(s?.day && s.from ? { starts: instant(s.day, s.from) } : {}),
    venue: s?.venue ?? '',
    capacity: d.capacity || 0,
    placesLeft: d.capacity || 0,
    waiting: 0,
    ...(picture ? { picture: { blob: picture, mediaType: '' } } : {}),
  }
}
