// What people write or paste, without what nobody sees: control characters, those that turn the direction of the words after them,
// and those that are no characters, notes between lines or tags. The log takes none of them; whoever pasted them could not find them. Pure.
const unseen = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFDD0-\uFDEF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu

export const plainWords = (text: string): string => text.replaceAll(unseen, '')
