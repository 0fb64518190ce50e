import { Component, type ReactNode } from 'react'
import { NotLoaded } from './NotLoaded'

interface Props {
  children: ReactNode
}

/** Keeps a fault in a part of the panel to that part. */
export class Boundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    if (!this.state.failed) return this.props.children
    return <NotLoaded trouble="broken" again={() => this.setState({ failed: false })} />
  }
}
