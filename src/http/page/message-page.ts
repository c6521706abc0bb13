// A page that only says something: there is no such poll, please try again.
import { html } from 'hono/html'
import { document, type Html } from './document.ts'

export const renderMessage = (title: string, detail: string): Html =>
  document(
    { title, description: detail, image: null, url: null, script: false },
    html`<main><h1>${title}</h1>
<p class="description">${detail}</p></main>`,
  )
