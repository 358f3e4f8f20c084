// What our own map knows: outlines of districts and points of streets and councils, each with the code of its organisation. Pure.
import type { Feature, FeatureCollection, MultiPolygon, Point, Position } from 'geojson'

export interface Known {
  code: string
  name: string
  level: string
}
export type Place = Feature<MultiPolygon | Point, Known>
export type Places = FeatureCollection<MultiPolygon | Point, Known>

export interface Spot {
  lat: number
  lon: number
}
export interface Box {
  south: number
  west: number
  north: number
  east: number
}

const positions = (p: Place): Position[] => (p.geometry.type === 'Point' ? [p.geometry.coordinates] : p.geometry.coordinates.flat(2))

export function boxOf(places: readonly Place[]): Box | undefined {
  const all = places.flatMap(positions)
  if (all.length === 0) return undefined
  const lons = all.map((p) => p[0]!)
  const lats = all.map((p) => p[1]!)
  return { south: Math.min(...lats), west: Math.min(...lons), north: Math.max(...lats), east: Math.max(...lons) }
}

/** Where an organisation's code lies: its own place, else the nearest above it, else all below it. Nothing where none is known. */
export function boxOfCode(places: Places, code: string): Box | undefined {
  const above = places.features.filter((p) => code.startsWith(p.properties.code)).sort((a, b) => b.properties.code.length - a.properties.code.length)
  const nearest = above[0]
  return boxOf(nearest ? [nearest] : places.features.filter((p) => p.properties.code.startsWith(code)))
}

const aroundDegrees = 1.5 // a city and what lies about it

/** Only one city is drawn, however many are known. */
export function around(places: Places, at: Spot): Place[] {
  return places.features.filter((p) => {
    const b = boxOf([p])!
    return b.south < at.lat + aroundDegrees && b.north > at.lat - aroundDegrees && b.west < at.lon + aroundDegrees && b.east > at.lon - aroundDegrees
  })
}

/** Whether a ring of positions holds a spot: how often a line from it eastwards crosses the ring. */
function inRing(ring: readonly Position[], at: Spot): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x, y] = ring[i]! as [number, number]
    const [px, py] = ring[j]! as [number, number]
    if (y > at.lat !== py > at.lat && at.lon < ((px - x) * (at.lat - y)) / (py - y) + x) inside = !inside
  }
  return inside
}

export function metresBetween(a: Spot, b: Spot): number {
  const rad = Math.PI / 180
  const x = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad)
  return Math.hypot(x, (b.lat - a.lat) * rad) * 6_371_000
}

const nearMetres = 5_000

/** What lies at a spot, in names: the area around it, and the nearest point of those we know. */
export function namesAt(places: readonly Place[], at: Spot): { area?: string; near?: string } {
  const area = places.find((p) => p.geometry.type === 'MultiPolygon' && p.geometry.coordinates.some((polygon) => inRing(polygon[0]!, at)))
  let near: Place | undefined
  let least = nearMetres
  for (const p of places) {
    if (p.geometry.type !== 'Point') continue
    const [lon, lat] = p.geometry.coordinates as [number, number]
    const metres = metresBetween(at, { lat, lon })
    if (metres < least) [near, least] = [p, metres]
  }
  return { ...(area ? { area: area.properties.name } : {}), ...(near ? { near: near.properties.name } : {}) }
}
