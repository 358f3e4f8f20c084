// One of each, for the style page: with the longest words that components must bear.
import { proofWords, type Language, type Telling } from '@/words/proofs'
import type { Claim, Photo, ProductCard, RequestCard } from '@/client/contract'

const organisation = { id: '0', name: '湖里区金山街道金山社区居民委员会' }

export const sampleRequest: RequestCard = {
  id: 'sample',
  state: 'in_progress',
  revision: '3',
  title: '3 号楼 2 单元门口的路灯坏了，晚上老人回家看不清台阶',
  category: 'street_light',
  organisation,
  submittedAt: '2026-03-01T08:00:00Z',
  due: { kind: 'resolve', at: new Date(Date.now() + 28 * 3_600_000).toISOString() },
  overdue: false,
  channel: 'web',
  onBehalf: true,
}
export const sampleProduct: ProductCard = {
  id: 'sample',
  state: 'published',
  revision: '1',
  title: '亲子陶艺课',
  kind: 'activity',
  organisation,
  starts: new Date(Date.now() + 2 * 86_400_000).toISOString(),
  venue: '社区活动室二楼',
  capacity: 20,
  placesLeft: 7,
  waiting: 0,
}
export const sampleClaim: Claim = {
  id: '1',
  claimId: '1',
  state: 'waitlisted',
  revision: '1',
  product: 'sample',
  places: 2,
  waitlistPosition: 4,
  passedOver: false,
  title: '亲子陶艺课',
  sessions: [{ starts: sampleProduct.starts!, ends: sampleProduct.starts!, venue: '社区活动室二楼' }],
}
export const sampleProducts: ProductCard[] = ['service', 'training', 'transport', 'clinic'].map((kind) => ({ ...sampleProduct, id: kind, kind }))

/** Pictures that are there without anything having been uploaded. */
export const samplePicture = '/icon.svg'
export const samplePhotos: Photo[] = [
  { blob: samplePicture, mediaType: 'image/svg+xml' },
  { blob: '/icon-maskable.svg', mediaType: 'image/svg+xml' },
  { blob: 'sample', mediaType: 'audio/webm' },
]

/** What a check of a receipt finds, in the language that is on. */
export const sampleTelling = (language: Language, verdict: Exclude<Telling['verdict'], 'other'>): Telling => {
  const w = proofWords[language]
  const steps = (['form', 'place', 'record', 'log', 'witness'] as const).map((name) => ({ verdict: name === 'witness' ? ('unknown' as const) : ('good' as const), text: w.step[name], checked: w.checked[name === 'witness' ? 'unknown' : 'good'], why: name === 'witness' ? w.why.no_witness : '' }))
  const isGood = verdict === 'good'
  return {
    verdict, title: w.verdict[verdict], lead: w.lead[verdict], what: [w.event.ClaimPlaced], facts: [{ label: w.log, value: 'pioneer.example/style' }], proves: isGood ? [w.proves] : [], provesNot: isGood ? [w.notTrue] : [],
    reason: isGood ? '' : w.why.not_in_tree, steps, details: [{ label: w.leaf, value: '4679556b3db005e2' }],
  }
}
