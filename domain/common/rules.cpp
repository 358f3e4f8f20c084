#include "domain/common/rules.hpp"

#include <algorithm>
#include <array>

namespace pioneer::domain {
namespace {

constexpr std::array texts{
    RuleText{Rule::category_known, "类别须在现行规则中", "The category is one of the policy's."},
    RuleText{Rule::accept_within, "按类别规定的受理时限", "The category's time to accept."},
    RuleText{Rule::resolve_within, "按类别规定的办结时限", "The category's time to resolve."},
    RuleText{Rule::confirm_within, "求助人可答复的时限", "The time in which the asker may answer a result."},
    RuleText{Rule::feedback_category, "评价中反映问题的默认类别", "The category of a problem told in a rating."},
    RuleText{Rule::holder_acts, "由承办单位或其上级的干部办理", "Cadres of the holder, or above it, act."},
    RuleText{Rule::asker_answers, "只有求助人本人可以答复", "Only the asker answers."},
    RuleText{Rule::answer_in_time, "须在时限内答复", "The answer comes before the time for it is over."},
    RuleText{Rule::not_own_work, "不得评判自己办理的事项", "Nobody judges their own work."},
    RuleText{Rule::rated_once, "只可评价一次", "One rating, and no second."},
    RuleText{Rule::clock_is_over, "时限已到且尚未办结", "The clock is over and was not met."},
    RuleText{Rule::silence_closes, "逾期未答复即自动关闭", "No answer in time closes the request."},
    RuleText{Rule::assigned_within_reach, "只可交给所辖单位或上一级", "Given to whom one covers, or one step up."},
    RuleText{Rule::official_serves_there, "经办人须是该单位的干部", "The official is a cadre there."},
    RuleText{Rule::capacity, "名额不得超出", "No more places than there are."},
    RuleText{Rule::max_per_member, "每人名额上限", "No more places than one person may have."},
    RuleText{Rule::waiting_list, "满额后进入候补", "Who comes when it is full waits in the list."},
    RuleText{Rule::order_of_waiting, "按候补先后递补", "Who waits longest comes first."},
    RuleText{Rule::claims_are_open, "认领须在开放时间内", "Claims are placed while they are open."},
    RuleText{Rule::sessions_ahead, "场次尚未结束", "There is a session still to come."},
    RuleText{Rule::sessions_over, "全部场次已结束", "The last session is over."},
    RuleText{Rule::given_back_in_time, "开始前可取消", "Places are given back before it begins."},
    RuleText{Rule::check_in_is_open, "签到时间已开放", "Check-in is open."},
    RuleText{Rule::door_code, "签到须持现场码或票码", "Check-in by the code of the door or of the claim."},
    RuleText{Rule::attended_first, "须先签到", "Only what was attended."},
    RuleText{Rule::owner_rates, "只有认领人本人可以评价", "Only the claim's owner rates it."},
    RuleText{Rule::begun_first, "活动已开始", "Only after it began."},
    RuleText{Rule::organisation_active, "组织须在用", "The organisation is active."},
    RuleText{Rule::not_for_oneself, "不得给自己授予角色", "Nobody gives a role to themselves."},
    RuleText{Rule::phone_held_once, "手机号不得重复", "A phone number is held by one member."},
    RuleText{Rule::office_begins_signed_out, "任职时原有登录全部失效", "Who takes office signs in anew."},
    RuleText{Rule::last_administrator_stays, "须保留最后一名管理员", "The last administrator stays."},
    RuleText{Rule::right_over_all_roles, "须对其全部角色有权", "A right over every role of that person."},
    RuleText{Rule::levels_in_order, "上下级次序须正确", "Levels stand in order."},
    RuleText{Rule::code_held_once, "组织代码不得重复", "A code is held by one organisation."},
    RuleText{Rule::right_at_both_ends, "须在两端都有权限", "The right is held at both ends."},
};

constexpr bool in_order() {
  for (std::size_t i = 1; i < texts.size(); ++i)
    if (texts[i - 1].rule >= texts[i].rule) return false;
  return true;
}
static_assert(in_order());

}  // namespace

std::span<const RuleText> rule_texts() { return texts; }

const RuleText* rule_text(std::uint32_t number) {
  const auto found =
      std::ranges::find_if(texts, [&](const auto& t) { return static_cast<std::uint32_t>(t.rule) == number; });
  return found == texts.end() ? nullptr : &*found;
}

std::string rule_name(std::uint32_t number) {
  const auto* known = rule_text(number);
  return known != nullptr ? Rule::Value_Name(known->rule) : "rule_" + std::to_string(number);
}

}  // namespace pioneer::domain
