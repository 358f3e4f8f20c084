#include <algorithm>
#include <iterator>

#include "api/http/problems.hpp"

namespace pioneer::api::http {
namespace {

// clang-format off
constexpr ProblemText problems[]{
    // The request itself.
    {"malformed", 400, "Malformed request", "请求格式不正确。"},
    {"malformed_message", 400, "Not a message of the bus", "消息格式不正确。"},
    {"too_many_frames", 400, "One frame is one message", "一条消息只能有一帧。"},
    {"malformed_json", 400, "Not valid JSON", "内容不是有效的 JSON。"},
    {"unknown_field", 400, "Unknown field", "有一个不认识的字段。"},
    {"unknown_parameter", 400, "Unknown parameter", "有一个不认识的查询参数。"},
    {"repeated_field", 400, "Field given twice", "同一个字段出现了两次。"},
    {"wrong_type", 400, "Wrong kind of value", "字段的值类型不对。"},
    {"malformed_id", 400, "Not an id", "编号格式不正确。"},
    {"malformed_parameter", 400, "Malformed parameter", "查询参数格式不正确。"},
    {"bad_cursor", 422, "Not a place in this list", "翻页标记已失效，请从第一页重新开始。"},
    {"not_readable", 409, "Cannot be read just now", "暂时无法读取，请稍后再试。"},
    {"malformed_cursor", 400, "Not a cursor of this list", "翻页标记无效，请从第一页重新开始。"},
    {"malformed_idempotency_key", 400, "Not a UUID or ULID", "Idempotency-Key 应为 UUID 或 ULID。"},
    {"malformed_if_match", 400, "Not a quoted revision", "If-Match 应为带引号的修订号。"},
    {"malformed_position", 400, "Not a position", "Pioneer-Position 应为日志位置。"},
    {"unknown_receipt", 400, "No such kind of receipt", "Pioneer-Receipt 只能是 refusal 或 promise。"},
    {"host_missing", 400, "One Host header is needed", "请求缺少 Host。"},
    {"ambiguous_length", 400, "Ambiguous length", "请求长度不明确。"},
    {"method_not_allowed", 405, "Method not allowed here", "此处不支持这种方法。"},
    {"too_slow", 408, "The request came too slowly", "请求发送超时。"},
    {"body_too_large", 413, "Too large", "内容太大。"},
    {"unsupported_media_type", 415, "Unsupported media type", "不支持这种内容类型。"},
    {"range_not_satisfiable", 416, "Ask for a part that is there", "请求的范围不存在或太大。"},
    {"header_too_large", 431, "Header too large", "请求头太大。"},
    {"transfer_encoding_not_supported", 501, "Transfer coding not supported", "不支持这种传输编码。"},
    {"version_not_supported", 505, "HTTP version not supported", "不支持这个 HTTP 版本。"},
    // Who asks.
    {"not_signed_in", 401, "Please sign in", "请先登录。"},
    {"token_invalid", 401, "The token is not valid", "登录凭证无效或已过期，请重新登录。"},
    {"session_ended", 401, "The session has ended", "登录已结束，请重新登录。"},
    {"code_unknown", 401, "No such code", "登录码不正确，请重新扫描或重新索取。"},
    {"too_many_wrong_codes", 429, "Too many wrong codes", "错误的登录码太多，请过一会儿再试。"},
    {"forbidden", 403, "Not allowed", "您在这里没有这个权限。"},
    {"origin_refused", 403, "Sent from another site", "请求来自其他网站，已被拒绝。"},
    {"unknown_operation", 404, "No such operation", "没有这个操作。"},
    {"not_found", 404, "Not found", "没有找到您可以查看的内容。"},
    // What is asked.
    {"missing", 422, "A needed field is missing", "缺少必填项。"},
    {"too_long", 422, "Too long", "内容太长。"},
    {"out_of_bounds", 422, "Out of bounds", "数值超出范围。"},
    {"as_of_in_future", 422, "This moment has not come yet", "该时间尚未到来，请选择过去的时间。"},
    {"unknown_word", 422, "Unknown word", "这个词不在可选范围内。"},
    {"too_large", 422, "Too large", "内容太大。"},
    {"command_too_large", 422, "Too large to be recorded at once", "内容太大，无法一次记录，请缩短文字或减少照片。"},
    {"idempotency_key_reused", 422, "Idempotency key used before", "这个 Idempotency-Key 已用于其他操作。"},
    {"revision_mismatch", 412, "Changed meanwhile", "内容已被他人修改，请重新读取。"},
    {"erased", 409, "Erased", "相关个人信息已被抹除。"},
    {"too_many", 422, "Too many of them", "数量太多。"},
    {"not_an_official", 422, "No official there", "此人不是该组织的干部。"},
    {"no_author", 403, "Only a member can write this", "只有成员可以填写。"},
    {"not_yet_known", 409, "Not known here yet", "此处尚无记录，请稍后再试。"},
    {"key_missing", 503, "A key is not on this machine", "本机缺少密钥，请联系管理员。"},
    {"keys_unavailable", 503, "No key can be made now", "暂时无法生成密钥，请稍后再试。"},
    {"unknown_blob", 422, "No such upload", "没有这个上传文件，或已过期。"},
    {"not_a_photo", 415, "Not a photo", "这不是可用的照片，请上传 JPEG、PNG 或 WebP。"},
    {"photo_too_large", 413, "The photo is too large", "照片太大，请换一张较小的。"},
    {"not_a_voice", 415, "Not a voice message", "无法读取此录音，请使用 Opus（Ogg、WebM）或 AAC（MP4）。"},
    {"not_a_document", 415, "Not a document", "无法读取此文件，请上传没有密码的 PDF。"},
    {"voice_too_long", 413, "The voice message is too long", "语音太长，最多 60 秒。"},
    {"document_too_large", 413, "The document is too large", "文件太大，最多 5 MB。"},
    {"blob_quota", 429, "Too many uploads", "上传过多，请稍后再试。"},
    // Limits, and a node that cannot now.
    {"too_many_connections", 503, "Too many connections", "连接过多，请稍后再试。"},
    {"queue_full", 429, "The queue is full", "系统繁忙，请稍后再试。"},
    {"busy", 429, "Too many calls are open", "未完成的请求过多，请稍后再试。"},
    {"slow", 429, "Events were not read in time", "事件读取过慢，订阅已结束，请从上次的位置继续。"},
    {"past_busy", 429, "Too many look into the past just now", "查询历史的人过多，请稍后再试。"},
    {"too_many_listeners", 429, "Too many listeners", "实时订阅过多，请稍后再试。"},
    {"not_yet_projected", 503, "Not yet projected", "数据正在更新，请稍后再试。"},
    {"not_in_checkpoint", 503, "Not yet in a signed checkpoint", "已记录，签名检查点尚未覆盖，请稍后再试。"},
    {"disk_full", 503, "The disk is full", "磁盘空间不足，暂时只能查看，不能提交。"},
    {"sync_failed", 503, "The disk failed", "磁盘故障，暂时只能查看，不能提交。"},
    {"clock_jumped", 503, "The clock jumped", "服务器时钟异常，暂时只能查看，不能提交。"},
    {"clock_behind_log", 503, "The clock is behind the log", "服务器时钟落后，暂时只能查看，不能提交。"},
    {"taking_over", 503, "The log is being taken over", "系统正在切换，请稍后再试。"},
    {"elsewhere", 503, "Another node writes the log, or none does just now", "系统正在切换，请稍后再试。"},
    {"broker_unreachable", 503, "The log's brokers cannot be reached", "日志服务器连不上，暂时只能查看，不能提交。"},
    {"log_forked", 503, "The log lost something", "日志出现分叉，已停止写入，请联系管理员。"},
    {"copy_failed", 503, "This node's copy of the log failed", "本机的日志副本写入失败，暂时只能查看，不能提交。"},
    {"stuck", 503, "A part of the server has not moved for long", "系统长时间没有响应，请联系管理员。"},
    {"projection_stopped", 503, "Recording is halted", "系统正在维护，暂时只能查看，不能提交。"},
    {"newer_feature_level", 503, "A newer program is needed", "系统正在升级，暂时只能查看，不能提交。"},
    {"read_only", 503, "This node only reads", "此节点只读，不能提交。"},
    {"stopping", 503, "The node is stopping", "服务正在停止，请稍后再试。"},
    {"not_writable", 503, "Not writable now", "系统暂时无法写入，请稍后再试。"},
    {"outcome_unknown", 503, "The outcome is not known yet", "结果尚未确定，请用同一编号重试。"},
    {"unavailable", 503, "Not available now", "服务暂时不可用，请稍后再试。"},
    {"not_implemented", 501, "Not offered yet", "此功能尚未开放。"},
    {"internal", 500, "Something went wrong on our side", "系统出错了，请稍后再试。"},
    {"unanswered", 500, "Something went wrong on our side", "系统出错了，请稍后再试。"},
    // Rules that all parts share.
    {"unknown_organisation", 422, "No such organisation", "没有这个组织，请从列表中选择。"},
    {"organisation_needed", 422, "Name an organisation", "请指定一个组织，或查看“我的诉求”。"},
    {"organisation_closed", 409, "The organisation is closed", "该组织已关闭，请选择接替它的组织。"},
    {"unknown_category", 422, "No such category", "没有这个类别，请从列表中选择。"},
    {"already_exists", 409, "Made already", "已经创建过了。"},
    {"policy_unchanged", 409, "In force already", "该规则已在执行。"},
    {"category_twice", 422, "A category stands there twice", "类别代码重复。"},
    {"feature_level_reached", 409, "At this level already", "日志已是该版本级别。"},
    {"feature_level_unknown", 422, "A newer program is needed", "当前程序不支持该版本级别。"},
    {"feedback_category_unknown", 422, "Unknown feedback category", "评价问题所用的类别不存在。"},
    // Organisations.
    {"level_not_below_parent", 409, "Level not below the parent's", "组织级别必须低于上级组织。"},
    {"too_deep", 409, "The tree would be too deep", "组织层级过深。"},
    {"code_malformed", 422, "Malformed code", "组织代码位数不对。"},
    {"code_taken", 409, "Code taken", "这个代码已被其他组织使用。"},
    {"own_descendant", 409, "Below itself", "组织不能移到自己或自己的下级之下。"},
    {"same_parent", 409, "Stands there already", "组织已经在那里了。"},
    {"same_name", 409, "Has this name already", "组织已经叫这个名字了。"},
    {"merge_levels", 409, "Levels do not fit", "接收合并的组织级别不够。"},
    {"has_children", 409, "Organisations stand below", "还有下级组织，请先移动、合并或关闭它们。"},
    // Members.
    {"already_registered", 409, "Registered already", "该成员已登记。"},
    {"phone_taken", 409, "Telephone number taken", "这个电话号码已被其他成员使用。"},
    {"member_erased", 409, "Member erased", "该成员已注销。"},
    {"not_for_oneself", 403, "Not for oneself", "不能给自己授予角色，请由另一位管理员授予。"},
    {"already_granted", 409, "Role held already", "该成员已有这个角色。"},
    {"not_granted", 409, "Role not held", "该成员没有这个角色。"},
    {"last_administrator", 409, "The last administrator", "这是最后一位管理员，请先指定另一位。"},
    {"token_exists", 409, "Token exists", "令牌已存在，请重新生成。"},
    {"token_expired", 422, "Would have expired already", "令牌到期时间已过，请选择更晚的时间。"},
    {"token_not_repeatable", 409, "Shown once only", "令牌只显示一次，请用新的编号重新生成。"},
    {"no_such_token", 404, "No such token", "没有这个令牌。"},
    {"too_many_tokens", 409, "Signed in too often", "登录过多，请先结束一些。"},
    {"token_revoked", 409, "Token revoked", "令牌已撤销。"},
    {"no_such_code", 404, "No such code", "该成员没有这个登录码。"},
    {"code_used", 409, "Used before", "这个登录码已用过，请重新索取。"},
    {"code_expired", 409, "No longer valid", "这个登录码已过期，请重新索取。"},
    {"session_over", 409, "The session has ended", "登录已结束，请重新登录。"},
    {"not_a_session", 409, "Not a session", "程序使用的令牌不能这样续期。"},
    // Requests.
    {"already_imported", 409, "Imported before", "这一行已导入过。"},
    {"not_holder", 409, "Held by another organisation", "该诉求由其他组织承办。"},
    {"not_accepted", 409, "Not accepted yet", "诉求尚未受理，请先受理。"},
    {"already_accepted", 409, "Accepted already", "诉求已受理。"},
    {"awaiting_confirmation", 409, "Awaiting confirmation", "诉求已办结，正等待求助人确认。"},
    {"request_closed", 409, "Request closed", "诉求已关闭，如仍需帮助请重新提交。"},
    {"request_withdrawn", 409, "Request withdrawn", "求助人已撤回诉求。"},
    {"already_assigned", 409, "Assigned there already", "诉求已派给该组织。"},
    {"assign_out_of_reach", 409, "Out of reach", "只能派给下级组织或承办单位的上级。"},
    {"not_an_official_there", 409, "No cadre there", "此人不是该组织的干部。"},
    {"not_resolved", 409, "Not resolved yet", "诉求尚未办结。"},
    {"confirmation_over", 409, "Time to answer is over", "确认或异议的期限已过。"},
    {"not_closed", 409, "Not closed yet", "诉求关闭后才能评价。"},
    {"request_already_rated", 409, "Rated already", "您已评价过，谢谢。"},
    {"own_work", 409, "Own work", "不能确认或评价自己办理的诉求。"},
    {"no_such_deadline", 409, "No such deadline", "没有这个期限。"},
    {"deadline_replaced", 409, "Deadline replaced", "该期限已被新的期限取代。"},
    {"deadline_passed", 409, "Deadline noted already", "该期限已记录为超期。"},
    {"deadline_met", 409, "Deadline met", "该期限要求的事已完成。"},
    {"deadline_not_due", 409, "Deadline not due", "该期限尚未到期。"},
    // Products and claims.
    {"product_not_draft", 409, "Published before", "该产品已发布过。"},
    {"not_a_ticket", 422, "Not a ticket of this product", "这不是本产品的票。"},
    {"sessions_over", 409, "All sessions are over", "所有场次都已结束。"},
    {"session_in_the_past", 422, "A session is over already", "有场次已经结束，请改为以后的时间。"},
    {"product_not_published", 409, "Not published yet", "该产品尚未发布。"},
    {"product_cancelled", 409, "Product cancelled", "该产品已取消，请选择其他产品。"},
    {"product_completed", 409, "Product over", "该产品已结束，请选择其他产品。"},
    {"capacity_unchanged", 409, "Capacity unchanged", "名额没有变化。"},
    {"capacity_below_confirmed", 409, "More places are promised", "名额不能少于已确认的数量。"},
    {"claims_not_open", 409, "Claiming is not open yet", "认领尚未开始。"},
    {"claims_closed", 409, "Claiming is over", "认领时间已过。"},
    {"too_many_places", 409, "More than one person may hold", "超过每人可认领的名额。"},
    {"product_full", 409, "Product full", "剩余名额不足，请减少数量或选择其他产品。"},
    {"too_many_claims", 409, "Too many claims", "该产品的认领次数已达上限。"},
    {"claim_not_found", 404, "No such claim", "没有这个认领。"},
    {"already_cancelled", 409, "Cancelled already", "该认领已取消。"},
    {"already_started", 409, "Started already", "首场已开始，不能再取消。"},
    {"not_started", 409, "Not started yet", "首场尚未开始。"},
    {"claim_waitlisted", 409, "Still waiting", "该认领仍在候补中。"},
    {"already_checked_in", 409, "Checked in already", "已签到。"},
    {"code_needed", 422, "The code at the door is needed", "签到需要现场签到码，或请工作人员协助。"},
    {"wrong_code", 422, "Wrong code", "签到码不正确，请再看一次，或请工作人员协助。"},
    {"not_checked_in", 409, "Not checked in yet", "尚未签到，请先签到。"},
    {"already_completed", 409, "Completed already", "该认领已完成。"},
    {"marked_no_show", 409, "Marked as not attended", "该认领已记为未到场。"},
    {"claim_already_rated", 409, "Rated already", "您已评价过，谢谢。"},
    {"check_in_not_open", 409, "Check-in is not open yet", "签到在首场开始前24小时开放。"},
    {"not_yet", 409, "Not over yet", "最后一场尚未结束。"},
    {"nothing_to_promote", 409, "Nobody to promote", "没有可递补的候补。"},
};
// clang-format on

consteval bool each_once() {
  for (std::size_t i = 0; i < std::size(problems); ++i)
    for (std::size_t j = i + 1; j < std::size(problems); ++j)
      if (problems[i].code == problems[j].code) return false;
  return true;
}
static_assert(each_once(), "a code stands in the table twice");

}  // namespace

std::span<const ProblemText> all_problems() { return problems; }

const ProblemText& problem_text(std::string_view code) {
  const auto named = [](std::string_view wanted) {
    return std::find_if(std::begin(problems), std::end(problems),
                        [&](const ProblemText& p) { return p.code == wanted; });
  };
  const auto found = named(code);
  return found != std::end(problems) ? *found : *named("internal");
}

}  // namespace pioneer::api::http
