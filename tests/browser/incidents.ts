// All that can be unusual, at once, as a server would tell it: no small city has a fork, a lost disk and a lying witness on one day.
import type { Page } from 'playwright-core'
import type { Incidents } from '@/client/contract'
import { call } from './city'
import { city } from './stage'
import { saidOfPast } from './words'

const note = (size: number, root: string) => `pioneer.log/5e1f\n${size}\n${root}\n\n— pioneer.log/5e1f c2lnbmVkIGJ5IHRoZSBsb2cgaXRzZWxmLCBhbmQgbG9uZyBlbm91Z2ggdG8gYnJlYWsgYSBsaW5lIG9uIGEgcGhvbmU=\n`
const [one, other] = ['q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=', 'ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8=']

export const nothing: Incidents = {
  since: '2026-03-01T08:00:00Z', checkpointsSigned: 1200, checkpointsFailed: 0, late: 0, gaps: [], treeRebuilt: 0, engine: 'kafka', voidRecords: 0, contradictions: [],
  takeovers: [{ epoch: '2', position: '1370', at: '2026-03-01T08:00:00Z' }],
}
export const everything = {
  ...nothing, checkpointsFailed: 3, late: 130, treeRebuilt: 1, stopped: 'log_forked', voidRecords: 7, fork: 'The topic has 1,402 records where 1,410 were read.',
  gaps: [
    { began: '2026-03-01T09:00:00Z', fromSize: '1380', toSize: '1410', reason: 'disk_full' },
    { began: '2026-02-28T22:00:00Z', ended: '2026-03-01T08:00:01Z', fromSize: '1360', toSize: '1370', reason: 'not_running' },
  ],
  contradictions: [
    { file: 'evidence/1405-abcdef0123456789', seenAt: '2026-03-01T09:30:00Z', witness: 'witness.example/library', size: '1405', root: one, note: note(1405, one), ourSize: '1398', ourRoot: other, ourNote: note(1398, other), stands: true },
    { file: 'evidence/1200-0123456789abcdef', size: '1200', root: other, note: note(1200, other), stands: false },
  ],
  continues: { logId: '0f1e2d3c4b5a69788796a5b4c3d2e1f0', size: '1100', root: '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff' },
} satisfies Incidents

/** From now on the server tells these. */
export const tell = (page: Page, incidents: Incidents): Promise<void> => page.route('**/api/v1/log/incidents', (r) => r.fulfill({ json: incidents }))

/** What the screen of a sound log says, in English: that nothing was unusual, or, where the machine was too slow for a second's signature, that. */
export async function howQuiet(): Promise<string> {
  const { late } = await call<Incidents>(city(), city().auditor.token, 'log/incidents')
  const words = saidOfPast('en').incidents
  return late ? words.late.replace('{n}', String(late)) : words.quiet
}
