// What a query gives: a view, and whose personal fields it opened. Those must be journalled before the view leaves.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "api/edge/call.hpp"
#include "domain/common/id.hpp"
#include "domain/common/refusal.hpp"

namespace pioneer::queries {

/// `record_personal_data_opened` with these is accepted before the answer leaves; if it cannot be, `hide_personal`
/// first.
struct Journal {
  domain::Id organisation;            ///< in whose name the official looks
  std::string purpose;                ///< "get_request"
  std::vector<api::Sender> subjects;  ///< empty: nothing personal of others was opened
};

template <class View>
struct Answer {
  View view;
  Journal journal;
};

template <class View>
using Answered = domain::Decided<Answer<View>>;

/// Clears every field classed PERSONAL, at every depth.
void hide_personal(google::protobuf::Message& view);

}  // namespace pioneer::queries
