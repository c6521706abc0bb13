// Turns a ranking's places into a list: touch in order of preference, then move up, down or out.
import { ordinal } from '../../src/http/page/words.ts'

type Place = HTMLSelectElement | HTMLInputElement

export const enhanceRankings = (form: HTMLFormElement, announce: (text: string) => void): void => {
  for (const list of form.querySelectorAll<HTMLOListElement>('.ranks')) enhance(list, announce)
}

const enhance = (list: HTMLOListElement, announce: (text: string) => void): void => {
  const rows = [...list.querySelectorAll<HTMLLIElement>('[data-option]')].map(rowOf)
  let order = rows.filter(({ place }) => Number(place.value) > 0)
  order.sort((left, right) => Number(left.place.value) - Number(right.place.value))

  const show = (): void => {
    for (const row of rows) {
      const rank = order.indexOf(row) + 1
      row.place.value = rank > 0 ? String(rank) : ''
      row.item.toggleAttribute('data-ranked', rank > 0)
      row.take.textContent = rank > 0 ? String(rank) : '+'
      row.take.setAttribute('aria-label', rank > 0 ? `${rank}: ${row.label}, leave out` : `Rank ${row.label}`)
      row.up.disabled = rank < 2
      row.down.disabled = rank === 0 || rank === order.length
    }
    const focused = document.activeElement
    list.append(...[...order, ...rows.filter((row) => !order.includes(row))].map(({ item }) => item))
    if (focused instanceof HTMLElement && list.contains(focused)) focused.focus()
  }

  const settle = (row: Row, next: Row[], held: HTMLButtonElement): void => {
    order = next
    show()
    ;(held.disabled ? row.take : held).focus()
    list.dispatchEvent(new Event('input', { bubbles: true }))
    const rank = order.indexOf(row) + 1
    announce(rank > 0 ? `${row.label}: ${ordinal(rank)} of ${order.length}` : `${row.label}: left out`)
  }

  const swap = (row: Row, by: 1 | -1, held: HTMLButtonElement): void => {
    const at = order.indexOf(row)
    const next = order.filter((other) => other !== row)
    next.splice(at + by, 0, row)
    settle(row, next, held)
  }

  for (const row of rows) {
    row.place.hidden = true
    row.item.append(row.up, row.down)
    row.item.prepend(row.take)
    row.take.onclick = () =>
      settle(row, order.includes(row) ? order.filter((other) => other !== row) : [...order, row], row.take)
    row.up.onclick = () => swap(row, -1, row.up)
    row.down.onclick = () => swap(row, 1, row.down)
    row.item.querySelector('label')?.addEventListener('click', (event) => {
      event.preventDefault()
      row.take.click()
    })
  }
  show()
}

interface Row {
  readonly item: HTMLLIElement
  readonly label: string
  readonly place: Place
  readonly take: HTMLButtonElement
  readonly up: HTMLButtonElement
  readonly down: HTMLButtonElement
}

const rowOf = (item: HTMLLIElement): Row => {
  const place = item.querySelector<Place>('select, input')
  if (place === null) throw new Error('a row of a ranking has no place')
  const label = item.querySelector('.name')?.textContent ?? ''
  return {
    item,
    label,
    place,
    take: button('take', ''),
    up: button('move', '↑', `Move ${label} up`),
    down: button('move', '↓', `Move ${label} down`),
  }
}

const button = (style: string, text: string, label = ''): HTMLButtonElement => {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = style
  made.textContent = text
  made.setAttribute('aria-label', label)
  return made
}
