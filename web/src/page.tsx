// What every page shares: styles, dark mode, and the place React renders into.
import '@cloudscape-design/global-styles/index.css'
import './page.css'
import { applyMode, Mode } from '@cloudscape-design/global-styles'
import { StrictMode, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'

function followSystemMode(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => applyMode(dark.matches ? Mode.Dark : Mode.Light)
  dark.addEventListener('change', apply)
  apply()
}

/** Shows a page, and gives what shows another in its place. */
export function mount(page: ReactNode): (page: ReactNode) => void {
  const root = document.getElementById('root')
  if (!root) throw new Error('the page has no #root')
  followSystemMode()
  const place = createRoot(root)
  const show = (page: ReactNode) => place.render(<StrictMode>{page}</StrictMode>)
  show(page)
  return show
}
