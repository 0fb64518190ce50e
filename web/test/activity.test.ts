import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Activity, reportEvery } from '../src/ccp/activity'
import { ownSettings, safeTone, settingsOf } from '../src/ccp/host'
import { published } from '../src/conduit/sdkTopics'

describe('activity', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const reports = (every: number | undefined) => {
    const at: number[] = []
    const begun = Date.now()
    return { at, activity: new Activity(() => at.push(Date.now() - begun), () => every) }
  }

  it('is told at once, then not too often, and the last of it not too late', () => {
    const { at, activity } = reports(30_000)
    activity.note()
    for (let i = 0; i < 45; i++) {
      vi.advanceTimersByTime(1_000)
      activity.note()
    }
    vi.advanceTimersByTime(600_000)
    expect(at).toEqual([0, 30_000, 60_000])
  })

  it('is told without delay when the session is about to end, and once', () => {
    const { at, activity } = reports(30_000)
    activity.note()
    vi.advanceTimersByTime(1_000)
    activity.note()
    activity.note(true)
    vi.advanceTimersByTime(600_000)
    expect(at).toEqual([0, 1_000])
  })

  it('is not told where it does not matter', () => {
    const { at, activity } = reports(undefined)
    activity.note(true)
    expect(at).toEqual([])
  })

  it('is told often enough for short limits', () => {
    expect(reportEvery(60)).toBe(3_000)
    expect(reportEvery(1800)).toBe(30_000)
  })
})

it('tells the host page when the session is about to end, and when no longer', () => {
  const known = { desk: undefined, up: true }
  const topic = (key: string) => ({ namespace: 'aws.connect.activity', key })
  expect(published(known, { ...known, ending: 5 })).toEqual([
    { topic: topic('expiration-warning'), data: { expiration: 5 } },
  ])
  expect(published({ ...known, ending: 5 }, known)).toEqual([{ topic: topic('expiration-warning-cleared'), data: {} }])
})

describe('what a host page may set', () => {
  it.each([
    ['https://crm.example/ring.mp3', 'https://crm.example/ring.mp3'],
    ['http://localhost:8080/ring.mp3', 'http://localhost:8080/ring.mp3'],
    ['data:audio/wav;base64,UklGRg==', 'data:audio/wav;base64,UklGRg=='],
    ['data:text/html,x', undefined],
    ['javascript:alert(1)', undefined],
    ['blob:https://crm.example/1', undefined],
    ['/ring.mp3', undefined],
    [5, undefined],
    [undefined, undefined],
  ])('plays %s as %s', (url, tone) => expect(safeTone(url)).toBe(tone))

  it('is read with care', () => {
    for (const message of [undefined, null, 'x', {}, { task: null, autoAcceptTone: 5, showInactivityModal: undefined }])
      expect(settingsOf(message), String(message)).toEqual({
        ...ownSettings,
        ring: { off: false, url: undefined },
        arrival: { off: false, url: undefined },
      })
    expect(
      settingsOf({
        task: { disableRingtone: true, ringtoneUrl: 'https://a.example/t' },
        autoAcceptTone: { ringtoneUrl: 'javascript:1' },
        showInactivityModal: false,
      }),
    ).toEqual({
      ring: { off: true, url: 'https://a.example/t' },
      arrival: { off: false, url: undefined },
      inactivityModal: false,
    })
  })
})
