// By their types: in a command or an event, what is not PUBLIC is a sealed value.
#include <gtest/gtest.h>

#include <set>

#include "api/messages/commands.pb.h"
#include "domain/commands.hpp"
#include "domain/events.hpp"

namespace pioneer::testing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

void check(const Descriptor& message, std::set<const Descriptor*>& seen) {
  if (!seen.insert(&message).second) return;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const auto& options = field.options();
    const auto is = options.GetExtension(domain::is);
    SCOPED_TRACE(field.full_name());
    EXPECT_NE(is, domain::UNCLASSED);
    const auto* type = field.message_type();
    if (type == domain::Sealed::descriptor()) {
      EXPECT_NE(is, domain::PUBLIC) << "nothing public is sealed";
      EXPECT_NE(options.GetExtension(domain::seal), 0u);
      EXPECT_NE(options.GetExtension(domain::under), domain::NO_KEY);
    } else {
      const bool photos = type == domain::Blob::descriptor();
      EXPECT_TRUE(is == domain::PUBLIC || photos) << "not public, and not sealed";
      if (type != nullptr) check(*type, seen);
    }
  }
}

template <class Variant, std::size_t... I>
void check_all(std::set<const Descriptor*>& seen, std::index_sequence<I...>) {
  (check(*std::variant_alternative_t<I, Variant>::descriptor(), seen), ...);
}

TEST(FieldClasses, WhatIsNotPublicIsSealed) {
  std::set<const Descriptor*> seen;
  check_all<domain::AnyCommand>(seen, std::make_index_sequence<std::variant_size_v<domain::AnyCommand>>{});
  check_all<domain::AnyEvent>(seen, std::make_index_sequence<std::variant_size_v<domain::AnyEvent>>{});
  EXPECT_GT(seen.size(), 70u);
}

TEST(FieldClasses, EveryFieldOfEveryBodyIsClassed) {
  const auto* file = api::SubmitRequestBody::descriptor()->file();
  for (int m = 0; m < file->message_type_count(); ++m) {
    const Descriptor& message = *file->message_type(m);
    for (int i = 0; i < message.field_count(); ++i) {
      EXPECT_NE(message.field(i)->options().GetExtension(domain::is), domain::UNCLASSED)
          << message.field(i)->full_name();
    }
  }
}

}  // namespace
}  // namespace pioneer::testing
