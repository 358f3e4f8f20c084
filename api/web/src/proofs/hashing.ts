// SHA-256 and Ed25519 as the browser has them (WebCrypto). What it lacks is said, never passed over.
import { Fault, joined, same, type Bytes } from './bytes'

export async function sha256(bytes: Bytes): Promise<Bytes> {
  if (!globalThis.crypto?.subtle) throw new Fault('no_sha256')
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

/** RFC 6962, section 2.1. */
export const leafHash = (record: Uint8Array): Promise<Bytes> => sha256(joined([0], record))
export const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha256(joined([1], left, right))

async function verify(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify'])
  return crypto.subtle.verify('Ed25519', key, signature, message)
}

const fromHex = (hex: string): Bytes => Uint8Array.from(hex.match(/../g)!, (two) => parseInt(two, 16))
// RFC 8032, section 7.1, test 2.
const known = {
  publicKey: fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'),
  message: fromHex('72'),
  signature: fromHex('92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'),
}

/** Whether this browser knows Ed25519, by a signature that is known to be right, and one that is not. */
async function knowsEd25519(): Promise<boolean> {
  try {
    const wrong = known.signature.slice()
    wrong[0]! ^= 1
    return (await verify(known.publicKey, known.message, known.signature)) && !(await verify(known.publicKey, known.message, wrong))
  } catch {
    return false
  }
}

let knows: Promise<boolean> | undefined

/** Error: `no_ed25519`. A key that is none has signed nothing. */
export async function signedBy(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  if (!(await (knows ??= knowsEd25519()))) throw new Fault('no_ed25519')
  try {
    return await verify(publicKey, message, signature)
  } catch {
    return false
  }
}

/** Asked anew: for tests, which take Ed25519 away. */
export const askAgain = (): void => void (knows = undefined)

/** The root to which these hashes lead (RFC 9162, section 2.1.3.2). Error: `wrong_count`, where it must be more or fewer of them. */
export async function rootOf(leaf: Bytes, index: bigint, size: bigint, hashes: Bytes[]): Promise<Bytes> {
  let [place, last] = [index, size - 1n]
  let root = leaf
  for (const hash of hashes) {
    if (last === 0n) throw new Fault('wrong_count')
    if (place % 2n === 1n || place === last) {
      root = await nodeHash(hash, root)
      while (place % 2n === 0n && place !== 0n) [place, last] = [place >> 1n, last >> 1n]
    } else {
      root = await nodeHash(root, hash)
    }
    ;[place, last] = [place >> 1n, last >> 1n]
  }
  if (last !== 0n) throw new Fault('wrong_count')
  return root
}

/** How many hashes lead from this place to the root of a tree of this size. */
export function hashesFor(index: bigint, size: bigint): number {
  let count = 0
  for (let [place, last] = [index, size - 1n]; last !== 0n; [place, last] = [place >> 1n, last >> 1n]) if (place % 2n === 1n || place !== last) count++
  return count
}

export const isRoot = (found: Bytes, root: Bytes): boolean => same(found, root)
