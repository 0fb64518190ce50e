import LiveRegion from '@cloudscape-design/components/live-region'
import { useEffect } from 'react'
import type { Task } from './view'

/** Tells of ringing tasks to those who do not look at the list: screen readers, the tab's title, the desktop. */
export function RingingAlert({ tasks }: { tasks: Task[] }) {
  const ringing = tasks.filter((task) => task.stage === 'ringing')
  const newest = ringing.at(-1)

  useEffect(() => {
    document.title = `${ringing.length ? `(${ringing.length}) New task – ` : ''}Agent panel – Tasklane`
  }, [ringing.length])

  useEffect(() => notify(newest), [newest?.id])

  return (
    <LiveRegion assertive hidden>
      {newest ? `New task: ${newest.name}. Accept or decline it.` : ''}
    </LiveRegion>
  )
}

/** Shows a desktop notification while the panel is out of sight; taken back when the task rings no more. */
function notify(task: Task | undefined): (() => void) | undefined {
  if (!task || !document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return
  const note = new Notification(task.name, { body: task.queue && `Queue ${task.queue}`, tag: task.id })
  note.onclick = () => window.focus()
  return () => note.close()
}
