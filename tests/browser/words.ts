// The application's own words, to find what a person would read.
import en from '@/words/en'
import zh from '@/words/zh'
import type { Language } from './stage'

export const said = (language: Language): typeof zh => (language === 'zh' ? zh : en)
