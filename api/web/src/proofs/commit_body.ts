// What a record's body says, as far as anybody may know: when, which streams, which events (eventstore/commit.proto). What is sealed in it
// stays so. Protocol Buffers' wire format, the little of it that this needs. Pure.
import { textOf, type Bytes } from './bytes'

export interface StreamPart {
  stream: string
  firstRevision: bigint
  events: { type: string; schemaVersion: number }[]
}
export interface Told {
  recordedAtUs: bigint
  occurredAtUs: bigint // 0: as recorded
  clockDriven: boolean // of an epoch's first record: a demo or a test drove the clock
  parts: StreamPart[]
}

type Field = { number: number; value: bigint; bytes?: undefined } | { number: number; bytes: Bytes; value?: undefined }

/** The fields in order; nothing where it is no message. */
function fieldsOf(message: Bytes): Field[] | undefined {
  const fields: Field[] = []
  let at = 0
  const varint = (): bigint | undefined => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++]
      if (byte === undefined) return undefined
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return BigInt.asUintN(64, value)
    }
    return undefined
  }
  while (at < message.length) {
    const key = varint()
    if (key === undefined || key >> 3n === 0n || key >> 32n !== 0n) return undefined
    const number = Number(key >> 3n)
    const kind = Number(key & 7n)
    const value = kind === 0 || kind === 2 ? varint() : 0n
    if (value === undefined) return undefined
    if (kind === 0) {
      fields.push({ number, value })
      continue
    }
    const length = kind === 2 ? Number(value) : kind === 1 ? 8 : kind === 5 ? 4 : -1
    if (length < 0 || at + length > message.length) return undefined
    if (kind === 2) fields.push({ number, bytes: message.slice(at, at + length) })
    at += length
  }
  return fields
}

const numberAt = (fields: Field[], number: number): bigint => fields.findLast((f) => f.number === number && f.value !== undefined)?.value ?? 0n
const bytesAt = (fields: Field[], number: number): Bytes[] => fields.flatMap((f) => (f.number === number && f.bytes ? [f.bytes] : []))
const textAt = (fields: Field[], number: number): string => textOf(bytesAt(fields, number).at(-1) ?? new Uint8Array()) ?? ''

function partIn(bytes: Bytes): StreamPart | undefined {
  const fields = fieldsOf(bytes)
  if (!fields) return undefined
  const events = bytesAt(fields, 5).map(fieldsOf)
  if (events.some((e) => !e)) return undefined
  return {
    stream: textAt(fields, 1),
    firstRevision: numberAt(fields, 2),
    events: events.map((e) => ({ type: textAt(e!, 1), schemaVersion: Number(numberAt(e!, 2)) })),
  }
}

/** Nothing where it cannot be read: no proof rests on it. */
export function toldBy(kind: 'opened' | 'commit', body: Bytes): Told | undefined {
  const fields = fieldsOf(body)
  if (!fields) return undefined
  const recordedAtUs = BigInt.asIntN(64, numberAt(fields, 1))
  if (kind === 'opened') return { recordedAtUs, occurredAtUs: 0n, clockDriven: numberAt(fields, 3) !== 0n, parts: [] }
  const parts = bytesAt(fields, 8).map(partIn)
  if (parts.some((p) => !p)) return undefined
  return { recordedAtUs, occurredAtUs: BigInt.asIntN(64, numberAt(fields, 7)), clockDriven: false, parts: parts as StreamPart[] }
}
