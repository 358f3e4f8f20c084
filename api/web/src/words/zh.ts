// 中文。短、暖、具体；按钮是动词。
export default {
  back: '返回',
  close: '关闭',
  fewer: '少一个',
  moreOf: '多一个',
  enlarge: '放大',
  readAloud: '朗读',
  stopReading: '停止',
  nav: {
    main: '主导航', cadre: '工作台', skip: '跳到内容', home: '首页', ask: '求助', market: '超市', mine: '我的', settings: '设置',
    board: '看板', products: '产品', checkIn: '签到', people: '居民', figures: '数字', organisations: '组织', audit: '审计', log: '日志', differences: '比较', openings: '谁看过', incidents: '异常', lookBack: '看过去',
  },
  home: {
    morning: '早上好', noon: '中午好', afternoon: '下午好', evening: '晚上好', hello: '{greeting}，{name}', elder: '大字', normal: '退出大字', all: '全部',
    mine: '我的求助', nothing: '现在没有在办的事。', ask: '我要求助', near: '附近这些天', tickets: '我的票', signIn: '登录',
    what: '邻里有事，大家来办', whatText: '说一声，就知道谁来办、什么时候办好。\n附近的活动和服务，也在这里认领。',
  },
  in: {
    title: '登录', text: '扫一扫社区给您的二维码，或在这里填上面的登录码。不用密码。', code: '登录码', help: '20 个字母和数字，大小写都行。',
    go: '登录', ask: '没有登录码？到社区服务台，马上就能拿到。', look: '先看看超市',
  },
  ask: {
    step: '{n}/3 {title}', what: '什么事？', where: '谁、在哪里？', words: '说一说', emergency: '有危险？先打电话', police: '报警', fire: '火警', ambulance: '急救',
    more: '更多种类', draft: '上次没发完：{name}', goOn: '接着写', anew: '重新开始', forWhom: '为谁求助？', forMe: '为自己', forNeighbour: '替邻居', neighbour: '邻居姓名',
    neighbourPhone: '邻居电话（可不填）', neighbourHelp: '请先问过邻居。来办的人会看到姓名和电话。', community: '由哪个社区来办？', noCommunity: '还没有选', other: '换一个', pickCommunity: '选社区',
    locate: '加上我的位置', located: '已加上位置', unlocate: '不要位置', noPlace: '没有拿到位置。可以写地址，或者直接往下。', address: '门牌或地点（可不填）',
    elderWords: '可以按一下说话，也可以什么都不写，直接点“发出求助”。社区会打电话给您。', say: '{name}：怎么回事？', sayHelp: '一两句就够。写上哪里、什么时候最好。', voiceTitle: '{name}（语音）',
    byPhone: '{name}。请打电话联系我。', needWords: '请写一句、说一段，或拍一张照片。', needNeighbour: '请写邻居的名字。', needCommunity: '请选由哪个社区来办。', back: '上一步', next: '下一步', send: '发出求助',
  },
  request: {
    title: '求助', heldBy: '{name}在办', wasHeldBy: '由{name}经办', course: '经过', asker: '求助人：{name}', onBehalf: '替 {name} 求助', forNeighbour: '替邻居', official: '交给了 {name}', rated: '您给了 {n} 颗星。', received: '收到了',
    receivedText: '已经送到{name}，会按时回您。每一步都写在下面。', undoText: '发错了？十分钟内、受理前后都可以点“撤回”。', number: '编号 {id}', stream: '全部经过，逐条', compare: '和现在比较',
  },
  due: {
    left: '还剩 {time}', late: '已超时 {time}', accept: '{at} 前受理', resolve: '{at} 前办好', confirm: '{at} 前请您确认',
  },
  state: {
    submitted: '待受理', accepted: '已受理', in_progress: '处理中', awaiting_confirmation: '待确认', closed_confirmed: '已解决', closed_unconfirmed: '已办结', withdrawn: '已撤回',
  },
  claim: { confirmed: '有位置', waitlisted: '排队中', cancelled: '已取消', checked_in: '已签到', completed: '已参加', no_show: '没有来', ahead: '前面有 {n} 位', passedOver: '名额现在比您要的少，先让后面的人。名额变多时先给您。' },
  productState: { draft: '草稿', published: '在架', cancelled: '已取消', completed: '已结束' },
  channel: { web: '网上', phone: '电话来', visit: '走访', app: '手机', email: '邮件', counter: '窗口', imported: '转来', feedback: '评价里说的', staff: '工作人员' },
  kind: { activity: '活动', training: '学习', service: '服务', transport: '出行', clinic: '健康' },
  level: { city: '市', district: '区', street: '街道', community: '社区', enterprise: '企业', department: '部门' },
  event: {
    RequestSubmitted: '提交', RequestImported: '转入', RequestAccepted: '受理', RequestAssigned: '派给', RequestProgressed: '进展', RequestResolved: '办好了，请您确认', RequestConfirmed: '确认已解决',
    RequestDisputed: '说还没解决', RequestRated: '评价', RequestWithdrawn: '撤回', RequestDeadlinePassed: '超过了时限', RequestClosedUnconfirmed: '到期办结', other: '有变化',
  },
  acts: {
    accept: '受理', assign: '派给', progress: '写进展', resolve: '办好了', confirm: '确认已解决', dispute: '还没解决', rate: '评价', withdraw: '撤回', isItSolved: '解决了吗？', howWasIt: '办得怎么样？', toMe: '我来办', oneTap: '点一下就好。', withWords: '写几句再评', disputeWords: '写一句还差什么', notYet: '还没有解决，请再来看看。',
    needWords: '请写一句。', text: { progress: '现在怎么样了？', resolve: '怎么解决的？', dispute: '还差什么？', rate: '想说的（可不填）', withdraw: '为什么（可不填）' },
  },
  about: {
    ask: '求助', accept: '受理', assign: '派件', progress: '进展', resolve: '办结', confirm: '确认已解决', dispute: '说还没解决', rate: '评价', withdraw: '撤回', claim: '认领', cancelClaim: '取消认领',
    checkIn: '签到', product: '新产品', publish: '上架', capacity: '名额', pictures: '照片', cancel: '取消产品', complete: '结束产品',
  },
  stars: { 1: '很差', 2: '差', 3: '一般', 4: '好', 5: '很好' },
  market: {
    near: '附近', everywhere: '所有地方', where: '看哪里的？', search: '找一找', kind: '种类', allKinds: '全部', week: '周历', list: '橱窗', before: '上周', after: '下周', day: '哪一天', anyDay: '哪天都行', anyWords: '不按字找', today: '今天', tomorrow: '明天', more: '再看一些',
    empty: '这里暂时没有。换个种类或地方看看。', lookEverywhere: '看所有地方',
  },
  product: {
    title: '产品', by: '{name}提供', left: '余 {left} / {capacity}', leftShort: '余 {n}', full: '已满', fullWaiting: '已满，{n} 人排队', noTime: '时间另定', pictures: '更多照片', yours: '您的位置', howMany: '几个位置？',
    claim: '认领', claimMore: '再要几个', queue: '排队（前面 {n} 人）', lost: '刚刚满了。要排队吗？有位置马上给您。', free: '免费。开始前都可以取消。', closed: '现在不能认领。', later: '{at} 开始认领。', over: '认领已经结束。', rated: '{stars} 分，{n} 人评价', cancelled: '已取消：{reason}',
  },
  ticket: {
    title: '我的票', yours: '位置是您的了。', undoText: '{n} 分钟内点一下就能反悔。', places: '{n} 个位置', qr: '入场二维码，编号 {code}', show: '到门口给工作人员看。没有信号也能用。',
    calendar: '加到日历', product: '看介绍', rate: '评价', cancel: '取消', sure: '位置会让给别人。真的取消吗？', giveBack: '取消，让给别人', keep: '我要去', arrived: '到了？', doorCode: '门口的签到码', checkIn: '我来了', orShow: '或者给工作人员看您的二维码。', ownCode: '码 {code}',
    told: '谢谢您说出来。这件事有人办了：', toldSoon: '谢谢您说出来。正在转成一件求助…', follow: '看这件事',
  },
  rate: {
    title: '评价', comment: '想说的（可不填）', problem: '遇到问题了吗？（可不填）', problemHelp: '写下来就成了一件求助，有人办，您看得到。', about: '是哪方面的？', noCategory: '不确定', send: '发出评价',
  },
  mine: {
    what: '看什么', requests: '求助', tickets: '票', waiting: '等着发出', noRequests: '还没有求助过。有事说一声。', noTickets: '还没有认领过。去超市看看。',
  },
  settings: {
    language: '语言', mode: '样子', normal: '普通', elder: '大字', size: '字的大小：{n}', sample: '这样大的字，看得清楚吗？', theme: '明暗', auto: '跟手机', light: '亮', dark: '暗', motion: '动画', less: '少动',
    sessions: '登录着的设备', thisOne: '这一台', end: '让它退出', another: '在另一台手机登录', looks: '谁看过我的资料', looksText: '工作人员每次打开您的姓名、电话，都留下一条记录。', showLooks: '看一看', noLooks: '还没有人看过。', signOut: '退出登录',
  },
  device: { unspecified: '设备', phone: '手机', tablet: '平板', computer: '电脑', token: '程序' },
  slip: { qr: '一次性登录二维码', text: '用手机扫一扫就登录。只能用一次，七天内有效。' },
  board: { title: '{name}的看板', where: '换组织', search: '按字查找', overdue: '超时', none: '没有', onlyOverdue: '只看超时', kind: '种类', allKinds: '所有种类', holder: '谁在办', allHolders: '所有组织', showAll: '全部显示', of: '{n} / {all}' },
  figures: { title: '{name}的数字', steps: '在办的，按步骤', places: '在办的，按地方', step: '步骤', place: '地方', open: '在办', why: '{name}：{n} 件。看数的是哪些', whyOverdue: '{name}：超时 {n} 件。看数的是哪些', inTime: '没超时' },
  keys: {
    title: '按键', move: '上下移动', column: '左右换列', accept: '受理', assign: '派给第几个', progress: '写进展', resolve: '办好了', open: '打开', search: '查找', close: '关闭', help: '这一页',
  },
  work: {
    title: '管理', new: '做一个产品', state: '状态', publish: '上架', attendance: '签到名单', copy: '照样再做', capacity: '改名额', complete: '结束', cancel: '取消产品', pictures: '换照片', keepPictures: '就用这些', places: '名额', reason: '为什么取消？', empty: '这里还没有产品。',
  },
  door: {
    choose: '选要签到的产品。', come: '来了 {n} / {all}', scan: '扫码签到', stop: '停止扫码', search: '找姓名或编号', checkIn: '签到', number: '{n} 号', code: '码 {code}', showCode: '签到码', showCodeText: '给来的人看。他们在自己的票上填这个码，就签到了。', nobody: '还没有人认领。', notFound: '名单上没有这个名字或编号。', camera: '相机画面', noCamera: '这台设备没有可用的相机。可以选一张二维码的照片，或在名单上点签到。',
    picture: '选照片', welcome: '{name}，欢迎！', already: '{name} 已经签到了。', later: '{name} 已记下，有信号就上报。', noTicket: '这不是我们的票。', noCode: '照片里没有找到二维码。请对准二维码，近一点再拍。', forged: '这张票是假的，签名不对。', otherProduct: '这是另一场的票。', unsent: '已记下，待上报',
  },
  editor: {
    title: '叫什么？', text: '一两句介绍', sessions: '场次', day: '日期', from: '从', to: '到', venue: '地点', remove: '去掉', another: '再加一场', capacity: '名额', most: '每人最多', waitlist: '满了可以排队', publish: '上架', draft: '先存草稿',
    pictures: '照片（最多 {n} 张，第一张最先看到）', preview: '大家会看到', noTitle: '（还没有名字）',
    fault: { title: '请写名字。', text: '请写一两句介绍。', session: '请写好每场的日期、时间和地点。', past: '场次都过去了，请改日期。', order: '结束要晚于开始。', capacity: '名额至少 1。' },
  },
  people: { again: '已经登记过，要再登录', knownPhone: '登记时的电话', find: '找到这个人', notFound: '没有人用这个电话登记，或者不归这里。请看看号码。', text: '给来服务台的居民登记，并打印一张登录纸条。', name: '姓名', phone: '电话（可不填）', register: '登记', made: '{name} 登记好了', slip: '做登录纸条' },
  organisations: { search: '找组织', all: '全部', none: '没有找到。换个字试试。', below: '{name}的下级', code: '代码 {code}' },
  map: {
    show: '看地图', choose: '在地图上选', label: '地图。方向键移动，加号减号看近看远。', closer: '近一点', farther: '远一点', here: '就是这里', cross: '移动地图，把十字放到那个地方。', near: '{area} {near}附近', nearOnly: '{near}附近', nameless: '这里我们叫不出名字',
    missing: '地图现在打不开。可以写地址，或从名单里选。', by: '怎么选', list: '名单', map: '地图', parts: '地图上的地方', unknown: '名单里没有这块地方，请选别处。', credit: '底图：{name}',
  },
  photo: { most: '最多 {n} 张，多的没有加上。', lost: '这张照片现在看不到', add: '拍照或选照片', addAfter: '加上办好后的照片', nth: '第 {n} 张照片', remove: '去掉第 {n} 张', before: '求助时的照片', during: '进展照片', after: '办好后的照片' },
  voice: { begin: '按一下说话', stop: '说完了（还能说 {n} 秒）', yours: '您的语音', remove: '重说', refused: '没有拿到麦克风。可以写字。', message: '语音' },
  print: { waiting: '{what}：{at} 前还可以反悔', unsent: '{at} 说的，还没有发出。有信号就发。', sent: '已经发出了。在“我的”里看得到。', go: '打印', slip: '打印纸条', notice: '打印海报', qr: '二维码', scan: '用手机扫一扫，看详情。' },
  notice: {
    label: '提示', offline: '没有信号。看过的都还在；您说的会先记下。', server: '连不上服务器，正在自己重试。看过的都还在。', waiting: '{n} 件等着发出', undo: '反悔', undoFor: '{n} 分钟内可以反悔', look: '去看看', seen: '知道了',
  },
  read: { loading: '正在打开…', old: '这是上次看到的。正在更新…', still: '我们会自己再试。您也可以点一下。', again: '再试一次' },
  receipt: {
    link: '凭证', title: '凭证', number: '在账本里的编号：{n}', stands: '在签了名的账本里了（共 {n} 条）。有凭证文件在手，以后谁改动都会露出来。', waiting: '已经记下。账本正在签名，一两秒就好。', witnesses: '外面有 {n} 家签了名作证。',
    noWitness: '还没有外面的单位签名作证，现在只有账本自己的签名。', page: '看这件事', save: '保存凭证文件', keep: '文件请自己留一份。没有我们，没有网络，也能核对。', check: '核对一下', code: '凭证的二维码',
    prove: '要一张没办成的凭证', refused: '没办成的凭证', unrecorded: '这次没有记下来：这里还没开通，或者刚才记得太多。可以问问社区。',
    strangers: '{names}也签了名。向他们要来公钥，在那个网页里记住，这里也就认了。',
    promise: {
      kept: '收下时账本签名答应会记上：做到了。', broken: '账本没有守住承诺', late: '它签名答应过：{by} 之前，账本第 {n} 条就是这件事。现在看不到。', other: '它签名答应过：{by} 之前，账本第 {n} 条就是这件事。现在那里是别的。', twice: '账本第 {n} 条，它签名答应给了两件不同的事。',
      save: '请把下面两个文件存好，交给审计或见证的单位：合在一起，谁都能查证。', savePromise: '保存它的承诺', saveEvidence: '保存它现在签的', how: '怎样查证',
    },
    whole: '二维码里是整张凭证：只凭这张纸就能核对。', named: '这条记录太长，二维码里放不下，只写了它是哪一条。请和凭证文件一起留着。', elsewhere: '在单独的网页里核对', scan: '扫一扫就能核对；或者打开 {address}', key: '账本的公钥：{name} · {id}',
  },
  demo: {
    title: '先锋演示', text: '一座住着人的小城，人和事都是编的。选一个人，过一天。', member: '居民的一天', memberText: '{where}：求助、跟进、逛超市、认领', volunteer: '志愿者的一天', volunteerText: '{where}：在门口签到',
    cadre: '干部的一天', cadreText: '{where}：看板、办事、上架产品', auditor: '审计员的一天', auditorText: '{where}：翻日志、看任何时刻、查数字', back: '想换一个人，就再打开这个地址。',
  },
  nowhere: { title: '没有这一页', text: '地址可能写错了，或者内容不给别人看。' },
  style: { title: '样式', pictures: '照片和声音', search: '查找', acts: '按钮', states: '状态', lists: '列表', faces: '四种样子', forms: '表单', sheet: '抽屉', icons: '图标' },
}
