// What people write or paste, without what nobody sees: control characters, and those that turn the direction of the words after them.
// The log takes neither; whoever pasted them could not find them. Pure.
const unseen = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g

export const plainWords = (text: string): string => text.replaceAll(unseen, '')
