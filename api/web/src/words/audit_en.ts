// What is said of the past: the auditor's screens, the time bar, a sentence for each kind of event. The same keys as audit_zh.ts.
import type zh from './audit_zh'

const en: typeof zh = {
  role: { member: 'member', cadre: 'cadre', auditor: 'auditor', administrator: 'administrator' },
  keyKind: { person: "a person's", case: "a request's" },
  deadline: { accept: 'accepted', resolve: 'solved', confirm: 'confirmed' },
  purpose: {
    get_request: 'to see a request', get_member: "to see a person's record", get_claim: 'to see a claim', list_claims: 'to see who has claimed',
  },
  who: { post: 'the {role} of {organisation}', person: 'a person (here called {id}…)', system: 'the system' },
  kinds: { request: 'Requests', product: 'Products', member: 'People', organisation: 'Places', policy: 'Rules', access: 'Who looked' },
  event: {
    PolicyAdopted: '{who} put rules in force: {categories} kinds of requests', FeatureLevelRaised: "the log's feature level was raised to {level}",
    OrganisationRegistered: '{who} registered “{name}” ({level})', OrganisationRenamed: '{who} renamed it “{name}”', OrganisationMoved: '{who} moved it below {parent}', OrganisationMerged: '{who} merged it into {into}', OrganisationAbsorbed: '{from} was merged into it', OrganisationClosed: '{who} closed it',
    SubjectKeyIssued: 'a new key was made to seal with: {kind}', MemberRegistered: '{who} registered a resident with {organisation}', RoleGranted: '{who} granted a role: {role} of {organisation}', RoleRevoked: '{who} revoked a role',
    TokenIssued: '{who} made a token for a program', TokenIssued_session: '{who} signed in on: {device}', TokenIssued_sign_in: '{who} made a sign-in code', TokenRevoked: '{who} ended a sign-in', MemberErased: "a person's record was erased: nothing opens it any more",
    PersonalDataOpened: '{who} opened personal fields of {subjects}, {purpose}',
    CommandRefused: '{who} was refused by a rule, and asked for a receipt of that',
    EntriesFetched: '{who} fetched entries {first} to {last} as they are recorded',
    RequestSubmitted: '{who} asked {organisation} for help ({category}, {channel})', RequestSubmitted_for: '{who} asked {organisation} for somebody else ({category}, {channel})', RequestImported: 'a request was passed on from “{source}” ({category}), to {organisation}', RequestDeadlineSet: 'a deadline was set: {kind} by {due}',
    RequestAccepted: '{who} accepted it', RequestAssigned: '{who} gave it to {organisation}', RequestAssigned_person: '{who} gave it to a cadre of {organisation}', RequestProgressed: '{who} told news', RequestResolved: '{who} said that it is done', RequestConfirmed: '{who} confirmed that it is solved', RequestDisputed: '{who} said that it is not solved yet',
    RequestRated: '{who} gave {stars} stars', RequestWithdrawn: '{who} withdrew it', RequestDeadlinePassed: 'the time ran out: to be {kind}', RequestClosedUnconfirmed: 'nobody answered in time, so it was closed',
    ProductCreated: '{who} made the product “{title}”, {capacity} places, of {organisation}', ProductPublished: '{who} offered it', CapacityChanged: '{who} changed its places to {capacity}', PicturesChanged: '{who} changed its pictures: {pictures} now', ProductCancelled: '{who} cancelled it: {reason}', ProductCompleted: '{who} said that it is over',
    ClaimPlaced: '{who} claimed {places} places (no. {ticket})', ClaimPlaced_waitlisted: '{who} queued for {places} places (no. {ticket})', ClaimCancelled: '{who} cancelled claim no. {ticket}', PlacesPromoted: 'nos. {first} to {last} of the queue got places; {skipped} passed over',
    CheckedIn: '{who} checked in no. {ticket}', ClaimCompleted: '{who} noted that no. {ticket} took part', NoShowMarked: '{who} noted that no. {ticket} did not come', ClaimRated: '{who} gave {stars} stars for no. {ticket}',
    unknown: '{who}: {type} (this version has no words for it)', takeover: 'a server took the log over, time {epoch}', elsewhere: 'Outside the organisations that you audit. You see its place and hash: enough to check the whole.',
  },
  type: {
    PolicyAdopted: 'Rules put in force', FeatureLevelRaised: 'Feature level raised', OrganisationRegistered: 'Place registered', OrganisationRenamed: 'Place renamed', OrganisationMoved: 'Place moved', OrganisationMerged: 'Place merged away', OrganisationAbsorbed: 'Place merged in', OrganisationClosed: 'Place closed',
    SubjectKeyIssued: 'Key made', MemberRegistered: 'Resident registered', RoleGranted: 'Role granted', RoleRevoked: 'Role revoked', TokenIssued: 'Sign-ins and tokens', TokenRevoked: 'Sign-in ended', MemberErased: 'Record erased', PersonalDataOpened: 'Personal fields opened', CommandRefused: 'Refused by a rule', EntriesFetched: 'Entries fetched',
    RequestSubmitted: 'Request', RequestImported: 'Request passed on', RequestDeadlineSet: 'Deadline set', RequestAccepted: 'Accepted', RequestAssigned: 'Assigned', RequestProgressed: 'News', RequestResolved: 'Done', RequestConfirmed: 'Confirmed as solved', RequestDisputed: 'Not solved yet', RequestRated: 'Request rated', RequestWithdrawn: 'Withdrawn', RequestDeadlinePassed: 'Time ran out', RequestClosedUnconfirmed: 'Closed without an answer',
    ProductCreated: 'New product', ProductPublished: 'Offered', CapacityChanged: 'Places changed', PicturesChanged: 'Pictures changed', ProductCancelled: 'Product cancelled', ProductCompleted: 'Product over', ClaimPlaced: 'Claimed', ClaimCancelled: 'Claim cancelled', PlacesPromoted: 'Queue moved up', CheckedIn: 'Checked in', ClaimCompleted: 'Took part', NoShowMarked: 'Did not come', ClaimRated: 'Product rated',
  },
  fact: { state: 'State', organisation: 'Who holds it', official: 'Given to', category: 'Kind', due: 'Deadline', overdue: 'Overdue', resolvedAt: 'Solved', closedAt: 'Closed', stars: 'Stars', photos: 'Photos', title: 'Title', description: 'Description', capacity: 'Places', placesLeft: 'Left', waiting: 'Queue', sessions: 'Sessions', pictures: 'Pictures', ratings: 'Ratings', reason: 'Why cancelled' },
  field: {
    title: 'Title', description: 'Description', text: 'Words', reason: 'Reason', comment: 'Comment', problem: 'Problem', location: 'Place', beneficiaryName: 'Name of the person helped', beneficiaryPhone: 'Phone of the person helped', name: 'Name', phone: 'Phone', photos: 'Photos', pictures: 'Pictures', subjects: 'Of whom', other: 'Content',
  },
  entry: { sealed: '{field}: sealed', opened: '{field}: {text}', position: 'no. {n}', policy: 'by the rules of no. {n}', cause: 'because of no. {n}', occurred: 'happened {at}', raw: 'As recorded', hash: 'hash {hash}', stream: 'See its whole course' },
  time: {
    bar: 'Time', open: 'Look back', now: 'Now', asOf: 'This is as of {at}', asOfText: 'The past can be seen, not changed.', back: 'Back to now', field: 'Which moment', go: 'Look', before: 'Event before', after: 'Next event', none: 'Nothing happened on that side.',
    keys: 'Left and right go a day, Page Up and Page Down a month, Home to the beginning, End to now.', notSoEarly: 'The log begins {at}.', notYet: 'That moment has not come yet.',
  },
  home: {
    title: 'Audit', hello: '{name}, you can see all that happened in {place}.', can: 'What you can do', state: 'The log now', log: 'Read the log', logText: 'One by one, in plain words; by kind, place and time.', board: 'A board, at any moment', boardText: 'Move through time and see the board as it was.', figures: 'Where figures come from', figuresText: 'Each figure opens the requests that it counts.',
    differences: 'Compare two moments', differencesText: 'What came, went, moved and became overdue.', openings: 'Who looked at whose record', openingsText: 'Each look at personal fields left an entry.', incidents: 'What was unusual', incidentsText: 'Late signatures, takeovers, what was made anew.', receipt: 'Check a receipt', receiptText: 'Drop it onto a page that checks it by itself. You need not trust us.',
    entries: 'entries', since: 'since {at}', last: 'the newest {at}', checkpoint: 'The newest signature covers {n} entries', age: 'signed {time} ago', covers: 'covers until {at}', behind: '{n} entries are not covered yet; a second or two.', none: 'Nothing is signed yet. Look again in a second or two.', root: 'Root', signedBy: 'Signed by', alone: 'Only the log itself has signed.', aloneText: 'Nobody can say that it cannot be changed until witnesses outside have signed, too.', asked: 'Witnesses have been asked: {n} signed, {needed} are needed.', witnessed: 'Signed outside as well: {n}.',
    witnessedText: 'They saw the first {size} entries, by their own clocks at {at}. Whoever changes, drops or back-dates one of these from then on is found out.', contradicted: 'A witness has signed another history.', contradictedText: 'A witness holds a signature of this log under another history than this one. Do not rely on it; the operator’s folder checkpoints/evidence has the proof. Ask the witness.', ahead: 'A witness says it has seen more.', aheadText: 'A witness outside says that it has signed more entries of this log than it has here, and shows nothing that a known key of the log signed. Either the witness is wrong, or this is an older copy of the log. Ask the operator and the witness which it is.', ready: 'The server can write; all is well.', notReady: 'The server cannot write just now ({reason}).',
  },
  log: {
    title: 'Log', order: 'First', newest: 'Newest', oldest: 'Oldest', kind: 'Kind', allKinds: 'All', place: 'Of which place', everywhere: 'All', from: 'From which moment', fromPosition: 'From number', more: 'Show more', going: 'Looking further; {n} entries seen…', empty: 'There are no such entries here.', what: 'Only',
  },
  stream: { title: 'Course: {kind}', asItIs: 'Open it', events: '{n} events', sealedText: 'What is sealed opens only for those who may; opening personal fields leaves an entry.' },
  differences: {
    title: 'Compare two moments', from: 'Earlier', to: 'Later', compare: 'Compare', came: 'Came', went: 'Went', moved: 'Moved', late: 'Became overdue', other: 'Changed', none: 'Nothing became different on this board meanwhile.', going: '{n} entries looked at, going on…', done: '{n} entries looked at.', counts: 'How many events of each kind', type: 'Event', count: 'Count', wrongOrder: 'The earlier moment must be before the later one.', all: 'all {n}', events: '{n} events', arrow: 'to', nowhere: 'not on this board', whole: '{n} requests are different.', toHelp: 'Empty means now.', nothing: '(none)', yes: 'yes', no: 'no', fields: 'What is different', notYetThere: 'At the earlier moment it was not there yet.', same: 'What can be seen of it is the same.', between: 'What happened in between', this: 'Compare with now',
  },
  why: {
    title: 'Where this figure comes from', asOf: 'As of {at}', sum: '{n} = {parts}', share: '{n} of {all} are overdue ({percent}%)', part: '{name} {n}', items: 'It counts these {n}', shown: '{n} of {all} shown', without: 'What is not counted', withoutText: 'These are not open, so they are not counted:', notCounted: '{name}: {n}', rule: 'Open are: {steps}. Overdue are those whose deadline has passed.', few: 'These are few: one more or less changes much.', open: 'Open', overdue: 'of them overdue', stream: 'Course', countedAgain: 'We counted them again, one by one: it agrees.', differs: 'Counted one by one they are {n}, which is another number. Please note the time and tell an administrator.',
  },
  openings: {
    title: 'Who looked at whose record', month: 'Which month', before: 'Month before', after: 'Month after', none: 'Nobody opened personal fields in this month.', of: '{name}: {n} times', post: 'Who (which post)', purpose: 'What for', times: 'Times', persons: 'Persons', sum: 'Sum', at: 'When', list: 'One by one', partly: 'These are the first {n}; the rest stands in the log.', console: 'Console', who: 'Of those who looked you see the post; whom they looked at is sealed, and known to that person only.',
  },
  incidents: {
    title: 'What was unusual', quiet: 'Nothing unusual.', since: 'Counted by the server since {at}', signed: '{n} signatures', failed: '{n} signatures failed', failedText: 'Each was tried again a second later. Many of them: look at the disk.', late: '{n} signatures were late', lateText: 'The log had grown, and for over five seconds no signature covered that. Nothing is lost; until it is signed, no signature proves it.', lateNone: 'No signature was late.',
    contradiction: 'This log has signed two histories', contradictionText: 'Its own key signed both of these, and they cannot both be true: something was lost, or changed. Do not rely on this log before that is explained. Save both: together they prove it to anybody.', over: 'Two histories were signed once; that is over', overText: 'The log did not lead to this signature from outside for a while. It does again, since it was restored. Both stay here for good.',
    theirs: 'What {witness} holds', theirsUnknown: 'What somebody outside holds', ours: 'What was signed here at that time', oursNone: 'What was signed here at that time was not kept.', covers: 'It covers {n} entries.', seen: 'Seen {at}', whole: 'The signed words', saveTheirs: 'Save what is held outside', saveOurs: 'Save what was signed here', how: 'How anybody can check it', howText: 'With a copy of the log, in the folder “mirror”, and the file from outside:',
    continues: 'This log goes on where another one ended', continuesText: 'Its first {n} entries come from the old log, and stand at the same places. What came after them there is not here. If you have receipts or a copy of the old log, keep them: they prove what stood in it.', oldName: 'Name of the old log', newest: 'These are the newest {n}.',
    because: {
      not_running: 'no server was running',
      record_lost: 'the file that keeps such things was gone: what it held before is not known',
      record_unreadable: 'the file that keeps such things could not be read: what it held before is not known',
    },
    gap: '{from} to {to}: covered {a} entries, then {b}', lasts: 'Since {from}, and lasting: {a} entries covered, the log has {b}', reason: 'Reason: {code}', rebuilt: 'Hashes were made anew {n} times', rebuiltText: 'They were computed again from the log and have the root that was signed. Check the disk.', rebuiltNone: 'No hashes were damaged.',
    void: 'Void records and forks', voidEmbedded: 'This server writes its log itself, and only what counts; had it read anything else, it would have stopped. It runs, so there are no void records and no fork.', voidCount: 'Void records: {n}', voidNone: 'No void records since the server started.', voidText: 'They stand in the log’s topic and count for nobody: sent by a server that had been replaced, sent twice, or written by somebody else. Many at once, without a takeover: ask who may write to the topic.', forkNone: 'No fork.', fork: 'The log is forked', forkText: 'The log lost something, or was given something that does not belong there. Nothing is written, what was read before stays; keep the servers and the topic as they are.', stopped: 'Nothing is written now: {reason}', stoppedText: 'What you see is still right. Ask an administrator to look at the server’s own log.', takeovers: 'Who took the log over, and when', takeoversText: 'A server does so at each start. Ask about a start that you do not know of.', takeover: 'Time {epoch}, {at}, from no. {n}',
  },
}
export default en
