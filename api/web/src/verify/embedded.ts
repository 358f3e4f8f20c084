// What stands in the page itself, as JSON in `<script id="embedded" type="application/json">`: a server gives its keys, an evidence bundle its
// proofs too. `{"keys": ["name+id+key", …], "proofs": [{"name": "…", "proof": "c2sp.org/tlog-proof@v1\n…"}, …]}`. Pure.
export interface Embedded {
  keys: string[]
  proofs: { name: string; proof: string }[]
}

/** Out of the page's own text; a parser would hold the page's style against the policy of the page that asks. */
export const embeddedOf = (page: string): string => /<script id="embedded" type="application\/json">([^<]*)<\/script>/.exec(page)?.[1] ?? ''

export function embeddedIn(text: string): Embedded {
  const found: Embedded = { keys: [], proofs: [] }
  try {
    const { keys, proofs } = JSON.parse(text) as { keys?: unknown; proofs?: unknown }
    if (Array.isArray(keys)) found.keys = keys.filter((k): k is string => typeof k === 'string')
    if (Array.isArray(proofs)) {
      for (const p of proofs as { name?: unknown; proof?: unknown }[]) found.proofs.push({ name: typeof p?.name === 'string' ? p.name : '', proof: typeof p?.proof === 'string' ? p.proof : '' })
    }
  } catch {
    // nothing was put in, or it was broken: then it holds nothing
  }
  return found
}
