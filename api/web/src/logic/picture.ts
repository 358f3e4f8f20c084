// How large a photo is made before it leaves the phone. Pure.
export const photoEdgeMax = 1600 // px: a number plate or a crack stays readable, the file stays below half a megabyte
export const photoBytesMax = 10_000_000 // what is more is refused before it is read

export function shrunk(width: number, height: number, edge = photoEdgeMax): { width: number; height: number } {
  const factor = Math.min(1, edge / Math.max(width, height, 1))
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }
}
