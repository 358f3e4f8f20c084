// verify.html's script: everything in one file, for a stick and for where there is no network.
import '../design/tokens.css'
import './verify.css'
import { openPage } from './page'

openPage()
