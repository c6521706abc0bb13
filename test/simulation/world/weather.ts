// Objects end at any time: idle ones are evicted, busy ones aborted, as deploys, failures and the platform's thrift do.
import type { World } from './world.ts'

/** Goes on until peace is made. */
export const weather = async (world: World): Promise<void> => {
  const chance = world.chance.fork('weather')
  const { chaos, schedule } = world
  let sweptAt = schedule.now
  while (!chaos.peace) {
    await schedule.pause(chance.between(100, 900))
    if (schedule.now - sweptAt > 60_000) {
      sweptAt = schedule.now
      await world.archive.deliveries.sweep()
    }
    const boxes = world.boxes.all().filter(({ object }) => object.living)
    const boards = world.boards.all().filter(({ object }) => object.living)
    if (boxes.length === 0 || boards.length === 0) continue
    const box = chance.pick(boxes).object
    const board = chance.pick(boards).object
    if (box.evictable && chaos.strikes('box-evicted')) {
      box.evict()
      chaos.fired('box-evicted')
    } else if (chaos.strikes('box-aborted')) {
      box.kill()
      chaos.fired('box-aborted')
    }
    if (board.evictable && chaos.strikes('board-evicted')) {
      board.evict()
      chaos.fired('board-evicted')
    } else if (chaos.strikes('board-aborted')) {
      board.kill()
      chaos.fired('board-aborted')
    }
    const relays = world.relays.all().filter(({ object }) => object.living)
    if (relays.length === 0) continue
    const relay = chance.pick(relays).object
    if (relay.evictable && !relay.waiting && chaos.strikes('relay-evicted')) {
      relay.evict()
      chaos.fired('relay-evicted')
    } else if (chaos.strikes('relay-aborted')) {
      relay.kill()
      chaos.fired('relay-aborted')
    }
  }
}
