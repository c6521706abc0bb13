// A JSON text at a glance, without parsing it.

const [quote, backslash, colon] = [0x22, 0x5c, 0x3a]
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]

/** How deep lists and objects stand inside each other, and how many members are named in all. Right about JSON; about
 *  anything else it may be wrong, and the parser then says that it is none. */
export const survey = (text: string): { readonly nesting: number; readonly members: number } => {
  let nesting = 0
  let depth = 0
  let members = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    else if (code === colon) members++
    else if (code === openList || code === openObject) nesting = Math.max(nesting, ++depth)
    else if (code === closeList || code === closeObject) depth--
  }
  return { nesting, members }
}

/** Where the string that begins at `start` ends: its closing quote, or the end of the text. */
export const endOfString = (text: string, start: number): number => {
  for (let at = text.indexOf('"', start + 1); at > 0; at = text.indexOf('"', at + 1)) {
    let escapes = at
    while (text.charCodeAt(escapes - 1) === backslash) escapes--
    if ((at - escapes) % 2 === 0) return at
  }
  return text.length
}
