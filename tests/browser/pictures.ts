// Pictures that a story holds out: a code to be read, and what is better not opened.
import QRCode from 'qrcode'

export interface Picture {
  name: string
  mimeType: string
  buffer: Buffer
}

export const codeOf = async (text: string): Promise<Picture> => ({ name: 'code.png', mimeType: 'image/png', buffer: await QRCode.toBuffer(text, { scale: 8 }) })

/** 60,000 × 60,000 pixels in a few bytes: 14 GB once opened. */
export const bomb: Picture = {
  name: 'bomb.png',
  mimeType: 'image/png',
  buffer: Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]), Buffer.from('IHDR'), Buffer.from([0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60, 8, 2, 0, 0, 0]), Buffer.alloc(64)]),
}
export const noPhoto: Picture = { name: 'none.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no photo at all') }
