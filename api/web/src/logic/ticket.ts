// What stands in a ticket's QR code. Pure.
export interface Ticket {
  text: string
  code: string
}

export interface Named {
  product: string
  claim: string
}

const plain = /^pioneer:claim:([0-9a-z]+)\/(\d+)$/

export const ticketText = (product: string, claim: string): string => `pioneer:claim:${product}/${claim}`

/** Which claim a scanned text names; nothing for what is no ticket of ours. */
export function claimIn(text: string): Named | undefined {
  const found = plain.exec(text.trim())
  return found ? { product: found[1]!, claim: found[2]! } : undefined
}
