// The sizes that text may have, in px: from the mode's own up to what the specification for elders asks (30).
export interface Sizes {
  least: number
  usual: number
  most: number
}
export const textSizes = (mode: 'normal' | 'elder'): Sizes =>
  mode === 'elder' ? { least: 18, usual: 20, most: 30 } : { least: 14, usual: 16, most: 30 }

/** The next larger size in steps of 2; after the largest, the mode's own again. */
export function enlarged(mode: 'normal' | 'elder', now: number): number {
  const { usual, most } = textSizes(mode)
  const size = now || usual
  return size >= most ? usual : Math.min(most, size + (mode === 'elder' ? 5 : 2))
}
