import { mount } from '../page'
import { Home } from './Home'

mount(<Home />)
