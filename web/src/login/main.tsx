import { mount } from '../page'
import { SignIn } from './SignIn'

mount(<SignIn />)
