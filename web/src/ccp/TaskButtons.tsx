import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import LiveRegion from '@cloudscape-design/components/live-region'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useNow, useSkew } from './Clock'
import { keyOf, perform, undoFor, type Commands } from './commands'
import { ariaKey, keys, type Shortcut } from './shortcuts'
import { nextVerb, verbNames, verbs, type Task, type Verb } from './view'

interface Props {
  task: Task
  commands: Commands
}

const inMenu: Verb[] = ['edit', 'related', 'history']

/** The steps a task allows now. */
export function TaskButtons({ task, commands }: Props) {
  const all = verbs[task.stage]
  const ending = commands.actions.later.find(({ click }) => click.key === keyOf('end', task))
  const busy = all.filter((verb) => commands.actions.busy(keyOf(verb, task)))
  const press = (verb: Verb) => perform(commands, verb, task)
  const menu = all.filter((verb) => inMenu.includes(verb))
  return (
    <div className="buttons" key={ending ? 'ending' : task.stage}>
      <SpaceBetween direction="horizontal" size="xs">
        {ending && <Ending task={task} commands={commands} at={ending.at} />}
        {!ending &&
          all
            .filter((verb) => !inMenu.includes(verb))
            .map((verb) => (
              <Button
                key={verb}
                variant={verb === nextVerb[task.stage] ? 'primary' : 'normal'}
                loading={busy.includes(verb)}
                disabled={busy.length > 0 && !busy.includes(verb)}
                {...(verb === 'transfer' && { ariaExpanded: commands.tool === 'transfer' })}
                nativeButtonAttributes={titled(verb)}
                onClick={() => press(verb)}
              >
                {verb === 'close' && (task.stage === 'over' || task.stage === 'missed') ? 'Close' : verbNames[verb]}
              </Button>
            ))}
        {!ending && menu.length > 0 && (
          <ButtonDropdown
            variant="icon"
            ariaLabel="More for this task"
            expandToViewport
            items={menu.map((verb) => ({ id: verb, text: verbNames[verb], ...secondary(verb) }))}
            onItemClick={({ detail }) => press(detail.id as Verb)}
          />
        )}
      </SpaceBetween>
    </div>
  )
}

/** The moment in which the end of a task can be taken back. */
function Ending({ task, commands: { actions }, at }: Props & { at: number }) {
  const left = Math.max(1, Math.ceil((at - useNow() + useSkew()) / 1000))
  const key = keyOf('end', task)
  return (
    <div className="inline">
      <Button variant="primary" nativeButtonAttributes={titled('undo')} onClick={() => actions.undo(key)}>
        Undo
      </Button>
      <Button onClick={() => actions.hurry(key)}>End now</Button>
      <span className="quiet timer">Ends in {left} s</span>
      <LiveRegion hidden>The task ends in {undoFor / 1000} seconds. {ariaKey('undo')} takes that back.</LiveRegion>
    </div>
  )
}

function titled(shortcut: Shortcut | 'related') {
  if (shortcut === 'related') return {}
  return { title: `Alt+${keys[shortcut].shown}`, 'aria-keyshortcuts': ariaKey(shortcut) }
}

function secondary(verb: Verb): { secondaryText?: string } {
  return verb === 'related' ? {} : { secondaryText: `Alt+${keys[verb].shown}` }
}
