// What signs a person in: sessions and tokens, shown to that person.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/messages/views.pb.h"
#include "api/node/node.hpp"
#include "domain/common/refusal.hpp"
#include "domain/members/state.hpp"

namespace pioneer::queries {

/// The token with this hash, whatever became of it, as of the projected position. Any thread.
std::optional<domain::members::Token> token_with(const node::Node& node, std::string_view hash);

/// Without `last_used_at`, `current` and `me`, which are not the log's to say.
api::SignInView session_view(const node::Node& node, std::string_view hash, const domain::members::Token& token);

/// The caller's sessions and bearer tokens that are good now, the newest first. Refusals: not_signed_in.
domain::Decided<api::SignInList> my_sessions(const node::Node& node, const node::Caller& caller);

}  // namespace pioneer::queries
