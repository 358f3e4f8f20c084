// A photo from the phone, made small; what is none, or too large to open, is said so before anything is sent.
import { photoBytesMax, shrunk } from '@/logic/picture'
import { pixelsMax, pixelsOf } from '@/logic/picture_size'

const headBytes = 1_000_000 // a camera's remarks may stand before the size

export async function shrinkPhoto(file: Blob): Promise<Blob | { code: string }> {
  if (file.size > photoBytesMax * 3) return { code: 'photo_too_large' }
  const pixels = pixelsOf(new Uint8Array(await file.slice(0, headBytes).arrayBuffer()))
  if (pixels === 0) return { code: 'not_a_photo' }
  if (pixels !== undefined && pixels > pixelsMax) return { code: 'photo_too_large' }
  let picture: ImageBitmap
  try {
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    return { code: 'not_a_photo' }
  }
  const size = shrunk(picture.width, picture.height)
  const canvas = document.createElement('canvas')
  canvas.width = size.width
  canvas.height = size.height
  canvas.getContext('2d')!.drawImage(picture, 0, 0, size.width, size.height)
  picture.close()
  return new Promise((done) => canvas.toBlob((blob) => done(blob ?? { code: 'not_a_photo' }), 'image/jpeg', 0.82))
}
