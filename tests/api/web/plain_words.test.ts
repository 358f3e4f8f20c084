import { expect, it } from 'vitest'
import { plainWords } from '@/logic/plain_words'

it('what nobody sees is left out of words; lines, tabs and every script stay', () => {
  expect(plainWords('门牌\u202E倒着\u2066的\u0007\u009f')).toBe('门牌倒着的')
  for (const stays of ['一行\n两行\t三\r\n', 'مساعدة 3 שלום', '👨‍👩‍👧', 'a\u200Bb']) expect(plainWords(stays)).toBe(stays)
})
