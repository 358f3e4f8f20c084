// Events and their fields in Chinese and English, for a person who reads evidence. Plain values; any thread.
#pragma once

#include <string>
#include <string_view>

namespace pioneer::api::evidence {

struct Words {
  std::string zh;
  std::string en;
};

/// "ClaimPlaced" → 认领名额, places claimed. A type without words of its own is named as it is.
Words event_words(std::string_view type);
/// "accept_within_minutes" → 受理时限（分钟）, accept within minutes. The times in microseconds lose their "_us".
Words field_words(std::string_view name);

}  // namespace pioneer::api::evidence
