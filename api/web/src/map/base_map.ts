// The operator's own map, if there is one (/map.pmtiles, read by ranges): drawn here when it holds shapes, shown when it holds pictures.
import L from 'leaflet'
import type { PMTiles } from 'pmtiles'

const address = '/map.pmtiles'
const mark = 'PMTiles' // how such a file begins

export interface Base {
  layer: L.Layer
  credit: string // whom its file names
}

/** Whether there is one, before anything is loaded to read it. */
async function isThere(): Promise<boolean> {
  try {
    const response = await fetch(address, { headers: { Range: `bytes=0-${mark.length - 1}` } })
    return response.status === 206 && (await response.text()) === mark
  } catch {
    return false
  }
}

class Pictures extends L.GridLayer {
  constructor(
    private readonly file: PMTiles,
    options: L.GridLayerOptions,
  ) {
    super(options)
  }

  protected override createTile(at: L.Coords, done: L.DoneCallback): HTMLElement {
    const picture = document.createElement('img')
    picture.alt = ''
    this.file
      .getZxy(at.z, at.x, at.y)
      .then((tile) => {
        if (!tile) return done(undefined, picture)
        picture.onload = picture.onerror = () => {
          URL.revokeObjectURL(picture.src)
          done(undefined, picture)
        }
        picture.src = URL.createObjectURL(new Blob([tile.data]))
      })
      .catch((error: Error) => done(error, picture)) // no signal: this piece stays empty
    return picture
  }
}

const plain = (html: unknown): string => (typeof html === 'string' ? html.replaceAll(/<[^>]*>/g, '').trim() : '')

export async function baseMap(theme: 'light' | 'dark', language: string): Promise<Base | undefined> {
  if (!(await isThere())) return undefined
  const { PMTiles, TileType } = await import('pmtiles')
  const file = new PMTiles(address)
  const [header, told] = await Promise.all([file.getHeader(), file.getMetadata().catch(() => ({}))])
  const credit = plain((told as { attribution?: unknown }).attribution)
  if (header.tileType !== TileType.Mvt) return { layer: new Pictures(file, { maxNativeZoom: header.maxZoom, minNativeZoom: header.minZoom, noWrap: true }), credit }
  const { leafletLayer } = await import('protomaps-leaflet')
  return { layer: leafletLayer({ url: address, flavor: theme, lang: language, maxDataZoom: header.maxZoom }) as unknown as L.Layer, credit }
}
