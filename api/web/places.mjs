// Makes public/map/places.geojson, the map that needs no internet: `npm run places`. Outlines and points of ops/demo/places.csv were
// drawn by hand, for finding one's way and not as boundaries; those of Los Angeles come from where its requests were made.
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname
const demo = (name) => readFileSync(resolve(here, '../../ops/demo', name), 'utf8')
// A field is plain, or within quotes, where a comma may stand.
const fieldsOf = (line) => [...line.trimEnd().matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1] ?? m[2])
const rowsOf = (text) => text.trimEnd().split('\n').slice(1).map(fieldsOf)

const feature = (code, name, level, geometry) => ({ type: 'Feature', properties: { code, name, level }, geometry })
const point = (at) => ({ type: 'Point', coordinates: at })
const closed = (ring) => [...ring, ring[0]]
const rounded = ([lon, lat]) => [Math.round(lon * 1000) / 1000, Math.round(lat * 1000) / 1000]

function drawn() {
  const named = new Map(rowsOf(demo('organisations.csv')).map(([code, name, , level]) => [code, { name, level }]))
  return rowsOf(demo('places.csv')).map(([code, points]) => {
    const { name, level } = named.get(code)
    const rings = points.split('|').map((ring) => ring.split(';').map((p) => p.split(' ').map(Number)))
    if (rings[0].length === 1) return feature(code, name, level, point(rings[0][0]))
    return feature(code, name, level, { type: 'MultiPolygon', coordinates: rings.map((ring) => [closed(ring)]) })
  })
}

// As the import of requests derives it (adapters/csv/derived_tree.cpp).
const codeOf = (name) => `LA-${name.toUpperCase().replaceAll(/[^A-Z0-9\u0080-\uffff]+/g, '-').replace(/-$/, '')}`

const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
const centre = (points) => [middle(points.map((p) => p[0])), middle(points.map((p) => p[1]))]

/** The convex hull (monotone chain) of the points nearest to their middle; the farthest of a hundred are slips of the pen. */
function hull(points) {
  const [x, y] = centre(points)
  const far = (p) => (p[0] - x) ** 2 + (p[1] - y) ** 2
  const kept = [...points].sort((a, b) => far(a) - far(b)).slice(0, Math.ceil(points.length * 0.97))
  const sorted = kept.sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const half = (from) => {
    const chain = []
    for (const p of from) {
      while (chain.length > 1) {
        const [a, b] = chain.slice(-2)
        if ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0) break
        chain.pop()
      }
      chain.push(p)
    }
    return chain.slice(0, -1)
  }
  return [...half(sorted), ...half(sorted.reverse())]
}

function counted() {
  const text = demo('la311-2020-01.csv')
  const columns = text.slice(0, text.indexOf('\n')).trim().split(',')
  const [lat, lon, apc, nc] = ['latitude', 'longitude', 'apc', 'ncname'].map((c) => columns.indexOf(c))
  const areas = new Map()
  const councils = new Map()
  for (const row of rowsOf(text)) {
    if (!row[lat] || !row[lon]) continue
    const at = [Number(row[lon]), Number(row[lat])]
    for (const [of, name] of [[areas, row[apc]], [councils, row[nc]]]) if (name?.trim()) of.set(name.trim(), [...(of.get(name.trim()) ?? []), at])
  }
  const byName = (a, b) => (a[0] < b[0] ? -1 : 1)
  return [
    ...[...areas].sort(byName).map(([name, points]) => feature(codeOf(name), name, 'district', { type: 'MultiPolygon', coordinates: [[closed(hull(points).map(rounded))]] })),
    ...[...councils].sort(byName).map(([name, points]) => feature(codeOf(name), name, 'community', point(rounded(centre(points))))),
  ]
}

export function makePlaces() {
  const lines = [...drawn(), ...counted()].map((f) => JSON.stringify(f))
  return `{"type":"FeatureCollection","features":[\n${lines.join(',\n')}\n]}\n`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(resolve(here, 'public/map/places.geojson'), makePlaces())
