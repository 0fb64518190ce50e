import { expect, it } from 'vitest'
import { ariaKey, keys, pressed, subject, writes } from '../src/ccp/shortcuts'
import type { Stage } from '../src/ccp/view'

const press = (code: string, more = {}) =>
  pressed({ code, altKey: true, ctrlKey: false, metaKey: false, shiftKey: false, repeat: false, ...more })

it('takes no letter without Alt, and none with more than that', () => {
  expect(press('KeyA')).toEqual(['accept'])
  for (const more of [{ altKey: false }, { ctrlKey: true }, { metaKey: true }, { shiftKey: true }])
    expect(press('KeyA', more)).toEqual([])
})

it('does one thing for a key that is held down, but walks on', () => {
  expect(press('KeyX', { repeat: true })).toEqual([])
  expect(press('ArrowDown', { repeat: true })).toEqual(['next'])
})

it('lets what there is decide between pause and resume', () => {
  expect(press('KeyP')).toEqual(['pause', 'resume'])
})

it('leaves the letters of the browser alone', () => {
  const codes = Object.values(keys).map(({ code }) => code)
  for (const code of ['KeyD', 'KeyE', 'KeyF', 'Digit1', 'ArrowLeft', 'ArrowRight', 'Home'])
    expect(codes).not.toContain(code)
})

it('names keys as screen readers do', () => {
  expect(ariaKey('accept')).toBe('Alt+A')
  expect(ariaKey('next')).toBe('Alt+ArrowDown')
})

it('answers the task that rings, and does anything else to the chosen one', () => {
  const task = (stage: Stage) => ({ stage })
  const [work, ring] = [task('working'), task('ringing')]
  expect(subject('accept', work, [ring, work])).toBe(ring)
  expect(subject('decline', undefined, [ring])).toBe(ring)
  expect(subject('end', ring, [ring, work])).toBeUndefined()
  expect(subject('end', work, [ring, work])).toBe(work)
  expect(subject('accept', work, [work])).toBeUndefined()
})

it.each([
  [{ tagName: 'INPUT', type: 'text' }, true],
  [{ tagName: 'INPUT', type: 'search' }, true],
  [{ tagName: 'input' }, true],
  [{ tagName: 'INPUT', type: 'datetime-local' }, true],
  [{ tagName: 'INPUT', type: 'checkbox' }, false],
  [{ tagName: 'INPUT', type: 'file' }, false],
  [{ tagName: 'TEXTAREA' }, true],
  [{ tagName: 'SELECT' }, true],
  [{ tagName: 'DIV', isContentEditable: true }, true],
  [{ tagName: 'DIV', getAttribute: () => 'textbox' }, true],
  [{ tagName: 'BUTTON', getAttribute: () => 'combobox' }, false],
  [{ tagName: 'BUTTON' }, false],
  [{ tagName: 'BODY', isContentEditable: false }, false],
  [null, false],
])('at %j a key writes: %s', (at, want) => {
  expect(writes(at)).toBe(want)
})
