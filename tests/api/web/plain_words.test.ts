import { expect, it } from 'vitest'
import { plainWords } from '@/logic/plain_words'

it('what nobody sees is left out of words; lines, tabs and every script stay', () => {
  expect(plainWords('门牌\u202E倒着\u2066的\u0007\u009f')).toBe('门牌倒着的')
  expect(plainWords('门\uFDD0\uFDEF牌\uFFF9\uFFFA\uFFFB好\u{E0001}\u{E0041}\u{E007F}')).toBe('门牌好')
  for (const stays of ['一行\n两行\t三\r\n', 'مساعدة 3 שלום', '👨‍👩‍👧', 'a\u200Bb', '\uFDCF\uFDF0\uFFFC\u{E0080}\u{1F600}']) expect(plainWords(stays)).toBe(stays)
})
