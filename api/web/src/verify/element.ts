// Elements by their names, and the marks that stand beside words. Text is only ever text.
export type Child = Node | string
type Properties = Record<string, string | number | (() => void)>

export function element<K extends keyof HTMLElementTagNameMap>(name: K, properties: Properties, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === 'function') made.addEventListener(key.slice('on'.length), value)
    else if (value !== '' || key !== 'class') made.setAttribute(key, String(value))
  }
  made.append(...children)
  return made
}

const drawn = { good: 'M5 12.5l4.5 4.5L19 7.5', bad: 'M6 6l12 12M18 6L6 18', unknown: 'M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 17.5v.5', ownWord: 'M12 6v8M12 17.5v.5', fits: 'M5 12.5l4.5 4.5L19 7.5', other: 'M12 11v7M12 6.5v.5' }

/** A shape of its own for each verdict; the word stands beside it. */
export function mark(verdict: keyof typeof drawn): SVGElement {
  const space = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(space, 'svg')
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', 'aria-hidden': 'true', class: `mark ${verdict}` })) svg.setAttribute(key, value)
  const path = document.createElementNS(space, 'path')
  path.setAttribute('d', drawn[verdict])
  svg.append(path)
  return svg
}
