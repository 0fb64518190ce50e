import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { keyOf, perform, type Commands } from './commands'
import { ariaKey, keys } from './shortcuts'
import { nextVerb, verbNames, verbs, type Task, type Verb } from './view'

interface Props {
  task: Task
  commands: Commands
  /** Only the answers to a ringing task. */
  brief?: boolean
}

const inMenu: Verb[] = ['edit', 'related', 'history']

/** The steps a task allows now. */
export function TaskButtons({ task, commands, brief }: Props) {
  const all = verbs[task.stage]
  const busy = all.filter((verb) => commands.actions.busy(keyOf(verb, task)))
  const press = (verb: Verb) => perform(commands, verb, task)
  const menu = brief ? [] : all.filter((verb) => inMenu.includes(verb))
  return (
    <div className="buttons" key={task.stage}>
      <SpaceBetween direction="horizontal" size="xs">
        {all
          .filter((verb) => !inMenu.includes(verb))
          .map((verb) => (
            <Button
              key={verb}
              variant={verb === nextVerb[task.stage] ? 'primary' : 'normal'}
              loading={busy.includes(verb)}
              disabled={busy.length > 0 && !busy.includes(verb)}
              {...(verb === 'transfer' && { ariaExpanded: commands.tool === 'transfer' })}
              {...(brief && { ariaLabel: `${verbNames[verb]} ${task.name}` })}
              nativeButtonAttributes={titled(verb)}
              onClick={() => press(verb)}
            >
              {verb === 'close' && task.stage === 'over' ? 'Close' : verbNames[verb]}
            </Button>
          ))}
        {menu.length > 0 && (
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

function titled(verb: Verb) {
  if (verb === 'related') return {}
  return { title: `Alt+${keys[verb].shown}`, 'aria-keyshortcuts': ariaKey(verb) }
}

function secondary(verb: Verb): { secondaryText?: string } {
  return verb === 'related' ? {} : { secondaryText: `Alt+${keys[verb].shown}` }
}
