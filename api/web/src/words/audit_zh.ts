// 查看历史时说的话：审计的页面、时间条、每一种事件一句。
export default {
  role: { member: '居民', cadre: '干部', auditor: '审计员', administrator: '管理员' },
  keyKind: { person: '一个人的', case: '一件求助的' },
  deadline: { accept: '受理', resolve: '办好', confirm: '确认' },
  purpose: {
    get_request: '看一件求助', get_member: '看一个人的登记', get_claim: '看一个认领', list_claims: '看认领名单',
  },
  who: { post: '{organisation}的{role}', person: '一个人（在这里叫 {id}…）', system: '系统' },
  kinds: { request: '求助', product: '产品', member: '人', organisation: '组织', policy: '规则', access: '谁看了谁' },
  event: {
    PolicyAdopted: '{who}启用了规则：{categories} 种求助', FeatureLevelRaised: '日志的功能级别升到 {level}',
    OrganisationRegistered: '{who}登记了{level}“{name}”', OrganisationRenamed: '{who}改名为“{name}”', OrganisationMoved: '{who}移到{parent}之下', OrganisationMerged: '{who}并入{into}', OrganisationAbsorbed: '{from}并了进来', OrganisationClosed: '{who}撤销了这个组织',
    SubjectKeyIssued: '有了一把新钥匙（{kind}），用来加密', MemberRegistered: '{who}登记了一位居民，归{organisation}', RoleGranted: '{who}给了一个身份：{organisation}的{role}', RoleRevoked: '{who}收回了一个身份',
    TokenIssued: '{who}发了一个程序用的令牌', TokenIssued_session: '{who}在{device}上登录了', TokenIssued_sign_in: '{who}做了一个登录码', TokenRevoked: '{who}让一个登录失效了', MemberErased: '一个人的资料删除了，再也打不开',
    PersonalDataOpened: '{who}打开了 {subjects} 个人的个人资料：{purpose}',
    CommandRefused: '{who}要做的事按规矩被拒了，并要了凭证',
    EntriesFetched: '{who}取走了第 {first} 到 {last} 条原文',
    RequestSubmitted: '{who}向{organisation}求助（{category}，{channel}）', RequestSubmitted_for: '{who}替别人向{organisation}求助（{category}，{channel}）', RequestImported: '从“{source}”转来一件求助（{category}），归{organisation}', RequestDeadlineSet: '定了时限：{due} 前{kind}',
    RequestAccepted: '{who}受理了', RequestAssigned: '{who}派给{organisation}', RequestAssigned_person: '{who}派给{organisation}的一位干部', RequestProgressed: '{who}写了进展', RequestResolved: '{who}说办好了', RequestConfirmed: '{who}确认已解决', RequestDisputed: '{who}说还没解决',
    RequestRated: '{who}评了 {stars} 颗星', RequestWithdrawn: '{who}撤回了', RequestDeadlinePassed: '{kind}的时限过了', RequestClosedUnconfirmed: '到期没有回应，就此办结',
    ProductCreated: '{who}做了产品“{title}”，{capacity} 个位置，属{organisation}', ProductPublished: '{who}上架了', CapacityChanged: '{who}把位置改为 {capacity} 个', PicturesChanged: '{who}换了照片，现在 {pictures} 张', ProductCancelled: '{who}取消了：{reason}', ProductCompleted: '{who}说已经结束',
    ClaimPlaced: '{who}认领了 {places} 个位置（{ticket} 号）', ClaimPlaced_waitlisted: '{who}排队等 {places} 个位置（{ticket} 号）', ClaimCancelled: '{who}取消了 {ticket} 号认领', PlacesPromoted: '排队的 {first} 至 {last} 号有了位置，跳过 {skipped} 个',
    CheckedIn: '{who}给 {ticket} 号签到', ClaimCompleted: '{who}记下 {ticket} 号已参加', NoShowMarked: '{who}记下 {ticket} 号没有来', ClaimRated: '{who}给 {ticket} 号评了 {stars} 颗星',
    unknown: '{who}：{type}（这一版还没有说法）', takeover: '一台服务器第 {epoch} 次接管了日志', elsewhere: '在您审计的组织之外。只给您看位置和哈希，足够核对全部。',
  },
  type: {
    PolicyAdopted: '启用规则', FeatureLevelRaised: '升功能级别', OrganisationRegistered: '登记组织', OrganisationRenamed: '组织改名', OrganisationMoved: '组织移动', OrganisationMerged: '组织并出', OrganisationAbsorbed: '组织并入', OrganisationClosed: '撤销组织',
    SubjectKeyIssued: '发钥匙', MemberRegistered: '登记居民', RoleGranted: '给身份', RoleRevoked: '收身份', TokenIssued: '登录和令牌', TokenRevoked: '登录失效', MemberErased: '删除资料', PersonalDataOpened: '打开个人资料', EntriesFetched: '取走原文', CommandRefused: '按规矩被拒',
    RequestSubmitted: '求助', RequestImported: '转来求助', RequestDeadlineSet: '定时限', RequestAccepted: '受理', RequestAssigned: '派件', RequestProgressed: '进展', RequestResolved: '办好了', RequestConfirmed: '确认解决', RequestDisputed: '说还没解决', RequestRated: '评价求助', RequestWithdrawn: '撤回', RequestDeadlinePassed: '过时限', RequestClosedUnconfirmed: '到期办结',
    ProductCreated: '新产品', ProductPublished: '上架', CapacityChanged: '改位置', PicturesChanged: '换照片', ProductCancelled: '取消产品', ProductCompleted: '产品结束', ClaimPlaced: '认领', ClaimCancelled: '取消认领', PlacesPromoted: '候补递补', CheckedIn: '签到', ClaimCompleted: '已参加', NoShowMarked: '没有来', ClaimRated: '评价产品',
  },
  fact: { state: '状态', organisation: '哪里办', official: '谁办', category: '种类', due: '时限', overdue: '超时', resolvedAt: '办好时间', closedAt: '办结时间', stars: '几颗星', photos: '照片张数', title: '标题', description: '介绍', capacity: '位置', placesLeft: '还剩', waiting: '排队', sessions: '场次', pictures: '照片张数', ratings: '评价数', reason: '取消原因' },
  field: {
    title: '标题', description: '说明', text: '说的话', reason: '原因', comment: '评语', problem: '遇到的问题', location: '地点', beneficiaryName: '受助人姓名', beneficiaryPhone: '受助人电话', name: '姓名', phone: '电话', photos: '照片', pictures: '照片', subjects: '是谁', other: '内容',
  },
  entry: { sealed: '{field}：密封', opened: '{field}：{text}', position: '第 {n} 条', policy: '按第 {n} 条的规则', cause: '因为第 {n} 条', occurred: '发生在 {at}', raw: '原文', hash: '哈希 {hash}', stream: '看它的全部经过' },
  time: {
    bar: '时间', open: '看过去', now: '现在', asOf: '这是 {at} 的样子', asOfText: '过去只能看，不能改。', back: '回到现在', field: '哪一刻', go: '看', before: '上一件事', after: '下一件事', none: '那边没有事了。',
    keys: '左右键走一天，翻页键走一个月，Home 到最早，End 回到现在。', notSoEarly: '日志从 {at} 开始。', notYet: '那一刻还没到。',
  },
  home: {
    title: '审计', hello: '{name}，您可以查看{place}的一切经过。', can: '可以做什么', state: '日志现在', log: '翻日志', logText: '一条一条，说的是人话；可以按种类、组织和时间找。', board: '看板，任何时刻', boardText: '拖动时间，看那一刻的看板。', figures: '数字从哪里来', figuresText: '每个数字都能打开，看到它数的每一件。',
    differences: '比较两个时刻', differencesText: '多了什么、少了什么、谁动了、谁超时了。', openings: '谁看了谁的资料', openingsText: '每次打开个人资料都有一条记录。', incidents: '不寻常的事', incidentsText: '迟到的签名、接管、坏了重做的。', receipt: '核对一张回执', receiptText: '把回执拖到那一页，当场核对，不用相信我们。',
    entries: '条记录', since: '从 {at} 开始', last: '最近一条 {at}', checkpoint: '最新的签名盖住 {n} 条', age: '{time}前签的', covers: '盖到 {at}', behind: '后面还有 {n} 条没有盖到，一两秒就会。', none: '还没有签名。过一两秒再看。', root: '根', signedBy: '签名的有', alone: '只有日志自己签了名。', aloneText: '等外面的见证人也签了，才能说谁也改不了。', asked: '请了见证人：签了 {n} 个，要 {needed} 个才算数。', witnessed: '{n} 个外面的见证人也签了名。',
    witnessedText: '按他们自己的钟，{at} 看过前 {size} 条。从那时起，谁改、谁抽走、谁倒填其中一条，都会露出来。', contradicted: '有见证人签过另一段历史。', contradictedText: '见证人手里有这个日志的签名，历史却不是这一段。先不要相信它；证据在运行方的 checkpoints/evidence 文件夹里。请去问见证人。', ahead: '有见证人说见过更多记录。', aheadText: '外面的一位见证人说，他签过的记录比这里现有的多，但拿不出这里认得的日志签名。要么是见证人弄错了，要么这里是一份旧的副本。请向运行方和见证人问清楚。', ready: '服务器能写，一切正常。', notReady: '服务器现在不能写（{reason}）。',
  },
  log: {
    title: '日志', order: '先看', newest: '最新的', oldest: '最早的', kind: '种类', allKinds: '全部', place: '哪里的', everywhere: '全部', from: '从哪一刻', fromPosition: '从第几条', more: '再看一些', going: '正在往下找，已经看了 {n} 条…', empty: '这里没有这样的记录。', what: '只看',
  },
  stream: { title: '{kind}的经过', asItIs: '打开它看', events: '共 {n} 件事', sealedText: '密封的内容只有有权的人打得开；打开个人资料会留下记录。' },
  differences: {
    title: '比较两个时刻', from: '先前', to: '后来', compare: '比较', came: '来了', went: '走了', moved: '动了', late: '超时了', other: '有变化', none: '这段时间里，看板没有变化。', going: '已经看了 {n} 条记录，还在看…', done: '看完了 {n} 条记录。', counts: '各种事有多少', type: '事', count: '次数', wrongOrder: '“先前”要早于“后来”。', all: '全部 {n} 件', events: '{n} 件事', arrow: '变成', nowhere: '不在这块看板上', whole: '有 {n} 件求助不同。', toHelp: '空着就是现在。', nothing: '（没有）', yes: '是', no: '否', fields: '哪里不同', notYetThere: '“先前”的时候还没有它。', same: '看得见的地方都一样。', between: '这中间的事', this: '和现在比较',
  },
  why: {
    title: '这个数字从哪里来', asOf: '{at} 的样子', sum: '{n} 件 ＝ {parts}', share: '{n} / {all} 件超时（{percent}%）', part: '{name} {n}', items: '数的是这 {n} 件', shown: '看到 {n} / {all} 件', without: '没有数进去的', withoutText: '下面这些不是在办的事，所以不数：', notCounted: '{name}：{n} 件', rule: '在办的事：{steps}。时限过了的算超时。', few: '数目很小：差一件就变很多。', open: '在办', overdue: '其中超时', stream: '经过', countedAgain: '我们一件一件又数了一遍：对得上。', differs: '一件一件数是 {n}，和数字不一样。请记下时间，告诉管理员。',
  },
  openings: {
    title: '谁看了谁的资料', month: '哪个月', before: '上个月', after: '下个月', none: '这个月没有人打开过个人资料。', of: '{name}：{n} 次', post: '谁（哪个岗位）', purpose: '为什么', times: '次数', persons: '人次', sum: '合计', at: '什么时候', list: '一条一条', partly: '这里是最早的 {n} 条；更多的在日志里。', console: '控制台', who: '看的人是谁只写岗位；被看的人密封着，只有本人知道。',
  },
  incidents: {
    title: '不寻常的事', quiet: '没有不寻常的事。', since: '服务器从 {at} 起数到现在', signed: '签了 {n} 次名', failed: '签名失败 {n} 次', failedText: '每次都在一秒后再试。次数多，请看磁盘。', late: '签名迟到 {n} 次', lateText: '日志长了，五秒多还没有签名盖住。签上之前的记录不丢，只是还没有签名证明它们。', lateNone: '签名没有迟到过。',
    contradiction: '这个日志签过两段不同的历史', contradictionText: '下面两份都是它自己签的名，不可能都对：有记录丢了，或者改了。弄清楚以前，先不要相信这个日志。请把两份都存下来，合在一起，拿给谁看都是证据。', over: '曾经签过两段历史，现在已经对上了', overText: '有一阵子，日志和外面这份签名对不上；恢复以后又对上了。两份都一直留在这里。',
    theirs: '{witness} 手里的', theirsUnknown: '外面的人手里的', ours: '当时这里签的', oursNone: '当时这里签的没有留下来。', covers: '盖住 {n} 条。', seen: '{at} 看到', whole: '签名的原文', saveTheirs: '存下外面那份', saveOurs: '存下这里那份', how: '谁都可以这样核对', howText: '用一份日志的副本（放在 mirror 文件夹）和外面那份文件：',
    continues: '这个日志是接着另一个写的', continuesText: '前 {n} 条来自旧日志，位置没有变。旧日志里再往后的，不在这里。您有旧日志的回执或副本，请留好：它们证明那里写过什么。', oldName: '旧日志的名字', newest: '这里是最近的 {n} 次。',
    because: {
      not_running: '那时没有服务器在运行',
      record_lost: '记录这类事的文件不见了，之前漏了什么已无从知道',
      record_unreadable: '记录这类事的文件读不出来，之前漏了什么已无从知道',
    },
    gap: '{from} 到 {to}：停在 {a} 条，后来盖到 {b} 条', lasts: '{from} 起，还没好：停在 {a} 条，日志已有 {b} 条', reason: '原因 {code}', rebuilt: '哈希坏了重做 {n} 次', rebuiltText: '从日志重新算出来，和签过名的根一样。请检查磁盘。', rebuiltNone: '哈希没有坏过。',
    void: '作废的记录和分叉', voidEmbedded: '这台服务器自己写日志，只写算数的记录；读到别的会当场停下。所以它开着，就没有作废的，也没有分叉。', voidCount: '作废的记录：{n} 条', voidNone: '服务器启动以来，没有作废的记录。', voidText: '它们在日志的主题里，但对谁都不算数：被接替的服务器发的、重发的，或者别人写的。一下子很多、又没有接管，要问一问谁能写这个主题。', forkNone: '没有分叉。', fork: '日志分叉了', forkText: '日志丢了东西，或者多了不该有的东西。现在不再写，以前读到的都还在；请让服务器和主题保持原样。', stopped: '现在不写：{reason}', stoppedText: '看过的都还对。请管理员看服务器的日志。', takeovers: '谁何时接管了日志', takeoversText: '服务器每次启动接管一次。您不知道的启动，要问一问。', takeover: '第 {epoch} 次，{at}，第 {n} 条起',
  },
}
