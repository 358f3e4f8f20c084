// A photo from the phone, opened only when it is one and not too large, and made small before it is sent; what is wrong is said in a code.
import { photoBytesMax, shrunk } from '@/logic/picture'
import { pixelsMax, pixelsOf } from '@/logic/picture_size'

const headBytes = 1_000_000 // a camera's remarks may stand before the size

/** To be closed by whoever opened it. */
export async function openPhoto(file: Blob): Promise<ImageBitmap | { code: string }> {
  if (file.size > photoBytesMax * 3) return { code: 'photo_too_large' }
  const pixels = pixelsOf(new Uint8Array(await file.slice(0, headBytes).arrayBuffer()))
  if (pixels === 0) return { code: 'not_a_photo' }
  if (pixels !== undefined && pixels > pixelsMax) return { code: 'photo_too_large' }
  return createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => ({ code: 'not_a_photo' }))
}

export async function shrinkPhoto(file: Blob): Promise<Blob | { code: string }> {
  const picture = await openPhoto(file)
  if ('code' in picture) return picture
  const size = shrunk(picture.width, picture.height)
  const canvas = document.createElement('canvas')
  canvas.width = size.width
  canvas.height = size.height
  canvas.getContext('2d')!.drawImage(picture, 0, 0, size.width, size.height)
  picture.close()
  return new Promise((done) => canvas.toBlob((blob) => done(blob ?? { code: 'not_a_photo' }), 'image/jpeg', 0.82))
}
