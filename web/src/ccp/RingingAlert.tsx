import LiveRegion from '@cloudscape-design/components/live-region'
import { useEffect, useRef } from 'react'
import { ariaKey } from './shortcuts'
import type { Session } from './session'
import type { Sound } from './sound'
import type { Tabs } from './tabs'
import type { Task } from './view'

interface Props {
  session: Session
  tasks: Task[]
  sound: Sound
  tabs: Tabs
}

const again = 3000

/** Tells of ringing tasks to those who do not look at the list: by ear, screen reader, the tab's title, the desktop. */
export function RingingAlert({ session, tasks, sound, tabs }: Props) {
  const ringing = tasks.filter((task) => task.stage === 'ringing')
  const newest = ringing.at(-1)
  const missed = tasks.find((task) => task.stage === 'missed')

  useEffect(() => {
    const told = ringing.length ? `(${ringing.length}) New task – ` : missed ? 'Missed – ' : ''
    document.title = `${told}Agent panel – Tasklane`
  }, [ringing.length, missed === undefined])

  useEffect(() => (newest ? repeat(sound, tabs) : undefined), [newest?.id])
  useEffect(() => (newest ? notify(newest, tabs) : undefined), [newest?.id])
  useArrivals(session, tasks, (id) => void tellArrival(id, sound, tabs))

  return (
    <LiveRegion assertive hidden>
      {newest
        ? `New task: ${newest.name}. Accept with ${ariaKey('accept')}, decline with ${ariaKey('decline')}, outside of text fields.`
        : missed
          ? `You have missed ${missed.name}. Nothing rings until you close it.`
          : ''}
    </LiveRegion>
  )
}

/** Sounds every few seconds, in one tab; returns what ends it. */
function repeat(sound: Sound, tabs: Tabs): () => void {
  const beat = async () => {
    if (sound.state() !== 'on') return
    if ((await tabs.claim('sound', document.hidden ? 1 : 2)) && !ended) sound.ring()
  }
  let ended = false
  void beat()
  const timer = setInterval(() => void beat(), again)
  return () => {
    ended = true
    clearInterval(timer)
    sound.hush()
  }
}

/** Calls back for tasks that are in work without having rung here, or having been accepted here. */
function useArrivals(session: Session, tasks: Task[], arrived: (id: string) => void): void {
  const known = useRef<Set<string>>(undefined)
  useEffect(() => session.watch({ accepted: (id) => known.current?.add(id) }), [session])
  const working = tasks.filter(({ stage }) => stage === 'working').map(({ id }) => id)
  useEffect(() => {
    const fresh = working.filter((id) => known.current?.has(id) === false)
    known.current = new Set([...(known.current ?? []), ...tasks.map(({ id }) => id)])
    for (const id of fresh) arrived(id)
  }, [tasks.map(({ id }) => id).join()])
}

async function tellArrival(id: string, sound: Sound, tabs: Tabs): Promise<void> {
  if (sound.tellsArrivals() && (await tabs.claim(`arrival ${id}`, document.hidden ? 1 : 2))) sound.arrive()
}

/** Shows a desktop notification while every panel is out of sight; taken back when the task rings no more. */
function notify(task: Task, tabs: Tabs): () => void {
  let note: Notification | undefined
  let ended = false
  const show = async () => {
    // A panel in sight wins, and shows none.
    const first = await tabs.claim(`notice ${task.id}`, document.hidden ? 1 : 2)
    const allowed = 'Notification' in window && Notification.permission === 'granted'
    if (!first || ended || !document.hidden || !allowed) return
    note = new Notification(task.name, { body: task.queue && `Queue ${task.queue}`, tag: task.id })
    note.onclick = () => window.focus()
  }
  void show()
  return () => {
    ended = true
    note?.close()
  }
}
