// Our own map: that its file is what its maker makes, and where codes and spots lie.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { around, boxOfCode, metresBetween, namesAt, type Places } from '@/map/places'

const web = resolve(import.meta.dirname, '../../../api/web')
const file = readFileSync(resolve(web, 'public/map/places.geojson'), 'utf8')
const places = JSON.parse(file) as Places
const middle = (code: string) => {
  const b = boxOfCode(places, code)!
  return { lat: (b.south + b.north) / 2, lon: (b.west + b.east) / 2 }
}

describe('the file of the map', () => {
  it('is what places.mjs makes of the demo', async () => {
    const maker = (await import(resolve(web, 'places.mjs'))) as { makePlaces: () => string }
    expect(maker.makePlaces()).toBe(file)
  }, 60_000) // it reads all of the demo's requests
  it('holds each code once, with closed rings about the points of its own city', () => {
    const codes = places.features.map((p) => p.properties.code)
    expect(new Set(codes).size).toBe(codes.length)
    for (const p of places.features) {
      expect(p.properties.name).not.toBe('')
      if (p.geometry.type === 'MultiPolygon') for (const [ring] of p.geometry.coordinates) expect([ring!.length > 3, ring!.at(-1)]).toEqual([true, ring![0]])
    }
  })
  it('has most streets within the outline of their district', () => {
    const streets = places.features.filter((p) => /^\d{9}$/.test(p.properties.code) && p.geometry.type === 'Point')
    const lost = streets.filter((s) => {
      const [lon, lat] = s.geometry.coordinates as [number, number]
      const district = places.features.find((p) => p.properties.code === s.properties.code.slice(0, 6))!
      return namesAt([district], { lat, lon }).area === undefined
    })
    expect(streets.length).toBeGreaterThan(60)
    expect(lost.map((s) => s.properties.name)).toEqual([])
  })
})

describe('where something lies', () => {
  it('is its own place, else the nearest above, else all below', () => {
    expect(middle('350203010').lat).toBeCloseTo(24.475, 3)
    expect(middle('350203010004')).toEqual(middle('350203010'))
    const [city, district] = [boxOfCode(places, '3502')!, boxOfCode(places, '350203')!]
    expect(city.north).toBeGreaterThan(district.north)
    expect(boxOfCode(places, 'LA')!.west).toBeLessThan(-118)
    expect(boxOfCode(places, '990000')).toBeUndefined()
  })
  it('is said in names', () => {
    expect(namesAt(places.features, { lat: 24.476, lon: 118.156 })).toEqual({ area: '思明区', near: '莲前街道' })
    expect(namesAt(places.features, { lat: 0, lon: 0 })).toEqual({})
  })
  it('draws one city at a time', () => {
    const names = around(places, middle('3502')).map((p) => p.properties.code)
    expect(names).toContain('350203')
    expect(names.some((c) => c.startsWith('3205') || c.startsWith('LA'))).toBe(false)
  })
  it('is measured in metres', () => {
    expect(metresBetween({ lat: 24, lon: 118 }, { lat: 24, lon: 118 })).toBe(0)
    expect(metresBetween({ lat: 24, lon: 118 }, { lat: 25, lon: 118 })).toBeCloseTo(111_195, -2)
  })
})
