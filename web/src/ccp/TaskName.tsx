import { useLayoutEffect, useRef, useState } from 'react'

/** The name of a task, which can be as long as a page: its beginning, and all of it when that is asked for. */
export function TaskName({ id, name }: { id: string; name: string }) {
  const [whole, setWhole] = useState(false)
  const [cut, setCut] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => {
    const look = () => {
      const box = heading.current
      if (box && !whole) setCut(box.scrollHeight > box.clientHeight + 1)
    }
    look()
    addEventListener('resize', look)
    return () => removeEventListener('resize', look)
  }, [name, whole])
  return (
    <div className="title">
      <h1 id={id} ref={heading} dir="auto" className={whole ? 'whole' : ''}>
        {name}
      </h1>
      {cut && (
        <button className="more" aria-expanded={whole} aria-describedby={id} onClick={() => setWhole(!whole)}>
          {whole ? 'Less' : 'Whole name'}
        </button>
      )}
    </div>
  )
}
