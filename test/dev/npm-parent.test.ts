// Which parent counts as npm's shell.
import { expect, test } from 'vitest'
import { isShell } from '../../dev/npm-parent.ts'

test('npm puts a shell with one command between itself and a script', () => {
  expect(isShell('sh -c node dev/start.ts')).toBe(true)
  expect(isShell('/bin/dash -c node dev/start.ts')).toBe(true)
})

test('a shell a person types into is not one, nor is npm itself', () => {
  expect(isShell('-bash')).toBe(false)
  expect(isShell('/bin/bash')).toBe(false)
  expect(isShell('npm start')).toBe(false)
})
