// The application's own words, to find what a person would read.
import auditEn from '@/words/audit_en'
import auditZh from '@/words/audit_zh'
import en from '@/words/en'
import zh from '@/words/zh'
import type { Language } from './stage'

export const said = (language: Language): typeof zh => (language === 'zh' ? zh : en)
/** Those for looking back, which come when somebody does. */
export const saidOfPast = (language: Language): typeof auditZh => (language === 'zh' ? auditZh : auditEn)
