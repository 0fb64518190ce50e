import { useRef, useState } from 'react'

/** The id of a contact, by which others find the task; it can be copied, and where it cannot, it is marked for that. */
export function ContactId({ id }: { id: string }) {
  const [said, setSaid] = useState('')
  const text = useRef<HTMLElement>(null)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(id)
      setSaid('Copied')
    } catch {
      // Without TLS, and in some frames, a page may not write there.
      getSelection()?.selectAllChildren(text.current!)
      setSaid(document.execCommand('copy') ? 'Copied' : 'Press Ctrl+C')
    }
    setTimeout(() => setSaid(''), 3000)
  }
  return (
    <span className="contact-id">
      <span className="quiet small">Contact ID</span>
      <code ref={text}>{id}</code>
      <button className="more" onClick={() => void copy()}>
        Copy
      </button>
      <span role="status" className="quiet small">
        {said}
      </span>
    </span>
  )
}
