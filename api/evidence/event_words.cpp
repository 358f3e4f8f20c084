#include "api/evidence/event_words.hpp"

#include <algorithm>
#include <array>

namespace pioneer::api::evidence {
namespace {

struct Row {
  std::string_view name;
  std::string_view zh;
  std::string_view en;
};

constexpr std::array events{
    Row{"PolicyAdopted", "启用规则", "Policy adopted"},
    Row{"FeatureLevelRaised", "提高日志格式级别", "Feature level raised"},
    Row{"OrganisationRegistered", "登记组织", "Organisation registered"},
    Row{"OrganisationRenamed", "组织更名", "Organisation renamed"},
    Row{"OrganisationMoved", "调整组织隶属", "Organisation moved"},
    Row{"OrganisationMerged", "组织并入", "Organisation merged"},
    Row{"OrganisationAbsorbed", "接收并入的组织", "Organisation absorbed"},
    Row{"OrganisationClosed", "撤销组织", "Organisation closed"},
    Row{"SubjectKeyIssued", "生成密钥", "Key issued"},
    Row{"MemberRegistered", "登记成员", "Member registered"},
    Row{"RoleGranted", "授予角色", "Role granted"},
    Row{"RoleRevoked", "收回角色", "Role revoked"},
    Row{"TokenIssued", "签发登录凭证", "Token issued"},
    Row{"TokenRevoked", "登录凭证失效", "Token revoked"},
    Row{"MemberErased", "删除个人数据", "Member erased"},
    Row{"PersonalDataOpened", "查看个人数据", "Personal data opened"},
    Row{"EntriesFetched", "调取日志记录", "Entries fetched"},
    Row{"RequestSubmitted", "提交求助", "Request submitted"},
    Row{"RequestImported", "转入求助", "Request imported"},
    Row{"RequestDeadlineSet", "设定时限", "Deadline set"},
    Row{"RequestAccepted", "受理", "Accepted"},
    Row{"RequestAssigned", "交办", "Assigned"},
    Row{"RequestProgressed", "报告进展", "Progress reported"},
    Row{"RequestResolved", "办结，待求助人确认", "Resolved; its asker is asked"},
    Row{"RequestConfirmed", "求助人确认已解决", "Confirmed by its asker"},
    Row{"RequestDisputed", "求助人认为未解决", "Disputed by its asker"},
    Row{"RequestRated", "求助人评价", "Rated by its asker"},
    Row{"RequestWithdrawn", "撤回求助", "Withdrawn"},
    Row{"RequestDeadlinePassed", "超过时限", "Deadline passed"},
    Row{"RequestClosedUnconfirmed", "逾期未答复，自动关闭", "Closed: its asker did not answer in time"},
    Row{"ProductCreated", "新建产品", "Product created"},
    Row{"ProductPublished", "发布产品", "Product published"},
    Row{"CapacityChanged", "调整名额", "Capacity changed"},
    Row{"PicturesChanged", "更换图片", "Pictures changed"},
    Row{"ProductCancelled", "取消产品", "Product cancelled"},
    Row{"ProductCompleted", "产品已完成", "Product completed"},
    Row{"ClaimPlaced", "认领名额", "Places claimed"},
    Row{"ClaimCancelled", "取消认领", "Claim cancelled"},
    Row{"PlacesPromoted", "候补转为确认", "Confirmed from the waiting list"},
    Row{"CheckedIn", "签到", "Checked in"},
    Row{"ClaimCompleted", "服务完成", "Served"},
    Row{"NoShowMarked", "未到场", "Did not come"},
    Row{"ClaimRated", "评价认领", "Claim rated"},
    Row{"CommandRefused", "依规则拒绝", "Refused by a rule"},
    Row{"EpochOpened", "日志开启新纪元", "Epoch opened"},
};

constexpr std::array fields{
    Row{"accept_within_minutes", "受理时限（分钟）", "accept within minutes"},
    Row{"action", "操作", "action"},
    Row{"asker", "求助人（化名）", "asker (pseudonym)"},
    Row{"beneficiary_name", "受助人姓名", "beneficiary's name"},
    Row{"beneficiary_phone", "受助人电话", "beneficiary's phone"},
    Row{"capacity", "名额", "capacity"},
    Row{"categories", "类别", "categories"},
    Row{"category", "类别", "category"},
    Row{"cause", "起因", "cause"},
    Row{"channel", "渠道", "channel"},
    Row{"closed", "关闭时间", "closed"},
    Row{"closes", "截止认领", "closes"},
    Row{"code", "代码", "code"},
    Row{"command", "指令", "command"},
    Row{"comment", "评语", "comment"},
    Row{"confirm_within_minutes", "答复时限（分钟）", "confirm within minutes"},
    Row{"deadline", "时限编号", "deadline number"},
    Row{"description", "说明", "description"},
    Row{"device", "设备", "device"},
    Row{"due", "到期", "due"},
    Row{"ends", "结束", "ends"},
    Row{"expires", "失效时间", "expires"},
    Row{"feedback_category", "反映问题的默认类别", "feedback category"},
    Row{"field", "所涉字段", "field"},
    Row{"first", "起", "first"},
    Row{"from", "来自", "from"},
    Row{"grant", "角色授权", "role grant"},
    Row{"group", "分组", "group"},
    Row{"hidden", "对外不可见", "hidden from strangers"},
    Row{"icon", "图标", "icon"},
    Row{"into", "并入", "into"},
    Row{"key", "密钥编号", "key"},
    Row{"kind", "种类", "kind"},
    Row{"last", "止", "last"},
    Row{"level", "级别", "level"},
    Row{"location", "地点", "location"},
    Row{"max_per_member", "每人上限", "places for one member at most"},
    Row{"may", "可由", "may"},
    Row{"media_type", "文件类型", "media type"},
    Row{"more", "还有后续", "goes on"},
    Row{"name", "名称", "name"},
    Row{"name_en", "英文名", "name in English"},
    Row{"name_zh", "中文名", "name in Chinese"},
    Row{"opens", "开放认领", "opens"},
    Row{"organisation", "组织", "organisation"},
    Row{"parent", "上级", "parent"},
    Row{"permissions", "权限表", "permissions"},
    Row{"phone", "电话", "phone"},
    Row{"photos", "照片", "photos"},
    Row{"pictures", "图片", "pictures"},
    Row{"places", "名额数", "places"},
    Row{"policy", "规则", "policy"},
    Row{"problem", "反映的问题", "problem"},
    Row{"problem_category", "问题类别", "the problem's category"},
    Row{"purpose", "用途", "purpose"},
    Row{"reason", "理由", "reason"},
    Row{"resolve_within_minutes", "办结时限（分钟）", "resolve within minutes"},
    Row{"role", "角色", "role"},
    Row{"sessions", "场次", "sessions"},
    Row{"skipped", "跳过", "skipped"},
    Row{"source", "来源", "source"},
    Row{"source_number", "来源编号", "number there"},
    Row{"source_status", "来源状态", "status there"},
    Row{"source_type", "来源类型", "kind there"},
    Row{"stars", "星级", "stars"},
    Row{"starts", "开始", "starts"},
    Row{"state", "状态", "state"},
    Row{"stream", "事项", "about"},
    Row{"subjects", "被查看的人", "whose"},
    Row{"submitted", "提交时间", "submitted"},
    Row{"terms", "条款", "terms"},
    Row{"text", "内容", "text"},
    Row{"ticket", "认领编号", "claim number"},
    Row{"title", "标题", "title"},
    Row{"token_hash", "登录凭证的散列", "token's hash"},
    Row{"venue", "地点", "venue"},
    Row{"waitlist", "设候补", "waiting list"},
};

constexpr bool sorted = std::ranges::is_sorted(fields, {}, &Row::name);
static_assert(sorted, "fields are looked up by halving");

std::string spaced(std::string_view name) {
  std::string words(name);
  std::ranges::replace(words, '_', ' ');
  return words;
}

}  // namespace

Words event_words(std::string_view type) {
  const auto found = std::ranges::find(events, type, &Row::name);
  if (found == events.end()) return {std::string(type), std::string(type)};
  return {std::string(found->zh), std::string(found->en)};
}

Words field_words(std::string_view name) {
  if (name.ends_with("_us")) name.remove_suffix(3);
  const auto found = std::ranges::lower_bound(fields, name, {}, &Row::name);
  if (found == fields.end() || found->name != name) return {spaced(name), spaced(name)};
  return {std::string(found->zh), std::string(found->en)};
}

}  // namespace pioneer::api::evidence
