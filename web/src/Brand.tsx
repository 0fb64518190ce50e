import icon from './icon.svg'

export function Brand() {
  return (
    <span className="brand">
      <img src={icon} alt="" />
      Tasklane
    </span>
  )
}
