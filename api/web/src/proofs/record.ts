// The fixed header of a record (eventstore/README.md has the table). Pure.
import { Fault, hexOf, type Bytes } from './bytes'

export interface RecordHeader {
  format: number
  kind: 'opened' | 'commit'
  featureLevel: number
  logId: string // hexadecimal
  epoch: bigint
  sequence: bigint
  writer: string // hexadecimal
  previousHash: Bytes
  body: Bytes
}

const headerBytes = 96
const recordBytesMost = 65_535
const crcAt = 12

/** CRC-32 as zlib has it. */
export function crc32(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

/** Error: `bad_record`. A fence is no leaf, so nothing proves one. */
export function headerOf(record: Bytes): RecordHeader {
  const view = new DataView(record.buffer, record.byteOffset, record.length)
  const magic = String.fromCharCode(...record.subarray(0, 4))
  if (record.length < headerBytes || record.length > recordBytesMost || magic !== 'PREC') throw new Fault('bad_record')
  const kind = ({ 2: 'opened', 3: 'commit' } as const)[record[5] as 2 | 3] as RecordHeader['kind'] | undefined
  const counted = record.slice()
  counted.fill(0, crcAt, crcAt + 4)
  if (!kind || view.getUint32(8, true) !== record.length - headerBytes || view.getUint32(crcAt, true) !== crc32(counted)) throw new Fault('bad_record')
  return {
    format: record[4]!,
    kind,
    featureLevel: view.getUint16(6, true),
    logId: hexOf(record.subarray(16, 32)),
    epoch: view.getBigUint64(32, true),
    sequence: view.getBigUint64(40, true),
    writer: hexOf(record.subarray(48, 64)),
    previousHash: record.slice(64, headerBytes),
    body: record.slice(headerBytes),
  }
}
