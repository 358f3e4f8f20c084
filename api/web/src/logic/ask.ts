// A request while it is being asked. Pure.
import type { Category, OrganisationName, SubmitRequest } from '@/client/contract'

export interface Ask {
  category: string
  forWhom: 'me' | 'neighbour'
  neighbour: string
  neighbourPhone: string
  organisation?: OrganisationName
  lat?: number
  lon?: number
  address: string
  text: string
}

export const emptyAsk = (organisation?: OrganisationName): Ask => ({
  category: '',
  forWhom: 'me',
  neighbour: '',
  neighbourPhone: '',
  organisation,
  address: '',
  text: '',
})

// What people ask most stands first; the rest keeps the order of the policy.
const usual = ['repair', 'sanitation', 'care', 'noise', 'paperwork', 'street_light', 'water_supply', 'lift', 'errand', 'power_supply', 'parking']

export function firstCategories(all: readonly Category[], everything: boolean, most: number): Category[] {
  const rank = (c: Category) => {
    const i = usual.indexOf(c.code)
    return i < 0 ? usual.length : i
  }
  const sorted = [...all].sort((a, b) => rank(a) - rank(b))
  if (everything) return sorted
  const other = sorted.find((c) => c.code === 'other')
  const first = sorted.filter((c) => c !== other).slice(0, other ? most - 1 : most)
  return other ? [...first, other] : first
}

/** A neighbour has a name: without it nobody knows for whom it is. */
export const knowsForWhom = (ask: Ask): boolean => ask.forWhom === 'me' || ask.neighbour.trim() !== ''

const titleMax = 40

/** The first sentence of what was said; without words, what it is about. */
export function titleOf(ask: Ask, category: string, voice: boolean, voiceTitle: string): string {
  const first = ask.text.trim().split(/[\n。！？!?.]/)[0]!.trim()
  if (first) return [...first].length > titleMax ? `${[...first].slice(0, titleMax - 1).join('')}…` : first
  return voice ? voiceTitle : category
}

export function readyToSend(ask: Ask, photos: number, voice: boolean, elder: boolean): boolean {
  return ask.category !== '' && !!ask.organisation && (ask.text.trim() !== '' || photos > 0 || voice || elder)
}

export function askBody(ask: Ask, title: string, spokenInstead: string): SubmitRequest {
  return {
    title,
    description: [ask.text.trim() || spokenInstead, ...(ask.address.trim() && ask.lat === undefined ? [ask.address.trim()] : [])].join('\n'),
    category: ask.category,
    organisation: ask.organisation!.id,
    ...(ask.lat !== undefined && ask.lon !== undefined ? { location: { lat: ask.lat, lon: ask.lon, ...(ask.address ? { address: ask.address } : {}) } } : {}),
    ...(ask.forWhom === 'neighbour' && ask.neighbour.trim()
      ? { onBehalfOf: { name: ask.neighbour.trim(), ...(ask.neighbourPhone.trim() ? { phone: ask.neighbourPhone.trim() } : {}) } }
      : {}),
  }
}
