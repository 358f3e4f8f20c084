// A small file of the operator's map (PMTiles, version 3): one picture for every place at every scale.
// Layout: header of 127 bytes, root directory, metadata; all little-endian, nothing compressed.
const headerBytes = 127
const zoomMax = 14
const tilesUpTo = (zoom: number) => (4 ** (zoom + 1) - 1) / 3

function varint(n: number): number[] {
  const bytes: number[] = []
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128)
  return [...bytes, n]
}

export function mapFile(png: Buffer, credit: string): Buffer {
  // One entry: from tile 0 on, all tiles, this long, at the beginning.
  const directory = Buffer.from([1, 0, tilesUpTo(zoomMax), png.length, 1].flatMap(varint))
  const metadata = Buffer.from(JSON.stringify({ attribution: credit }))
  const header = Buffer.alloc(headerBytes)
  header.write('PMTiles')
  header[7] = 3
  const parts = [directory.length, metadata.length, 0, png.length] // root, metadata, leaves, tiles
  let offset = headerBytes
  parts.forEach((length, i) => {
    header.writeBigUInt64LE(BigInt(offset), 8 + 16 * i)
    header.writeBigUInt64LE(BigInt(length), 16 + 16 * i)
    offset += length
  })
  for (const at of [72, 80, 88]) header.writeBigUInt64LE(1n, at) // tiles addressed, entries, contents
  header[96] = 1 // clustered
  header[97] = 1 // directories and metadata not compressed
  header[98] = 1 // nor tiles
  header[99] = 2 // PNG
  header[100] = 0
  header[101] = zoomMax
  return Buffer.concat([header, directory, metadata, png])
}
