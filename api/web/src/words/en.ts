// English. Short, warm, concrete; buttons are verbs. The same keys as zh.ts.
import type zh from './zh'

const en: typeof zh = {
  back: 'Back',
  close: 'Close',
  fewer: 'One fewer',
  moreOf: 'One more',
  enlarge: 'Larger',
  readAloud: 'Read aloud',
  stopReading: 'Stop',
  nav: {
    main: 'Main', cadre: 'Work', skip: 'Skip to content', home: 'Home', ask: 'Help', market: 'Market', mine: 'Mine', settings: 'Settings',
    board: 'Board', products: 'Products', checkIn: 'Check-in', people: 'People', figures: 'Figures', organisations: 'Places', audit: 'Audit', log: 'Log', differences: 'Compare', openings: 'Who looked', incidents: 'Incidents', lookBack: 'Look back',
  },
  home: {
    morning: 'Good morning', noon: 'Good day', afternoon: 'Good afternoon', evening: 'Good evening', hello: '{greeting}, {name}', elder: 'Large', normal: 'Leave large text', all: 'All',
    mine: 'My requests', nothing: 'Nothing is open just now.', ask: 'Ask for help', near: 'On near you', tickets: 'My tickets', signIn: 'Sign in',
    what: 'Neighbours get things done', whatText: 'Say what is wrong, and see who takes care of it and by when.\nClaim a place in activities and services near you.',
  },
  in: {
    title: 'Sign in', text: 'Scan the QR code that your community gave you, or type its sign-in code here. There is no password.', code: 'Sign-in code', help: '20 letters and digits; upper or lower case.',
    go: 'Sign in', ask: 'No code? The community desk makes one at once.', look: 'Look at the market first',
  },
  ask: {
    step: '{n}/3 {title}', what: 'What about?', where: 'Who and where?', words: 'Tell us', emergency: 'Danger? Call first', police: 'police', fire: 'fire', ambulance: 'ambulance',
    more: 'More kinds', draft: 'Not sent last time: {name}', goOn: 'Go on', anew: 'Start anew', forWhom: 'For whom?', forMe: 'For me', forNeighbour: 'For a neighbour', neighbour: "Neighbour's name",
    neighbourPhone: "Neighbour's phone (optional)", neighbourHelp: 'Please ask your neighbour first. Those who help see name and phone.', community: 'Which community shall act?', noCommunity: 'None chosen yet', other: 'Change', pickCommunity: 'Choose a community',
    locate: 'Add where I am', located: 'Place added', unlocate: 'Remove place', noPlace: 'Your place could not be found. Write the address, or just go on.', address: 'House or place (optional)',
    elderWords: 'Tap once and speak, or write nothing and tap “Send”. The community calls you.', say: '{name}: what happened?', sayHelp: 'A sentence or two. Where and when helps.', voiceTitle: '{name} (voice)',
    byPhone: '{name}. Please call me.', needWords: 'Please write a sentence, speak, or take a photo.', needNeighbour: "Please write your neighbour's name.", needCommunity: 'Please choose which community shall act.', back: 'Back', next: 'Next', send: 'Send',
  },
  request: {
    title: 'Request', heldBy: '{name} takes care', wasHeldBy: 'Was with {name}', course: 'What happened', asker: 'Asked by {name}', onBehalf: 'For {name}', forNeighbour: 'For a neighbour', official: 'Given to {name}', rated: 'You gave {n} stars.', received: 'We have it',
    receivedText: '{name} has it and answers in time. Each step is shown below.', undoText: 'Sent by mistake? Withdraw it within ten minutes, or any time until it is solved.', number: 'Number {id}', stream: 'The whole course, entry by entry', compare: 'Compare with now',
  },
  due: { left: '{time} left', late: 'Late by {time}', accept: 'accepted by {at}', resolve: 'solved by {at}', confirm: 'please confirm by {at}' },
  state: {
    submitted: 'New', accepted: 'Accepted', in_progress: 'In progress', awaiting_confirmation: 'To confirm', closed_confirmed: 'Solved', closed_unconfirmed: 'Closed', withdrawn: 'Withdrawn',
  },
  claim: { confirmed: 'Place kept', waitlisted: 'In the queue', cancelled: 'Cancelled', checked_in: 'Checked in', completed: 'Attended', no_show: 'Did not come', ahead: '{n} ahead of you', passedOver: 'There are fewer places now than you asked for, so others go first. When there are more, you come first.' },
  productState: { draft: 'Drafts', published: 'Offered', cancelled: 'Cancelled', completed: 'Over' },
  channel: { web: 'online', phone: 'by phone', visit: 'home visit', app: 'app', email: 'e-mail', counter: 'at the desk', imported: 'passed on', feedback: 'from a rating', staff: 'by staff' },
  kind: { activity: 'Activity', training: 'Learning', service: 'Service', transport: 'Rides', clinic: 'Health' },
  level: { city: 'City', district: 'District', street: 'Street', community: 'Community', enterprise: 'Enterprise', department: 'Department' },
  event: {
    RequestSubmitted: 'Asked', RequestImported: 'Passed on', RequestAccepted: 'Accepted', RequestAssigned: 'Given to', RequestProgressed: 'News', RequestResolved: 'Done: please confirm', RequestConfirmed: 'Confirmed as solved',
    RequestDisputed: 'Not solved yet', RequestRated: 'Rated', RequestWithdrawn: 'Withdrawn', RequestDeadlinePassed: 'The time ran out', RequestClosedUnconfirmed: 'Closed without an answer', other: 'Changed',
  },
  acts: {
    accept: 'Accept', assign: 'Assign', progress: 'Tell news', resolve: 'Solved', confirm: 'Yes, solved', dispute: 'Not yet', rate: 'Rate', withdraw: 'Withdraw', isItSolved: 'Is it solved?', howWasIt: 'How was it?', toMe: 'I take it', oneTap: 'One tap is enough.', withWords: 'Rate with words', disputeWords: 'Say what is missing', notYet: 'It is not solved yet. Please look again.',
    needWords: 'Please write a sentence.', text: { progress: 'How is it going?', resolve: 'How was it solved?', dispute: 'What is missing?', rate: 'Anything to add (optional)', withdraw: 'Why (optional)' },
  },
  about: {
    ask: 'Request', accept: 'Accept', assign: 'Assign', progress: 'News', resolve: 'Solved', confirm: 'Confirmed as solved', dispute: 'Not solved yet', rate: 'Rating', withdraw: 'Withdraw', claim: 'Claim', cancelClaim: 'Claim cancelled',
    checkIn: 'Check-in', product: 'New product', publish: 'Offer', capacity: 'Places', pictures: 'Pictures', cancel: 'Cancel product', complete: 'End product',
  },
  stars: { 1: 'Bad', 2: 'Poor', 3: 'Fair', 4: 'Good', 5: 'Great' },
  market: {
    near: 'Near me', everywhere: 'Everywhere', where: 'Where?', search: 'Search', kind: 'Kind', allKinds: 'All', week: 'Week', list: 'List', before: 'Week before', after: 'Week after', day: 'Which day', anyDay: 'Any day', anyWords: 'Without these words', today: 'Today', tomorrow: 'Tomorrow', more: 'Show more',
    empty: 'Nothing here just now. Try another kind or place.', lookEverywhere: 'Look everywhere',
  },
  product: {
    title: 'Product', by: 'Offered by {name}', left: '{left} of {capacity} left', leftShort: '{n} left', full: 'Full', fullWaiting: 'Full, {n} in the queue', noTime: 'Time to come', pictures: 'More pictures', yours: 'Your places', howMany: 'How many places?',
    claim: 'Claim', claimMore: 'Claim more', queue: 'Join the queue ({n} ahead)', lost: 'It has just filled up. Would you like to wait? A free place is yours at once.', free: 'Free. You can cancel until it starts.', closed: 'Cannot be claimed now.', later: 'Can be claimed from {at}.', over: 'It can no longer be claimed.', rated: '{stars} stars from {n}', cancelled: 'Cancelled: {reason}',
  },
  ticket: {
    title: 'My ticket', yours: 'The place is yours.', undoText: 'Within {n} min one tap undoes it.', places: 'Places: {n}', qr: 'QR for the door, number {code}', show: 'Show it at the door. Works without a signal.',
    calendar: 'Add to calendar', product: 'What is it', rate: 'Rate', cancel: 'Cancel', sure: 'The place goes to somebody else. Cancel?', giveBack: 'Yes, give it back', keep: 'No, I come', arrived: 'Are you there?', doorCode: 'Check-in code at the door', checkIn: 'I am here', orShow: 'Or show your QR code to the staff.', ownCode: 'code {code}',
    told: 'Thank you for telling us. Somebody takes care of it:', toldSoon: 'Thank you for telling us. It is becoming a request…', follow: 'Follow it',
  },
  rate: {
    title: 'Rate', comment: 'Anything to add (optional)', problem: 'Did you meet a problem? (optional)', problemHelp: 'It becomes a request: somebody works on it, and you can follow it.', about: 'What is it about?', noCategory: 'Not sure', send: 'Send',
  },
  mine: {
    what: 'Show', requests: 'Requests', tickets: 'Tickets', waiting: 'Waiting to be sent', noRequests: 'You have not asked yet. Just say so.', noTickets: 'You have claimed nothing yet. Look at the market.',
  },
  settings: {
    language: 'Language', mode: 'Look', normal: 'Normal', elder: 'Large and simple', size: 'Text size: {n}', sample: 'Is text of this size easy to read?', theme: 'Light or dark', auto: 'As the phone', light: 'Light', dark: 'Dark', motion: 'Motion', less: 'Less',
    sessions: 'Signed in on', thisOne: 'this one', end: 'Sign out there', another: 'Sign in on another phone', looks: 'Who looked at my record', looksText: 'Each time staff open your name or phone, an entry is left.', showLooks: 'Show', noLooks: 'Nobody has looked yet.', signOut: 'Sign out',
  },
  device: { unspecified: 'Device', phone: 'Phone', tablet: 'Tablet', computer: 'Computer', token: 'Program' },
  slip: { qr: 'One-time QR to sign in', text: 'Scan it with a phone to sign in. It works once, within seven days.' },
  board: { title: 'Board of {name}', where: 'Another place', search: 'Search words', overdue: 'overdue', none: 'None', onlyOverdue: 'Only overdue', kind: 'Kind', allKinds: 'All kinds', holder: 'Who holds it', allHolders: 'All places', showAll: 'Show all', of: '{n} of {all}' },
  figures: { title: 'Figures of {name}', steps: 'Open, by step', places: 'Open, by place', step: 'Step', place: 'Place', open: 'Open', why: '{name}: {n}. See which ones', whyOverdue: '{name}: {n} overdue. See which ones', inTime: 'in time' },
  keys: {
    title: 'Keys', move: 'down, up', column: 'column left, right', accept: 'accept', assign: 'assign to', progress: 'tell news', resolve: 'solved', open: 'open', search: 'search', close: 'close', help: 'this sheet',
  },
  work: {
    title: 'Manage', new: 'New product', state: 'State', publish: 'Offer', attendance: 'Attendance', copy: 'Copy', capacity: 'Change places', complete: 'It is over', cancel: 'Cancel it', pictures: 'Change pictures', keepPictures: 'Use these', places: 'Places', reason: 'Why is it cancelled?', empty: 'No products here yet.',
  },
  door: {
    choose: 'Choose what people come to.', come: '{n} of {all} have come', scan: 'Scan tickets', stop: 'Stop scanning', search: 'Find a name or number', checkIn: 'Check in', number: 'No. {n}', code: 'code {code}', showCode: 'Check-in code', showCodeText: 'Show it to those who come. They type it on their own ticket and are checked in.', nobody: 'Nobody has claimed yet.', notFound: 'No such name or number on the list.', camera: 'Picture of the camera', noCamera: 'No camera can be used here. Choose a photo of the QR, or tick names on the list.',
    picture: 'Choose a photo', welcome: 'Welcome, {name}!', already: '{name} is checked in already.', later: '{name} is noted and sent when there is a signal.', noCode: 'No QR code was found in the photo. Please take it from nearer, with the code in the middle.', noTicket: 'This is no ticket of ours.', forged: 'This ticket is not genuine: its signature is wrong.', otherProduct: 'This ticket is for something else.', unsent: 'Noted, not sent yet',
  },
  editor: {
    title: 'What is it called?', text: 'A sentence or two', sessions: 'Sessions', day: 'Day', from: 'From', to: 'To', venue: 'Where', remove: 'Remove', another: 'Another session', capacity: 'Places', most: 'Most a person', waitlist: 'People may queue when it is full', publish: 'Offer', draft: 'Keep as draft',
    pictures: 'Pictures (up to {n}; the first is seen first)', preview: 'What people will see', noTitle: '(no name yet)',
    fault: { title: 'Please give it a name.', text: 'Please write a sentence or two.', session: 'Each session needs a day, times and a place.', past: 'All sessions are over; please change the day.', order: 'The end must be after the start.', capacity: 'At least one place.' },
  },
  people: { again: 'Registered already, and needs a new way in', knownPhone: 'The phone they registered with', find: 'Find them', notFound: 'Nobody of this place is registered with that number. Please check it.', text: 'Register a resident who comes to the desk, and print their way in.', name: 'Name', phone: 'Phone (optional)', register: 'Register', made: '{name} is registered', slip: 'Make a sign-in slip' },
  organisations: { search: 'Find a place', all: 'All', none: 'Nothing found. Try another word.', below: 'Below {name}', code: 'code {code}' },
  map: {
    show: 'See the map', choose: 'Choose on the map', label: 'Map. Arrow keys move it, plus and minus bring it closer and farther.', closer: 'Closer', farther: 'Farther', here: 'It is here', cross: 'Move the map until the cross is on the place.', near: '{area}, near {near}', nearOnly: 'near {near}', nameless: 'We have no name for this place',
    missing: 'The map cannot be opened now. Write the address, or choose from the list.', by: 'How to choose', list: 'List', map: 'Map', parts: 'Places on the map', unknown: 'This part is not on our list; please choose another.', credit: 'Map beneath: {name}',
  },
  photo: { most: '{n} at most; the others were not added.', lost: 'This photo cannot be shown now', add: 'Take or choose photos', addAfter: 'Add photos of the result', nth: 'Photo {n}', remove: 'Remove photo {n}', before: 'Photos with the request', during: 'Photos of the work', after: 'Photos of the result' },
  voice: { begin: 'Tap and speak', stop: 'Done ({n} s left)', yours: 'Your voice message', remove: 'Record again', refused: 'No microphone. You can write.', message: 'Voice message' },
  print: { unsent: 'Said {at}, not sent yet. It goes when there is a signal.', sent: 'It has been sent. You find it under “Mine”.', waiting: '{what}: can be undone until {at}', go: 'Print', slip: 'Print a slip', notice: 'Print a notice', qr: 'QR code', scan: 'Scan it with a phone to see more.' },
  notice: {
    label: 'Notices', offline: 'No signal. What you have read is still here; what you say is kept.', server: 'The server does not answer; we keep trying. What you have read is still here.', waiting: '{n} waiting to be sent', undo: 'Undo', undoFor: 'undo within {n} min', look: 'Look', seen: 'All right',
  },
  read: { loading: 'Opening…', old: 'As last seen. Updating…', still: 'We try again by ourselves. You can tap, too.', again: 'Try again' },
  receipt: {
    link: 'Receipt', title: 'Receipt', number: 'Number in the log: {n}', stands: 'It stands in the signed log (of {n} records). With the file in your hands, a later change would show.', waiting: 'It is recorded. The log is being signed: a second or two.', witnesses: '{n} outside have signed it too.',
    noWitness: 'Nobody outside has signed it yet: there is the log\'s own signature only.', page: 'See what it is about', save: 'Save the proof', keep: 'Keep the file yourself. It can be checked without us, and without a network.', check: 'Check it', code: 'The receipt as a QR code',
    prove: 'Get a receipt of this refusal', refused: 'Receipt of the refusal', unrecorded: 'It was not recorded: this is not turned on here yet, or there were too many just now. The community can tell.',
    strangers: '{names} signed too. Ask them for their key and let the page of its own remember it: then it counts here as well.',
    promise: {
      kept: 'The log signed that it would record this, and did.', broken: 'The log has broken its promise', late: 'It signed that by {by} this stands at number {n} of the log. It is not shown there.', other: 'It signed that by {by} this stands at number {n} of the log. Something else stands there.', twice: 'It signed number {n} of the log away to two different things.',
      save: 'Keep these two files and give them to an auditor or a witness: together anybody can check them.', savePromise: 'Save its promise', saveEvidence: 'Save what it signs now', how: 'How it is checked',
    },
    whole: 'The whole receipt is in the code: this paper alone can be checked.', named: 'This record is too long for a code, which only says which one it is. Keep the file with it.', elsewhere: 'Check it on a page of its own', scan: 'Scan it to check it, or open {address}', key: "The log's key: {name} · {id}",
  },
  demo: {
    title: 'Pioneer, the demo', text: 'A small lived-in city; its people and their affairs are made up. Choose whose day to live.', member: "A member's day", memberText: '{where}: ask, follow, look at the market, claim', volunteer: "A volunteer's day", volunteerText: '{where}: check people in at the door',
    cadre: "A cadre's day", cadreText: '{where}: the board, requests, products', auditor: "An auditor's day", auditorText: '{where}: the log, any moment, where figures come from', back: 'To be somebody else, open this address again.',
  },
  nowhere: { title: 'No such page', text: 'The address may be wrong, or it is not yours to see.' },
  style: { title: 'Style', pictures: 'Pictures and sound', search: 'Search', acts: 'Buttons', states: 'States', lists: 'Lists', faces: 'Four faces', forms: 'Forms', sheet: 'Sheet', icons: 'Icons' },
}
export default en
