// Our own map, fetched once; and where an organisation lies in it.
import { answer, api } from '@/client/http'
import { boxOf, boxOfCode, type Box, type Places } from './places'

const none: Places = { type: 'FeatureCollection', features: [] }
let asked: Promise<Places> | undefined

export function knownPlaces(): Promise<Places> {
  asked ??= fetch('/map/places.geojson')
    .then((r) => (r.ok ? (r.json() as Promise<Places>) : none))
    .catch(() => {
      asked = undefined
      return none
    })
  return asked
}

/** Where to open the map: at an organisation; without one, or where it is not known, at the first city that has a place. */
export async function boxAt(organisation: string | undefined): Promise<Box | undefined> {
  const places = await knownPlaces()
  try {
    if (organisation) {
      const { code } = await answer(api.GET('/api/v1/organisations/{id}', { params: { path: { id: organisation } } }))
      const box = code ? boxOfCode(places, code) : undefined
      if (box) return box
    }
    const cities = await answer(api.GET('/api/v1/organisations', { params: { query: { level: 'city', limit: 20 } } }))
    for (const city of cities.items) {
      const box = city.code ? boxOfCode(places, city.code) : undefined
      if (box) return box
    }
  } catch {
    // no signal: what is drawn is all there is
  }
  return boxOf(places.features.slice(0, 1))
}

/** The organisation of an area that was tapped; nothing where this log does not know its code. */
export async function organisationOf(code: string): Promise<{ id: string; name: string } | undefined> {
  const page = await answer(api.GET('/api/v1/organisations', { params: { query: { code, limit: 1 } } }))
  const found = page.items[0]
  return found ? { id: found.id, name: found.name } : undefined
}
