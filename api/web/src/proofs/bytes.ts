// Text and bytes, read strictly: what is not written in the one right way is not taken. Pure.
export type Bytes = Uint8Array<ArrayBuffer>

/** Why something is not taken. Each has its words (src/words/proofs_zh.ts, proofs_en.ts), which may name what stands in `named`. */
export type FaultCode =
  // the file
  | 'too_long' | 'no_text' | 'no_proof' | 'bad_extra' | 'bad_index' | 'bad_hash' | 'too_many_hashes' | 'no_checkpoint' | 'bad_paper'
  // the signed note in it, and the checkpoint that it is
  | 'bad_note' | 'bad_signature_line' | 'too_many_signatures' | 'bad_lines' | 'bad_origin' | 'bad_size' | 'bad_root' | 'beyond_size' | 'wrong_count'
  // the record
  | 'no_record' | 'not_in_tree' | 'bad_record' | 'other_place'
  // who signed
  | 'no_key' | 'other_log' | 'other_key' | 'not_signed' | 'bad_signature' | 'bad_cosignature' | 'no_witness' | 'strange_witness' | 'own_witness'
  // keys that were given
  | 'bad_key' | 'bad_key_id' | 'bad_key_kind'
  // a promise
  | 'bad_promise'
  // what this browser does not know
  | 'no_sha256' | 'no_ed25519'

export interface Why {
  code: FaultCode
  named: Record<string, string>
}
export const because = (code: FaultCode, named: Why['named'] = {}): Why => ({ code, named })
export class Fault extends Error implements Why {
  constructor(
    readonly code: FaultCode,
    readonly named: Record<string, string> = {},
  ) {
    super(code)
  }
}

export function joined(...parts: (Uint8Array | number[])[]): Bytes {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

export const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])
export const bytesOf = (text: string): Bytes => new TextEncoder().encode(text) as Bytes
export const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')

/** UTF-8; nothing for what is none. A mark at the beginning stays, and is then in the way of what must stand there. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

export function base64Of(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/** RFC 4648, section 4: with its padding, nothing between the letters, no bit left over. */
export function base64Read(text: string): Bytes | undefined {
  try {
    const binary = atob(text)
    return btoa(binary) === text ? Uint8Array.from(binary, (c) => c.charCodeAt(0)) : undefined
  } catch {
    return undefined
  }
}

const placesMost = (1n << 63n) - 1n // as others' programs count: int64

/** Digits without leading zeros. */
export function numberRead(text: string): bigint | undefined {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text)) return undefined
  const value = BigInt(text)
  return value <= placesMost ? value : undefined
}

/** What came from anywhere, so that it can be shown: no more than so much of it, and nothing that moves or hides other words. */
export function shown(text: string, most = 80): string {
  const plain = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')
  return plain.length > most ? `${plain.slice(0, most)}…` : plain
}
