import { mount } from '../page'
import { Panel } from './Panel'
import { Session } from './session'

const session = new Session(() => location.assign('/login'))
session.start()
mount(<Panel session={session} />)
