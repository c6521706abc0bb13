// What a flame page runs in the browser: draws the tree that the page carries.
import flamegraph from 'd3-flame-graph'
import { select } from 'd3-selection'

const tree = JSON.parse(document.getElementById('tree').textContent)
const place = document.getElementById('chart')
const details = document.getElementById('details')
const ms = (micros) => `${(micros / 1000).toFixed(1)} ms`

const chart = flamegraph()
  .width(place.clientWidth)
  .cellHeight(18)
  .minFrameSize(1)
  .inverted(true)
  .selfValue(false)
  .setDetailsElement(details)
  .label(({ data }) => `${data.name}: ${ms(data.value)}, itself ${ms(data.self)}`)
select(place).datum(tree).call(chart)

const search = document.getElementById('search')
search.addEventListener('input', () => (search.value === '' ? chart.clear() : chart.search(search.value)))
